"""Port 88 open for only one of UDP and TCP: it works until a ticket no longer fits."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.net.actions import Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class KdcTransport(Fault):
    """The KDC ``on`` (``*``: all) is reached by ``only``; the other transport is refused or dropped."""

    KIND: ClassVar[str] = "kdc-transport"
    only: Literal["udp", "tcp"]
    on: str = "*"
    mode: Literal["refuse", "drop"] = "drop"

    def kdc_port(self, kdc: str, transport: str) -> Listen:
        """What the port of the other transport does."""
        if self.on not in ("*", kdc) or transport == self.only:
            return Listen.SERVE
        return Listen.REFUSE if self.mode == "refuse" else Listen.DROP

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Without UDP nothing is wrong: TCP carries it all, where no other fault closes it."""
        of = {kdc for realm in lab.on_the_way() for kdc in lab.kdcs.get(realm, ()) if self.on in ("*", kdc)}
        if not of:
            return frozenset()
        found = {"kdc-tcp-blocked"} if self.only == "udp" else set()
        if of & lab.closed:
            found.add("kdc-unreachable")
        return frozenset(
            found | ({"return-leg-blocked"} if lab.return_spn and self.mode == "drop" else set())
        )
