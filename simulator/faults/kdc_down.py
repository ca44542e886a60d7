"""A domain controller that gives no tickets: stopped, behind a firewall, or stopping under load."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.net.actions import Action, Listen, Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcDown(Fault):
    """The KDC ``on``: ``refuse`` (stopped), ``drop`` (firewall), or ``stop`` ``after`` so many requests."""

    KIND: ClassVar[str] = "kdc-down"
    on: str
    mode: Literal["refuse", "drop", "stop"] = "refuse"
    after: int = 0
    transport: Literal["udp", "tcp", "both"] = "both"

    def kdc_port(self, kdc: str, transport: str) -> Listen:
        """Closed, or open and without an answer."""
        if kdc != self.on or self.transport not in ("both", transport) or self.mode == "stop":
            return Listen.SERVE
        return Listen.REFUSE if self.mode == "refuse" else Listen.DROP

    def kdc_answer(self, kdc: str, transport: str, number: int, answer: Action) -> Action:
        """In mode ``stop``: the requests after number ``after`` get no answer."""
        concerned = kdc == self.on and self.mode == "stop" and self.transport in ("both", transport)
        return Silence() if concerned and number > self.after else answer

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """A KDC is not reached; TCP alone has a code of its own, UDP alone harms nobody. One that swallows what it is
        sent costs the receiver its own time."""
        if lab.realm_of(self.on) not in lab.on_the_way():
            return frozenset()
        found = {"both": {"kdc-unreachable"}, "tcp": {"kdc-tcp-blocked"}, "udp": set[str]()}[self.transport]
        if self.on in lab.closed:
            found = found | {"kdc-unreachable"}
        slow = self.transport != "udp" and lab.return_spn and self.mode != "refuse"
        return frozenset(found | ({"return-leg-blocked"} if slow else set()))
