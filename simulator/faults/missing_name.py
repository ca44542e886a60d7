"""A name that DNS does not know."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingName(Fault):
    """The lab's DNS has no address for ``name``."""

    KIND: ClassVar[str] = "missing-name"
    name: str

    def resolvable(self, name: str, address: str) -> str:
        """No address for the one name."""
        return "" if name.lower() == self.name.lower() else address

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """It matters to who has to ask for it."""
        host = self.name.lower()
        if lab.by_name and host == lab.own_name.partition("/")[2]:
            return frozenset({"name-not-resolved"})
        controller = any(
            host == f"{kdc}.{realm}".lower() for realm in lab.on_the_way() for kdc in lab.kdcs.get(realm, ())
        )
        # The SRV record is there and leads nowhere: no KDC is reached, because its name is not resolved.
        return frozenset({"name-not-resolved", "kdc-unreachable"} if controller and lab.kdcs_by_name else ())
