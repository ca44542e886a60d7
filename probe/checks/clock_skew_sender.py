"""This host's clock against all KDCs'; with a single KDC the receiver is the second witness (PURE)."""

from dataclasses import replace
from functools import partial

from probe.checks import ANOTHER_CLOCK, Finding, Status, clock_status
from probe.durations import ahead, duration
from probe.trace import Trace
from probe.trace.views.clocks import Clock, Clocks, read_clocks
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import (
    Code,
    errors,
    kdc_evidence,
    receiver_errors,
    receiver_evidence,
    ticket_errors,
)
from probe.trace.views.smtp.contrasts import passing
from probe.trace.views.smtp.session import answer, handshakes, succeeded, verified
from probe.trace.views.wrong_clocks import SENDER, Blame, find_wrong_clocks
from probe.trace.wording import kerberos_error

CHECK = CAUSE = "clock-skew-sender"
TITLE = "This host's clock agrees with the KDCs'"
CITATION = "RFC 4120 sections 3.1.3 and 5.9.1 (stime); KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Proof is what the covers of all clocks call proven; see `probe.trace.views.wrong_clocks`."""
    clocks = read_clocks(trace)
    breaks = not succeeded(trace) and not passing(trace)
    if trace.request.inject.startswith("skew") and breaks:
        return _injected(trace)
    if not clocks.kdcs:
        return _without_kdc(trace, clocks)
    reference = clocks.reference() or clocks.kdcs[0]
    judged = bool(receiver_errors(trace, [Code.SKEW]))
    wrong = find_wrong_clocks(trace, clocks, refused=judged, taken=succeeded(trace) or bool(passing(trace)))
    if wrong.of(SENDER) is not Blame.NONE:
        return _off(trace, clocks, wrong.of(SENDER), breaks=breaks)
    refused = errors(trace, [Code.SKEW], ["as", "as-preauth", "tgs", "spn"])
    if all(_is_about_the_limit(clocks, kdc) for kdc in clocks.kdcs) and (refused or breaks):
        return _says(Status.SUSPECT, clocks, reference, breaks=breaks)
    if clocks.nearly_apart(clocks.host, reference) and not clocks.apart(clocks.host, reference):
        return _says(Status.NOTICE, clocks, reference, breaks=False)
    return finding(
        status=Status.PASS,
        says=f"this host's clock is {ahead(-reference.offset)} {reference.who}'s, "
        f"the limit is {duration(clocks.limit)}",
        evidence=(reference.evidence(),),
    )


def _is_about_the_limit(clocks: Clocks, kdc: Clock) -> bool:
    """Within the uncertainty of the limit; where the two are apart for certain the covers have spoken."""
    return clocks.perhaps_apart(clocks.host, kdc) and not clocks.apart(clocks.host, kdc)


def _off(trace: Trace, clocks: Clocks, blame: Blame, *, breaks: bool) -> Finding:
    """Proof takes a KDC that told its time itself, too."""
    reference = clocks.reference() or clocks.kdcs[0]
    more = (
        *(one.evidence() for one in clocks.witnesses() if clocks.apart(one, clocks.host)),
        *(receiver_evidence(step) for step in receiver_errors(trace, [Code.SKEW])),
        *_refused(trace),
    )
    status, place = clock_status(blame, measured=clocks.proven(), breaks=breaks)
    return replace(_says(status, clocks, reference, breaks=breaks, more=more), place=place)


def _says(
    status: Status, clocks: Clocks, reference: Clock, *, breaks: bool, more: tuple[Evidence, ...] = ()
) -> Finding:
    whose = "all KDCs'" if len(clocks.kdcs) > 1 else f"the only KDC's ({reference.who})"
    says = f"this host's clock is {ahead(-reference.offset)} {whose}, the limit is {duration(clocks.limit)}"
    return finding(
        status=status,
        says=says
        + ("" if clocks.apart(clocks.host, reference) or status is not Status.NOTICE else ": about to break"),
        evidence=(*(kdc.evidence() for kdc in clocks.kdcs), *more),
        names={"offset": duration(reference.offset), "kdc": reference.who},
        breaks=breaks,
        would_decide=() if status is Status.CONFIRMED else (ANOTHER_CLOCK,),
    )


def _refused(trace: Trace) -> tuple[Evidence, ...]:
    return tuple(kdc_evidence(step) for step in errors(trace, [Code.SKEW], ["as", "as-preauth", "tgs"])[:2])


def _injected(trace: Trace) -> Finding:
    ours = [step for step in handshakes(trace) if step.facts.injected and not verified(step)]
    told = [receiver_evidence(step) for step in ours if step.facts.peer_error is not None]
    skew = errors(trace, [Code.SKEW], ["as", "as-preauth", "tgs"])
    if not ours and not skew:
        return finding(status=Status.NOT_APPLICABLE, says="the skew that was asked for met no refusal")
    return finding(
        status=Status.SUSPECT,
        says=f"our authenticator's time was moved on request ({trace.request.inject}) and was refused",
        evidence=(*(answer(step) for step in ours), *told, *(kdc_evidence(step) for step in skew[:2])),
        names={"offset": trace.request.inject.partition("=")[2]},
    )


def _without_kdc(trace: Trace, clocks: Clocks) -> Finding:
    skew = ticket_errors(trace, [Code.SKEW])
    if skew and skew[0].facts.error is not None:
        told = Evidence(
            step=skew[0].id, says=f"the ticket was refused: {kerberos_error(skew[0].facts.error)}"
        )
        return finding(
            status=Status.SUSPECT,
            says="a KDC refused this host's time; its clock was not measured",
            evidence=(told,),
            would_decide=(ANOTHER_CLOCK,),
        )
    judged = receiver_errors(trace, [Code.SKEW])
    off = [clock for clock in clocks.receiver if clocks.apart(clock, clocks.host)]
    if off or judged:
        return finding(
            status=Status.NOTICE,
            says="this host and the receiver differ, and no KDC's clock tells which of them is off",
            evidence=(*(c.evidence() for c in off), *(receiver_evidence(step) for step in judged)),
            breaks=not succeeded(trace),
            would_decide=(ANOTHER_CLOCK,),
        )
    return finding(status=Status.NOT_APPLICABLE, says="no KDC's clock was seen")
