"""A way that loses what is long: a tunnel with a smaller MTU whose messages about it are filtered."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.values import OnPath, Passing
from simulator.net.actions import Action, Send, Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class LongDataLost(OnPath, Fault):
    """Of what goes to the ``service`` of ``on``, or comes from it (``direction``), nothing longer than ``octets`` at
    once arrives, nor what follows it on the same TCP connection. Short pieces pass.

    Not each time: connections after number ``after``, of those every ``every``-th, of those a share of ``chance``,
    which ``seed`` draws; of a KDC and the DNS requests are counted."""

    KIND: ClassVar[str] = "long-data-lost"
    octets: int = 1400
    direction: Literal["to", "from", "both"] = "both"

    def on_path(self, passing: Passing, piece: Action) -> Action:
        """Lost when it is long."""
        if not self.is_due(passing) or self.direction not in ("both", passing.direction):
            return piece
        return Silence() if isinstance(piece, Send) and len(piece.data) > self.octets else piece
