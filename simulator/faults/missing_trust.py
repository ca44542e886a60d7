"""A trust that one side does not know of."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from simulator.directory.store import Directory, Trust
from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingTrust(Fault):
    """The KDCs of ``realm`` (``on``: one of them) know of no other realm: they refer nobody to one, trust none, or both
    (``direction``)."""

    KIND: ClassVar[str] = "missing-trust"
    realm: str
    on: str = "*"
    direction: Literal["refers", "accepts", "both"] = "both"

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """The view without any trust."""
        if directory.realm != self.realm or self.on not in ("*", kdc):
            return directory
        if self.direction == "both":
            return replace(directory, trusts=())
        return replace(directory, trusts=tuple(map(self._one_way, directory.trusts)))

    def _one_way(self, trust: Trust) -> Trust:
        refers, accepts = self.direction != "refers", self.direction != "accepts"
        return replace(trust, refers=trust.refers and refers, accepts=trust.accepts and accepts)

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """It matters to who has to go over it."""
        crossing = lab.sender_realm != lab.receiver_realm and self.realm in lab.on_the_way()
        return lab.diverged(self.on, {"trust-broken"} if crossing else ())
