"""Whose clock is off: readings of every party, compared with their uncertainties (PURE).

Each reading is relative to this host. Two clocks differ for certain only by what remains after the
uncertainties of both are taken off.
"""

import math
from dataclasses import dataclass
from statistics import median

from probe.checks import Evidence
from probe.facts import KdcExchange
from probe.trace import Trace
from probe.words import duration, signed

NEARLY = 0.8
"""The share of the limit from which on a difference is about to break: four of five minutes."""

RECEIVER_SOURCES = ("krb-error-in-token", "ntlm-timestamp", "smtp-banner")
"""Best first: the first is the very clock that judged us, the second is of that computer, the third may be a proxy's.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One party's clock: seconds ahead of this host."""

    who: str
    step: str
    source: str
    offset: float
    uncertainty: float

    def evidence(self) -> Evidence:
        """The reading as a sentence."""
        return Evidence(
            step=self.step,
            says=f"{self.who}: {signed(self.offset)} against this host "
            f"(± {duration(self.uncertainty)}, from {self.source})",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """All clocks of a run, and how far they may be apart."""

    host: Clock
    kdcs: tuple[Clock, ...]
    receiver: tuple[Clock, ...]
    limit: float

    def apart(self, one: Clock, other: Clock) -> bool:
        """The two differ by more than the limit for certain."""
        return abs(one.offset - other.offset) - one.uncertainty - other.uncertainty > self.limit

    def perhaps_apart(self, one: Clock, other: Clock) -> bool:
        """The two may differ by more than the limit."""
        return abs(one.offset - other.offset) + one.uncertainty + other.uncertainty > self.limit

    def nearly_apart(self, one: Clock, other: Clock) -> bool:
        """The two differ by most of the limit."""
        return abs(one.offset - other.offset) - one.uncertainty - other.uncertainty > self.limit * NEARLY

    def off_from_all(self, clock: Clock) -> bool:
        """Apart from every KDC, and there is one."""
        return bool(self.kdcs) and all(self.apart(clock, kdc) for kdc in self.kdcs)

    def reference(self) -> Clock | None:
        """The middle one of the KDCs: with three or more, one wrong KDC does not move it."""
        if not self.kdcs:
            return None
        middle = median(kdc.offset for kdc in self.kdcs)
        return min(self.kdcs, key=lambda kdc: (abs(kdc.offset - middle), kdc.who))

    def off_from_most(self, clock: Clock) -> bool:
        """Apart from the middle one of three or more KDCs."""
        reference = self.reference()
        return len(self.kdcs) >= 3 and reference is not None and self.apart(clock, reference)

    def someone_off(self) -> bool:
        """Any two parties are apart."""
        everyone = (self.host, *self.kdcs, *self.receiver)
        return any(self.apart(one, other) for one in everyone for other in everyone)


def read_clocks(trace: Trace) -> Clocks:
    """The clocks of ``trace``: a KDC's most exact reading, the receiver's of the best source."""
    kdcs: dict[str, Clock] = {}
    receiver: dict[str, list[Clock]] = {}
    for step, reading in trace.clocks():
        if not (math.isfinite(reading.offset_s) and math.isfinite(reading.uncertainty_s)):
            continue
        clock = Clock(
            who=step.facts.kdc if isinstance(step.facts, KdcExchange) else reading.who,
            step=step.id,
            source=reading.source,
            offset=reading.offset_s,
            uncertainty=abs(reading.uncertainty_s),
        )
        if reading.source in RECEIVER_SOURCES:
            receiver.setdefault(reading.source, []).append(clock)
        elif clock.who not in kdcs or clock.uncertainty < kdcs[clock.who].uncertainty:
            kdcs[clock.who] = clock
    best = next((receiver[source] for source in RECEIVER_SOURCES if source in receiver), [])
    return Clocks(
        host=Clock(who="this host", step="", source="its own clock", offset=0.0, uncertainty=0.0),
        kdcs=tuple(sorted(kdcs.values(), key=lambda kdc: kdc.who)),
        receiver=tuple(best),
        limit=trace.request.skew_limit_s,
    )
