"""A server whose own way to its domain controllers is shut, while everybody else reaches them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.net.actions import Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverDcUnreachable(Fault):
    """The server ``on`` does not reach the KDC ``kdc`` (``*``: none of them) for tickets of its own.

    ``refuse`` is told at once; ``drop`` costs its time-outs, and the whole leg has an end of its own. Whoever else
    asks the KDC gets an answer, and tickets for ``on`` are opened as ever."""

    KIND: ClassVar[str] = "receiver-dc-unreachable"
    on: str
    kdc: str = "*"
    mode: Literal["refuse", "drop"] = "drop"
    transport: Literal["udp", "tcp", "both"] = "both"

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Only EXCHANGEAUTH has a way back."""
        return frozenset({"return-leg-blocked"} if lab.return_spn else ())

    def server_kdc_port(self, server: str, kdc: str, transport: str) -> Listen:
        """Shut for the one server."""
        if server != self.on or self.kdc not in ("*", kdc) or self.transport not in ("both", transport):
            return Listen.SERVE
        return Listen.REFUSE if self.mode == "refuse" else Listen.DROP
