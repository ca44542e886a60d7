"""An account that an administrator has disabled, on all domain controllers or so far on one."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled(Fault):
    """``account`` is disabled in the view of the KDC ``on`` or of all (``*``)."""

    KIND: ClassVar[str] = "account-disabled"
    account: str
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the account disabled."""
        account = directory.account(self.account)
        if self.on not in ("*", kdc) or account is None:
            return directory
        return directory.with_account(replace(account, disabled=True))

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Ours is refused; the receiver's is refused its own tickets, while tickets for it go on."""
        if not lab.knows(self.on, self.account):
            return frozenset()
        of = {lab.sender: "credentials-rejected", lab.receiver_account: "receiver-account-refused"}
        return lab.diverged(self.on, {of[self.account]} if self.account in of else ())
