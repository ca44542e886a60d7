"""Every question to DNS was left unanswered, so nothing is known of what was asked (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.facts import Connect, KdcDiscovery, Outcome
from probe.trace.views.dns_answers import read_dns, unanswered
from probe.trace.views.evidence import Evidence
from probe.trace.views.lateness import we_were_late
from probe.trace.views.smtp.session import succeeded

CHECK = CAUSE = "dns-unreachable"
TITLE = "A name server answers"
CITATION = "RFC 1035 section 4.1.1: SERVFAIL (2) and REFUSED (5) are no word about records"

finding = partial(Finding, check=CHECK, cause=CAUSE)
ASK = "on this host: ask another name server, --dns HOST"


def examine(trace: Trace) -> Finding:
    """One answer, be it that there is no such name, shows that a name server is there."""
    asked = read_dns(trace)
    silent = [(step, error) for step, error in asked if unanswered(error)]
    if not asked:
        return finding(status=Status.NOT_APPLICABLE, says="DNS was asked nothing")
    if len(silent) < len(asked):
        return finding(status=Status.PASS, says="a name server answers")
    connected = any(step.outcome is Outcome.OK for step in trace.of(Connect))
    known = any(step.facts.kdcs for step in trace.of(KdcDiscovery))
    late = we_were_late(trace) and all(error == "timed-out" for _, error in silent)
    words = ", ".join(dict.fromkeys(error for _, error in silent))
    return finding(
        status=Status.CONFIRMED if len(silent) > 1 and not late else Status.SUSPECT,
        says=f"no name server answers ({words}), so nothing is known of what was looked up",
        evidence=tuple(Evidence(step=step, says=f"DNS: {error}") for step, error in silent),
        names={"target": trace.target.name},
        breaks=not succeeded(trace) and not (connected and known),
        would_decide=(ASK,),
    )
