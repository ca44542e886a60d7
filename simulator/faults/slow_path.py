"""A way on which everything takes its time: a far site, a busy line, a queue in between."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.values import OnPath, Passing, Seconds
from simulator.net.actions import Action, Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowPath(OnPath, Fault):
    """What goes to the ``service`` of ``on``, or comes from it (``direction``), takes ``delay`` longer.

    Not each time: connections after number ``after``, of those every ``every``-th, of those a share of ``chance``,
    which ``seed`` draws; of a KDC and the DNS requests are counted."""

    KIND: ClassVar[str] = "slow-path"
    delay: Seconds
    direction: Literal["to", "from", "both"] = "from"

    def on_path(self, passing: Passing, piece: Action) -> Action:
        """The same piece, later."""
        if not self.is_due(passing) or self.direction not in ("both", passing.direction):
            return piece
        return piece if isinstance(piece, Silence) else replace(piece, delay_s=piece.delay_s + self.delay)
