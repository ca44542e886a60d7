"""A balancer before the receiver: each connection comes out at another server."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced(Fault):
    """Connection number ``first`` to ``on``, and every ``every``-th after it, comes out at the server ``other``."""

    KIND: ClassVar[str] = "balanced"
    on: str
    other: str
    first: int = 1
    every: int = 2

    def route_connection(self, server: str, number: int) -> str:
        """In turn, as a balancer without affinity does."""
        due = self.every > 0 and number >= self.first and (number - self.first) % self.every == 0
        return self.other if server == self.on and due else server

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Connections come out at another computer."""
        return frozenset({"wrong-server-answers"}) if self.on == lab.receiver else frozenset()
