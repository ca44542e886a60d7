"""A receiver whose SMTP port answers nobody: the service is stopped, or a firewall is in the way."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
from simulator.net.actions import Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpDown(Fault):
    """The SMTP port of ``on``: ``refuse`` (service stopped) or ``drop`` (accepts and stays silent)."""

    KIND: ClassVar[str] = "smtp-down"
    on: str
    mode: Literal["refuse", "drop"] = "refuse"

    def smtp_port(self, server: str) -> Listen:
        """What the port does."""
        if server != self.on:
            return Listen.SERVE
        return Listen.REFUSE if self.mode == "refuse" else Listen.DROP

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Nobody is there."""
        return frozenset({"target-unreachable"}) if self.on == lab.receiver else frozenset()
