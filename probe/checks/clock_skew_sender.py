"""This host's clock against all KDCs'; with a single KDC the receiver is the second witness (PURE)."""

from functools import partial

from probe.checks import ANOTHER_CLOCK, Finding, Status
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
from probe.trace.wording import ahead, duration, kerberos_error

CHECK = CAUSE = "clock-skew-sender"
TITLE = "This host's clock agrees with the KDCs'"
CITATION = "RFC 4120 sections 3.1.3 and 5.9.1 (stime); KB 979174"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Off from every KDC is proof, unless there is one KDC only and nobody takes its side."""
    clocks = read_clocks(trace)
    breaks = not succeeded(trace) and not passing(trace)
    if trace.request.inject.startswith("skew") and breaks:
        return _injected(trace)
    if not clocks.kdcs:
        return _without_kdc(trace, clocks)
    if clocks.off_from_all(clocks.host):
        return _off(trace, clocks, breaks=breaks)
    reference = clocks.reference() or clocks.kdcs[0]
    if clocks.off_from_most(clocks.host):
        return _says(Status.SUSPECT, clocks, reference, breaks=breaks)
    refused = errors(trace, [Code.SKEW], ["as", "as-preauth", "tgs", "spn"])
    if all(clocks.perhaps_apart(clocks.host, kdc) for kdc in clocks.kdcs) and (refused or breaks):
        return _says(Status.SUSPECT, clocks, reference, breaks=breaks)
    if clocks.nearly_apart(clocks.host, reference) and not clocks.apart(clocks.host, reference):
        return _says(Status.NOTICE, clocks, reference, breaks=False)
    return finding(
        status=Status.PASS,
        says=f"this host's clock is {ahead(-reference.offset)} {reference.who}'s, "
        f"the limit is {duration(clocks.limit)}",
        evidence=(reference.evidence(),),
    )


def _off(trace: Trace, clocks: Clocks, *, breaks: bool) -> Finding:
    """Proof takes a KDC that told its time itself, and a second witness: another KDC, the receiver, a time server."""
    reference = clocks.reference() or clocks.kdcs[0]
    proof = Status.CONFIRMED if clocks.proven() else Status.SUSPECT
    if len(clocks.kdcs) > 1:
        return _says(proof, clocks, reference, breaks=breaks, more=_refused(trace))
    witnesses = clocks.witnesses()
    against = [one for one in witnesses if clocks.apart(one, clocks.host)]
    agreeing = [one for one in against if not clocks.apart(one, reference)]
    for_us = [one for one in witnesses if one not in against and clocks.apart(one, reference)]
    if agreeing and not for_us:
        more = (*(one.evidence() for one in agreeing), *_refused(trace))
        return _says(proof, clocks, reference, breaks=breaks, more=more)
    if for_us and not agreeing:
        whom = "the receiver" if for_us[0] in clocks.receiver else for_us[0].who
        return finding(
            status=Status.PASS,
            says=f"this host and {whom} agree; it is {reference.who} that differs",
            evidence=(reference.evidence(), *(one.evidence() for one in for_us)),
        )
    more = (*(one.evidence() for one in witnesses), *_refused(trace))
    return _says(Status.SUSPECT, clocks, reference, breaks=breaks, more=more)


def _says(
    status: Status, clocks: Clocks, reference: Clock, *, breaks: bool, more: tuple[Evidence, ...] = ()
) -> Finding:
    whose = "all KDCs'" if len(clocks.kdcs) > 1 else f"the only KDC's ({reference.who})"
    says = f"this host's clock is {ahead(-reference.offset)} {whose}, the limit is {duration(clocks.limit)}"
    return finding(
        status=status,
        says=says + (": about to break" if status is Status.NOTICE else ""),
        evidence=(*(kdc.evidence() for kdc in clocks.kdcs), *more),
        names={"offset": duration(reference.offset), "kdc": reference.who},
        breaks=breaks,
        would_decide=(ANOTHER_CLOCK,) if status is Status.SUSPECT else (),
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
