"""One service principal name on two accounts: no KDC knows whose key to take."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateSpn(Fault):
    """``account`` has ``spn`` as well as its owner, in the view of the KDC ``on`` or of all (``*``)."""

    KIND: ClassVar[str] = "duplicate-spn"
    spn: str
    account: str
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view in which the name has one owner more."""
        thief = directory.account(self.account)
        if self.on not in ("*", kdc) or thief is None:
            return directory
        return directory.with_account(replace(thief, spns=(*thief.spns, self.spn)))

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """A name without an owner gets the wrong one; of the return name there is no code but that it is missing."""
        owners = lab.owners.get(self.spn.lower(), ())
        if self.account in owners or not lab.knows(self.on, self.account):
            return frozenset()
        found = set[str]()
        if lab.asked_for(self.spn) or lab.is_form(self.spn) or lab.returned_to(self.spn):
            found.add("spn-duplicate" if owners else "spn-on-wrong-account")
            # Each domain looks among its own accounts: one that does not have the owner finds the other alone.
            if any(lab.home_of(owner) != lab.home_of(self.account) for owner in owners):
                found.add("spn-on-wrong-account")
        if lab.returned_to(self.spn):
            found.add("return-spn-missing")
        return lab.diverged(self.on, found)
