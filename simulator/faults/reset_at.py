"""A connection that is torn down, or goes dead, at one place of the dialogue."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.values import Place
from simulator.net.actions import Action, Reset, Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetAt(Fault):
    """In place of the reply of ``on`` at ``at``: a TCP reset, or (``silent``) nothing at all."""

    KIND: ClassVar[str] = "reset-at"
    on: str
    at: Place
    silent: bool = False

    def on_send(self, server: str, place: Place, reply: Action) -> Action:
        """No reply."""
        if server != self.on or place is not self.at:
            return reply
        return Silence() if self.silent else Reset()
