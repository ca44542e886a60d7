"""One KDC's clock against the others'; a single KDC against this host and the receiver (PURE)."""

from functools import partial

from probe.checks import ANOTHER_CLOCK, Finding, Status
from probe.trace import Trace
from probe.trace.facts import Ticket
from probe.trace.views.clocks import KDC_SOURCES, Clock, Clocks, read_clocks
from probe.trace.views.kerberos.answers import exchanges
from probe.trace.views.kerberos.lifetime import until_valid
from probe.trace.views.smtp.contrasts import passing
from probe.trace.views.smtp.exchangeauth import refused
from probe.trace.views.smtp.session import succeeded, ticket_in_hand
from probe.trace.wording import ahead, duration

CHECK = CAUSE = "clock-skew-kdc"
TITLE = "The KDCs' clocks agree"
CITATION = "RFC 4120 section 5.9.1 (stime); KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """KDCs that differ are proof; which one is wrong is judged by the majority of all clocks."""
    clocks = read_clocks(trace)
    if not clocks.kdcs:
        return finding(status=Status.NOT_APPLICABLE, says="no KDC's clock was seen")
    if len(clocks.kdcs) == 1:
        return _single(trace, clocks)
    pairs = [(one, other) for one in clocks.kdcs for other in clocks.kdcs if one is not other]
    if any(clocks.apart(one, other) for one, other in pairs):
        return _disagree(trace, clocks)
    if any(clocks.nearly_apart(one, other) for one, other in pairs):
        wrong = _least_agreed(clocks)
        return finding(
            status=Status.NOTICE,
            says=f"{wrong.who}'s clock is about to leave the others'; the limit is {duration(clocks.limit)}",
            evidence=tuple(kdc.evidence() for kdc in clocks.kdcs),
            names={"kdc": wrong.who},
            breaks=False,
        )
    return finding(
        status=Status.PASS,
        says=f"the clocks of {len(clocks.kdcs)} KDCs agree",
        evidence=tuple(kdc.evidence() for kdc in clocks.kdcs),
    )


def _least_agreed(clocks: Clocks) -> Clock:
    """The KDC that is farthest from the middle of all other clocks: this host's, the receiver's, time servers'."""
    everyone = (clocks.host, *clocks.kdcs, *clocks.witnesses())

    def distance(kdc: Clock) -> tuple[float, str]:
        others = sorted(abs(kdc.offset - other.offset) for other in everyone if other is not kdc)
        return others[len(others) // 2], kdc.who

    return max(clocks.kdcs, key=distance)


def _domain(trace: Trace, kdc: str) -> str:
    """The domain of a KDC: a trust may have led us to another one."""
    return next((step.facts.realm for step in exchanges(trace) if step.facts.kdc == kdc), "").lower()


def _disagree(trace: Trace, clocks: Clocks) -> Finding:
    wrong = _least_agreed(clocks)
    others = [kdc for kdc in clocks.kdcs if kdc is not wrong]
    nearest = min(others, key=lambda kdc: abs(kdc.offset - wrong.offset))
    gave_ticket = any(
        step.facts.kdc == wrong.who and step.facts.purpose == "tgs" and step.facts.ticket_etype is not None
        for step in exchanges(trace)
    )
    if wrong.offset > nearest.offset:
        gave_ticket = gave_ticket or _made_ahead(trace, nearest, clocks.limit)
    told = [kdc for kdc in clocks.kdcs if kdc.source == KDC_SOURCES[0]]
    proven = wrong in told and any(clocks.apart(wrong, kdc) for kdc in told)
    return finding(
        status=Status.CONFIRMED if proven else Status.SUSPECT,
        says=f"{wrong.who}'s clock is {ahead(wrong.offset - nearest.offset)} {nearest.who}'s, "
        f"the limit is {duration(clocks.limit)}",
        evidence=tuple(clock.evidence() for clock in (*clocks.kdcs, *clocks.at_odds())),
        names={
            "kdc": wrong.who,
            "domain": _domain(trace, wrong.who),
            "offset": duration(wrong.offset - nearest.offset),
        },
        breaks=_breaks(trace) and (gave_ticket or not ticket_in_hand(trace)),
    )


def _made_ahead(trace: Trace, right: Clock, limit: float) -> bool:
    """A ticket out of a cache is not valid yet by the good clock: a KDC that is ahead made it."""
    starts = (
        until_valid(step, trace.started + step.start_ms / 1000 + right.offset) for step in trace.of(Ticket)
    )
    return any(start > limit + right.uncertainty for start in starts)


def _single(trace: Trace, clocks: Clocks) -> Finding:
    """One KDC cannot disagree with another; this host and the receiver can outvote it, which is no proof."""
    kdc = clocks.kdcs[0]
    if not clocks.apart(kdc, clocks.host):
        return finding(
            status=Status.PASS, says=f"{kdc.who}'s clock agrees with this host's", evidence=(kdc.evidence(),)
        )
    others = clocks.witnesses()
    witnesses = [clock for clock in others if not clocks.apart(clock, clocks.host)]
    outvoted = bool(witnesses) and all(clocks.apart(clock, kdc) for clock in witnesses)
    if others and not outvoted:
        return finding(
            status=Status.PASS,
            says=f"{kdc.who}, the only KDC, differs from this host; {_name(clocks, others[0])} is not on its side",
            evidence=(kdc.evidence(), others[0].evidence()),
        )
    against = (
        f"this host's and {_name(clocks, witnesses[0])}'s, which agree"
        if outvoted
        else "this host's; no third clock was seen"
    )
    return finding(
        status=Status.SUSPECT if outvoted else Status.NOTICE,
        says=f"{kdc.who}'s clock is {ahead(kdc.offset)} {against}",
        evidence=(kdc.evidence(), *(clock.evidence() for clock in (*witnesses[:2], *clocks.at_odds()))),
        names={"kdc": kdc.who, "offset": duration(kdc.offset)},
        breaks=_breaks(trace),
        would_decide=(ANOTHER_CLOCK,),
    )


def _breaks(trace: Trace) -> bool:
    """Whether a log-on failed that a KDC's clock could spoil.

    One that passed under another condition shows that clocks are good enough, but not to EXCHANGEAUTH: there the
    receiver asks its KDC for a ticket of its own, and is refused for a clock that differs from the KDC's.
    """
    return not succeeded(trace) and (not passing(trace) or bool(refused(trace)))


def _name(clocks: Clocks, clock: Clock) -> str:
    return "the receiver" if clock in clocks.receiver else clock.who
