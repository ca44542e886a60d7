"""A proxy in front of the receiver that keeps connections open and hands them from one client to the next."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledConnection(Fault):
    """On every connection to ``on`` there were ``failures`` failed log-ons of other clients before."""

    KIND: ClassVar[str] = "pooled-connection"
    on: str
    failures: int = 3

    def earlier_failures(self, server: str, failures: int) -> int:
        """The receiver counts for a connection (MaxLogonFailures), whoever is behind it."""
        return failures + self.failures if server == self.on else failures
