"""A cached ticket is older than its service's key: the receiver's password changed while it lived (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Handshake, Ticket
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import View, bare, views_of
from probe.trace.views.smtp.contrasts import FRESH_TICKET, OTHER_SERVICE, passing, told
from probe.trace.views.smtp.session import answer, honest, refusals, succeeded, verified

CHECK = CAUSE = "ticket-stale"
TITLE = "The cached ticket is of the service's present key"
CITATION = "RFC 4120 section 5.3 (kvno of a ticket's part); computers change their password every 30 days"

finding = partial(Finding, check=CHECK, cause=CAUSE)
WOULD_DECIDE = ("on this host: probe again with a fresh ticket, kinit and then --ccache, or --keytab FILE",)


def examine(trace: Trace) -> Finding:
    """A lower kvno than every KDC gives now is support; proof is that a fresh ticket is taken where this one is not.

    A fresh ticket alone is none: another domain controller may have given it, with another key.
    """
    cached = _cached(trace)
    if cached is None:
        return finding(status=Status.NOT_APPLICABLE, says="no ticket of a cache was shown")
    if any(verified(step) for step in honest(trace)):
        return finding(status=Status.PASS, says="the receiver opened the cached ticket")
    refused = refusals(trace)
    if not refused:
        return finding(status=Status.NOT_APPLICABLE, says="the cached ticket was not refused")
    newer = _newer(trace, cached)
    if not newer and not any(view.known for view in views_of(trace, (cached.facts.server,))):
        return _perhaps(trace, cached)
    if not newer:
        return finding(status=Status.NOT_APPLICABLE, says="no KDC gives a newer key than the cached ticket's")
    taken = passing(trace, FRESH_TICKET) or passing(trace, OTHER_SERVICE)
    return finding(
        status=Status.CONFIRMED if taken else Status.SUSPECT,
        says=_says(cached, newer, taken),
        evidence=(
            *(answer(step) for step in refused),
            Evidence(
                step=cached.id,
                says=f"the cached ticket for {bare(cached.facts.server)} has kvno {cached.facts.kvno}",
            ),
            *(view.evidence() for view in newer),
            *(told(step) for step in taken),
        ),
        names={"spn": bare(cached.facts.server)},
        breaks=not succeeded(trace),
        would_decide=() if taken else WOULD_DECIDE,
    )


def _perhaps(trace: Trace, cached: Step[Ticket]) -> Finding:
    """No KDC says anything of the service's key."""
    return finding(
        status=Status.NOTICE,
        says=f"the cached ticket for {bare(cached.facts.server)} was refused, and no KDC says whether it is of the "
        "service's present key",
        evidence=tuple(answer(step) for step in refusals(trace)),
        names={"spn": bare(cached.facts.server)},
        breaks=not succeeded(trace),
        would_decide=WOULD_DECIDE,
    )


def _says(cached: Step[Ticket], newer: tuple[View, ...], taken: tuple[Step[Handshake], ...]) -> str:
    older = f"was made with kvno {cached.facts.kvno}, the KDCs are at {newer[0].kvno}"
    fresh = "; a fresh one is taken" if taken else ""
    return f"the cached ticket for {bare(cached.facts.server)} {older}{fresh}"


def _cached(trace: Trace) -> Step[Ticket] | None:
    """The ticket that was shown, where a cache had it already: no KDC was asked for it."""
    for step in trace.of(Ticket):
        if step.facts.source == "ccache" and step.facts.etype is not None and not step.facts.problem:
            return step if step.facts.cached else None
    return None


def _newer(trace: Trace, cached: Step[Ticket]) -> tuple[View, ...]:
    """What the KDCs say of the service's key, where all of them have a newer one."""
    seen = [view for view in views_of(trace, (cached.facts.server,)) if view.known and view.kvno is not None]
    kvno = cached.facts.kvno
    if kvno is None or not seen or not all(view.kvno is not None and view.kvno > kvno for view in seen):
        return ()
    return tuple(seen)
