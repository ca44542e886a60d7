"""A service principal name that somebody registers anew: on one account too many, or on one that has no use for it."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Account, Directory
from simulator.faults import Fault
from simulator.faults.duplicate_spn import DuplicateSpn
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class SpnAdded(Fault):
    """Each of ``accounts`` has ``added`` beside its other names, in the view of the KDC ``on`` or of all (``*``).

    Nobody needs to have had the name before, as ``duplicate-spn`` wants it: two accounts make it a duplicate, one makes
    it that account's own. Whoever else has it keeps it."""

    KIND: ClassVar[str] = "spn-added"
    added: str
    accounts: tuple[str, ...]
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view with the name's new owners."""
        if self.on not in ("*", kdc):
            return directory
        for name in self.accounts:
            account = directory.account(name)
            if account is not None:
                directory = directory.with_account(self._renamed(account))
        return directory

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """As `DuplicateSpn`, for each of the accounts; two of them need no owner beside them."""
        found: set[str] = set()
        for account in self.accounts:
            found |= DuplicateSpn(spn=self.added, account=account, on=self.on).causes(lab)
        if len(self.accounts) > 1 and found:
            found.add("spn-duplicate")
        return frozenset(found)

    def server_account(self, server: str, account: Account) -> Account:
        """A server takes tickets for every name of its account, whenever it got the name."""
        owners = map(str.lower, self.accounts)
        return self._renamed(account) if account.name.lower() in owners else account

    def _renamed(self, account: Account) -> Account:
        if self.added.lower() in map(str.lower, account.spns):
            return account
        return replace(account, spns=(*account.spns, self.added))
