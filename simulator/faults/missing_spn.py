"""A service principal name that is registered nowhere, or not yet on one domain controller."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.directory.store import Directory
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSpn(Fault):
    """``spn`` is taken from every account, in the view of the KDC ``on`` or of all of them (``*``)."""

    KIND: ClassVar[str] = "missing-spn"
    spn: str
    on: str = "*"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view without the name."""
        if self.on not in ("*", kdc):
            return directory
        return directory.without_spn(self.spn)

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """A name of the receiver's, asked for or not, or the one that it needs of us."""
        found = {"spn-missing"} if lab.asked_for(self.spn) or lab.is_form(self.spn) else set()
        return lab.diverged(self.on, found | ({"return-spn-missing"} if lab.returned_to(self.spn) else set()))
