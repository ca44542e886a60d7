"""A way that ends in the middle: a reset, or silence, once, often or now and then."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from simulator.faults import Fault
from simulator.faults.values import OnPath, Passing
from simulator.net.actions import Action, Reset, Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPath(OnPath, Fault):
    """A connection to the ``service`` of ``on`` is reset, or silent from there on (``mode``), behind the piece with
    which ``octets`` have passed; 0 is at once. Over UDP both are silence.

    Not each time: connections after number ``after``, of those every ``every``-th, of those a share of ``chance``,
    which ``seed`` draws; of a KDC and the DNS requests are counted."""

    KIND: ClassVar[str] = "cut-path"
    mode: Literal["reset", "silence"] = "reset"
    octets: int = 0

    def on_path(self, passing: Passing, piece: Action) -> Action:
        """The end, when it is due."""
        if not self.is_due(passing) or passing.passed < self.octets:
            return piece
        return Silence() if self.mode == "silence" else Reset()
