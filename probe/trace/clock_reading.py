"""How far a party's clock is from this host's, from one question and its answer (PURE).

RFC 5905 section 8 has four moments: T1, at which we ask, and T4, at which the answer is here, by our clock; T2, at
which the question arrives, and T3, at which the answer leaves, by theirs::

    offset = ((T2 - T1) + (T3 - T4)) / 2        delay = (T4 - T1) - (T3 - T2)

The offset is right where the ways there and back take equally long; where one of them takes all of the delay it is
wrong by half of it, and by no more. Only SNTP tells T2 and T3. Everything else that shows a clock (a banner, a KDC, a
CHALLENGE, a rootDSE, an SMB2 answer) stamps one moment between our T1 and T4: there T2 and T3 are the same.
"""

from probe.trace.facts import ClockReading


def clock_reading(
    *,
    who: str,
    source: str,
    sent_at: float,
    received_at: float,
    theirs: float,
    answered: float | None = None,
    resolution_s: float,
) -> ClockReading:
    """The reading, to the microsecond, of a party that stamped ``theirs`` (T2), and ``answered`` (T3) if it says so.

    ``resolution_s`` is how far the stamp may be from what the clock showed, either way. A clock of whole seconds has
    shown something between its stamp and the next second: give the middle of that second, and half a second.
    """
    left = theirs if answered is None else answered
    # Below zero where our clock was set back meanwhile, or the peer claims to have held the question for longer.
    delay = max((received_at - sent_at) - (left - theirs), 0.0)
    return ClockReading(
        who=who,
        source=source,
        offset_s=round(((theirs - sent_at) + (left - received_at)) / 2, 6),
        uncertainty_s=round(delay / 2 + resolution_s, 6),
    )
