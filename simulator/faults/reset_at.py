"""A connection that is torn down, or goes dead, at one place of the dialogue."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.surroundings import Surroundings
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

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """What breaks off there looks like; where two codes tell the same, both are right."""
        return _CAUSES[self.at] if self.on == lab.receiver else frozenset()


_OPEN = "undetermined"
"""Nothing that a client sees tells who ended the connection, or why."""
_CAUSES = {
    Place.GREETING: frozenset({"target-unreachable"}),
    Place.EHLO: frozenset({"smtp-inspection", "target-unreachable", _OPEN}),
    Place.TLS: frozenset({"tls-failed"}),
    Place.EHLO_AFTER_TLS: frozenset({"tls-failed", "smtp-inspection", _OPEN}),
    Place.AUTH: frozenset({"smtp-inspection", "illegal-message", _OPEN}),
    Place.TOKEN: frozenset({"illegal-message", "smtp-inspection", _OPEN}),
    Place.RESULT: frozenset({"illegal-message", "smtp-inspection", _OPEN}),
}
