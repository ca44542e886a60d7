"""The real thing worked: 235 after a Kerberos context that we verified (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.checks._session import accepted, answer, handshakes, honest, succeeded, verified
from probe.trace import Trace

CHECK = CAUSE = "healthy"
TITLE = "The receiver authenticates us and proves who it is"
CITATION = "RFC 4120 section 3.2.4 (AP-REP); RFC 4752; CAUSES: 235 after a verified context"

finding = partial(Finding, check=CHECK, cause=CAUSE, breaks=False)


def examine(trace: Trace) -> Finding:
    """Every honest authentication must end in 235 with a verified AP-REP; less is not called healthy."""
    tried = honest(trace) or handshakes(trace)
    if not tried:
        return finding(status=Status.NOT_APPLICABLE, says="no handshake took place")
    evidence = tuple(answer(step) for step in tried)
    if succeeded(trace):
        done = tried[-1].facts
        return finding(
            status=Status.PASS,
            says=f"{done.verb} {done.mechanism} succeeded for {done.server}, and the receiver proved its key",
            evidence=evidence,
        )
    if any(accepted(step) and not step.facts.ap_rep_verified for step in tried):
        return finding(
            status=Status.NOTICE,
            says="the receiver said 235 but did not prove that it holds the service's key "
            "(no verified AP-REP): anyone in the path could say 235",
            evidence=evidence,
        )
    if any(verified(step) for step in tried):
        return finding(
            status=Status.NOTICE, says="one handshake succeeded, another did not", evidence=evidence
        )
    return finding(status=Status.NOT_APPLICABLE, says="no handshake succeeded", evidence=evidence)
