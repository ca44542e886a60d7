"""Whether the ticket that we presented was within its lifetime, by the clocks that we trust (PURE)."""

from probe.durations import duration
from probe.trace import Step, Trace
from probe.trace.facts import Ticket
from probe.trace.views.clocks import Clocks
from probe.trace.views.evidence import Evidence


def outside_lifetime(trace: Trace, clocks: Clocks) -> tuple[Evidence, ...]:
    """The tickets that began or ended beyond the limit, by the KDCs' clocks (by this host's without any).

    RFC 4120 section 3.2.3: a server refuses a ticket whose start is later than its time by more than the skew
    that it allows (KRB_AP_ERR_TKT_NYV), or whose end is earlier by more than that (KRB_AP_ERR_TKT_EXPIRED).
    """
    reference = clocks.reference() or clocks.host
    found = []
    for step in trace.of(Ticket):
        now = trace.started + step.start_ms / 1000 + reference.offset
        late = until_valid(step, now)
        if late > clocks.limit + reference.uncertainty:
            found.append(Evidence(step=step.id, says=f"the ticket becomes valid in {duration(late)} only"))
        end = step.facts.end_time
        if end is not None and now - end > clocks.limit + reference.uncertainty:
            found.append(Evidence(step=step.id, says=f"the ticket expired {duration(now - end)} ago"))
    return tuple(found)


def until_valid(step: Step[Ticket], now: float) -> float:
    """Seconds until the ticket is valid; its authtime stands for an absent starttime (RFC 4120 section 5.3)."""
    start = step.facts.start_time if step.facts.start_time is not None else step.facts.auth_time
    return 0.0 if start is None else start - now
