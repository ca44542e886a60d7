"""A receiver that takes its time at one place of the dialogue."""

from dataclasses import dataclass, replace
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.values import Place, Seconds
from simulator.net.actions import Action, Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(Fault):
    """Replies of ``on`` at ``at`` leave ``delay`` later."""

    KIND: ClassVar[str] = "slow"
    on: str
    at: Place
    delay: Seconds

    def on_send(self, server: str, place: Place, reply: Action) -> Action:
        """The same reply, later."""
        if server != self.on or place is not self.at or isinstance(reply, Silence):
            return reply
        return replace(reply, delay_s=reply.delay_s + self.delay)
