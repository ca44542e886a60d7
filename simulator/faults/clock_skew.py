"""A clock that is wrong: a server's, a domain controller's, or the probe's own host's."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.faults import Fault
from simulator.faults.covers import SENDER, judge_clocks
from simulator.faults.surroundings import PROBE, Surroundings
from simulator.faults.values import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSkew(Fault):
    """The clock of ``on`` is ``offset`` ahead of true time (behind when negative).

    On ``PROBE`` everybody else is moved the other way: a lab cannot set its visitor's clock, and only the
    difference counts."""

    KIND: ClassVar[str] = "clock-skew"
    on: str
    offset: Seconds

    def clock_offset(self, party: str) -> float:
        """Seconds ahead of true time."""
        if self.on == "PROBE":
            return 0.0 if party == "PROBE" else -self.offset
        return self.offset if party == self.on else 0.0

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """Whoever's clock may be the wrong one, as far as anybody could tell: all offsets of the lab count.

        A sender that is behind finds that a ticket in its cache has not begun."""
        issuer = next(iter(lab.kdcs.get(lab.sender_realm, ())), "")
        early = lab.cached and lab.offsets.get(PROBE, 0.0) < lab.offsets.get(issuer, 0.0)
        return judge_clocks(lab).acceptable | ({"ticket-time", SENDER} if early else set())

    def near(self, lab: Surroundings) -> frozenset[str]:
        """Whoever is near the limit."""
        return judge_clocks(lab).near

    def unprovable(self, lab: Surroundings) -> frozenset[str]:
        """Where several parties may be the wrong one, none of them is proven."""
        found = judge_clocks(lab)
        return found.acceptable - found.provable
