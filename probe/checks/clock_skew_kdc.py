"""One KDC's clock against the others'; a single KDC against this host and the receiver (PURE)."""

from functools import partial

from probe.checks import ANOTHER_CLOCK, Finding, Status, clock_status
from probe.durations import ahead, duration
from probe.trace import Trace
from probe.trace.facts import Ticket
from probe.trace.views.clocks import KDC_SOURCES, Clock, Clocks, read_clocks
from probe.trace.views.kerberos.answers import LOGON, Code, exchanges, receiver_errors
from probe.trace.views.kerberos.lifetime import until_valid
from probe.trace.views.smtp.contrasts import passing
from probe.trace.views.smtp.exchangeauth import refused
from probe.trace.views.smtp.session import succeeded, ticket_in_hand
from probe.trace.views.wrong_clocks import KDC, Blame, WrongClocks, find_wrong_clocks

CHECK = CAUSE = "clock-skew-kdc"
TITLE = "The KDCs' clocks agree"
CITATION = "RFC 4120 section 5.9.1 (stime); KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Which group of KDCs is wrong is what the covers of all clocks say; see `probe.trace.views.wrong_clocks`."""
    clocks = read_clocks(trace)
    if not clocks.kdcs:
        return finding(status=Status.NOT_APPLICABLE, says="no KDC's clock was seen")
    judged = bool(receiver_errors(trace, [Code.SKEW]))
    wrong = find_wrong_clocks(trace, clocks, refused=judged, taken=succeeded(trace) or bool(passing(trace)))
    if wrong.of(KDC) is not Blame.NONE:
        return _off(trace, clocks, wrong)
    pairs = [(one, other) for one in clocks.kdcs for other in clocks.kdcs if one is not other]
    if any(clocks.nearly_apart(one, other) for one, other in pairs):
        leaving = _least_agreed(clocks)
        return finding(
            status=Status.NOTICE,
            says=f"{leaving.who}'s clock is about to leave the others'; the limit is {duration(clocks.limit)}",
            evidence=tuple(kdc.evidence() for kdc in clocks.kdcs),
            names={"kdc": leaving.who},
            breaks=False,
        )
    return finding(
        status=Status.PASS,
        says=f"the clocks of {len(clocks.kdcs)} KDCs agree"
        if len(clocks.kdcs) > 1
        else f"{clocks.kdcs[0].who}'s clock is not the one that differs",
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


def _off(trace: Trace, clocks: Clocks, wrong: WrongClocks) -> Finding:
    right = (*wrong.right, *clocks.servers, *clocks.receiver[:1], clocks.host)
    first = wrong.kdcs[0]
    against = next((one for one in right if clocks.apart(first, one)), clocks.host)
    breaks = _breaks(trace) and (
        _served(trace, clocks, wrong) if ticket_in_hand(trace) else _took_part(trace, wrong)
    )
    measured = all(kdc.source == KDC_SOURCES[0] for kdc in wrong.kdcs)
    status, place = clock_status(wrong.of(KDC), measured=measured, breaks=breaks)
    others = f" (and {', '.join(kdc.who for kdc in wrong.kdcs[1:])} with it)" if len(wrong.kdcs) > 1 else ""
    return finding(
        status=status,
        says=f"{first.who}'s clock is {ahead(first.offset - against.offset)} {_whose(clocks, against)}{others}, "
        f"the limit is {duration(clocks.limit)}",
        evidence=tuple(
            clock.evidence() for clock in (*clocks.kdcs, *clocks.witnesses()[:2], *clocks.at_odds())
        ),
        names={
            "kdc": first.who,
            "domain": _domain(trace, first.who),
            "offset": duration(first.offset - against.offset),
        },
        breaks=breaks,
        place=place,
        would_decide=() if status is Status.CONFIRMED else (ANOTHER_CLOCK,),
    )


def _served(trace: Trace, clocks: Clocks, wrong: WrongClocks) -> bool:
    """The ticket is one that a wrong KDC gave, or is dated as only one that is ahead would date it."""
    names = {kdc.who for kdc in wrong.kdcs}
    if not wrong.right or any(
        step.facts.kdc in names and step.facts.purpose == "tgs" and step.facts.ticket_etype is not None
        for step in exchanges(trace)
    ):
        return True
    nearest = min(wrong.right, key=lambda kdc: abs(kdc.offset - wrong.kdcs[0].offset))
    return wrong.kdcs[0].offset > nearest.offset and _made_ahead(trace, nearest, clocks.limit)


def _took_part(trace: Trace, wrong: WrongClocks) -> bool:
    """A wrong KDC was asked on the way to the ticket that did not come: another one's refusal is not its doing."""
    names = {kdc.who for kdc in wrong.kdcs}
    asked = [step.facts for step in exchanges(trace) if step.facts.purpose in (*LOGON, "tgs")]
    # The system does not tell whom it asked.
    took = any(facts.kdc in names or facts.transport == "native" for facts in asked)
    return took or not asked or not wrong.right


def _made_ahead(trace: Trace, right: Clock, limit: float) -> bool:
    """A ticket out of a cache is not valid yet by the good clock: a KDC that is ahead made it."""
    starts = (
        until_valid(step, trace.started + step.start_ms / 1000 + right.offset) for step in trace.of(Ticket)
    )
    return any(start > limit + right.uncertainty for start in starts)


def _breaks(trace: Trace) -> bool:
    """Whether a log-on failed that a KDC's clock could spoil.

    One that passed under another condition shows that clocks are good enough, but not to EXCHANGEAUTH: there the
    receiver asks its KDC for a ticket of its own, and is refused for a clock that differs from the KDC's.
    """
    return not succeeded(trace) and (not passing(trace) or bool(refused(trace)))


def _whose(clocks: Clocks, clock: Clock) -> str:
    if clock is clocks.host:
        return "this host's"
    return "the receiver's" if clock in clocks.receiver else f"{clock.who}'s"
