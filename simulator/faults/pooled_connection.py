"""A proxy in front of the receiver that keeps connections open and hands them from one client to the next."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledConnection(Fault):
    """On every connection to ``on`` there were ``failures`` failed log-ons of other clients before."""

    KIND: ClassVar[str] = "pooled-connection"
    on: str
    failures: int = 3

    def earlier_failures(self, server: str, failures: int) -> int:
        """The receiver counts for a connection (MaxLogonFailures), whoever is behind it."""
        return failures + self.failures if server == self.on else failures

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Somebody's failures are counted against us."""
        return frozenset({"too-many-failures"}) if self.on == lab.receiver else frozenset()

    def hides(self, lab: Surroundings) -> frozenset[str]:
        """The reason of a refusal: in its place comes that there were too many."""
        return self.causes(lab)
