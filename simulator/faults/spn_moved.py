"""A service principal name that only the wrong account has: each ticket is under a key that the server lacks."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class SpnMoved(Fault):
    """``account`` is the only owner of ``spn``, in the view of the domain controller ``on`` or of all (``*``)."""

    KIND: ClassVar[str] = "spn-moved"
    spn: str
    account: str
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view in which the name has changed hands."""
        if self.on not in ("*", kdc) or directory.account(self.account) is None:
            return directory
        directory = directory.without_spn(self.spn)
        thief = directory.account(self.account)
        if thief is None:
            return directory
        return directory.with_account(replace(thief, spns=(*thief.spns, self.spn)))

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """The owner of the name is not who answers."""
        owners = lab.owners.get(self.spn.lower(), ())
        if self.account in owners or not lab.knows(self.on, self.account):
            return frozenset()
        found = set[str]()
        if lab.asked_for(self.spn) or lab.is_form(self.spn) or lab.returned_to(self.spn):
            found.add("spn-on-wrong-account")
            # A domain that does not have the account keeps the name where it was.
            if any(lab.home_of(owner) != lab.home_of(self.account) for owner in owners):
                found.add("spn-duplicate")
        return lab.diverged(self.on, found)
