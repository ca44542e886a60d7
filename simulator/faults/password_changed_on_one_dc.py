"""An account's password changed at one domain controller, and the change has not reached the others."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Seconds, other_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChangedOnOneDc(Fault):
    """The domain controller ``on`` has other keys for ``account``, set ``later`` than the others' were.

    Their version number is ``kvno`` steps ahead. 0 is a change on both sides of a split: each side counted one,
    so that pwdLastSet alone tells the two passwords apart (observed with two Samba domain controllers).

    Of ``krbtgt`` a domain controller opens what the password before the newest sealed as well: at 1 step ``on`` takes
    the others' ticket-granting tickets, and they refuse its own; at 0, 2 and more each refuses the other's."""

    KIND: ClassVar[str] = "password-changed-on-one-dc"
    account: str
    on: str
    kvno: int = 0
    later: Seconds = Seconds(3600.0)  # noqa: RUF009 - a NewType of float, immutable

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the other password."""
        account = directory.account(self.account)
        if kdc != self.on or account is None:
            return directory
        newest = account.newest()
        changed = other_keys(newest, newest.kvno + self.kvno, password=b"a password set elsewhere")
        # AD keeps two passwords of krbtgt (Microsoft, "AD Forest Recovery: Resetting the krbtgt password").
        kept = account.key_sets[:1] if account.name == "krbtgt" and self.kvno == 1 else ()
        return directory.with_account(
            replace(account, key_sets=(changed, *kept), password_set=account.password_set + self.later)
        )

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """With one domain controller there is nobody to differ from: the machine itself missed the change."""
        if not lab.knows(self.on, self.account):
            return frozenset()
        of = {lab.sender: "credentials-rejected", lab.receiver_account: "machine-key-stale"}
        if self.account == lab.receiver_account and lab.is_one_of_several(self.on):
            return frozenset({"replication-diverged"})
        return lab.diverged(self.on, {of[self.account]} if self.account in of else ())
