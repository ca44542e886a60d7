"""No connection to the receiver, or none that lived until the banner (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Connect, Greeting, Outcome
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import greetings

CHECK = CAUSE = "target-unreachable"
TITLE = "The receiver accepts a TCP connection"
CITATION = "RFC 5321 section 3.1; observed per address family"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """A refused connection, and no other that worked, is proof; time-outs and early resets are suspicions."""
    tried = tuple(step for step in trace.of(Connect) if step.outcome is not Outcome.SKIPPED)
    if not tried:
        return finding(status=Status.NOT_APPLICABLE, says="no connection was tried")
    # A receiver that answered at first and not on a later connection is there.
    alive = {step.facts.address for step in tried if step.outcome is Outcome.OK}
    failed = [step for step in tried if step.facts.address not in alive]
    evidence = tuple(_evidence(step) for step in failed)
    if len(failed) == len(tried):
        refused = any(step.facts.error == "refused" for step in failed)
        return finding(
            status=Status.CONFIRMED if refused else Status.SUSPECT,
            says=f"no connection to port {tried[0].facts.port}: "
            + ", ".join(dict.fromkeys(step.facts.error or step.outcome.value for step in failed)),
            evidence=evidence,
            names={"address": failed[0].facts.address, "port": str(failed[0].facts.port)},
            would_decide=()
            if refused
            else ("on this host and on the receiver itself: Test-NetConnection {target} -Port {port}",),
        )
    cut = [step for step in trace.of(Greeting) if step.outcome in (Outcome.CLOSED, Outcome.TIMEOUT)]
    if cut and not greetings(trace):
        return finding(
            status=Status.SUSPECT,
            says="the connection was accepted and then gave no banner",
            evidence=tuple(Evidence(step=step.id, says=f"no banner: {step.outcome.value}") for step in cut),
            names={"port": str(tried[0].facts.port)},
            would_decide=("on another host, past the firewall or balancer: connect",),
        )
    if failed and {step.facts.family for step in failed} & {s.facts.family for s in tried if s not in failed}:
        return finding(
            status=Status.NOTICE, says="some addresses do not answer", evidence=evidence, breaks=False
        )
    return finding(status=Status.PASS, says="the receiver accepts connections", evidence=evidence)


def _evidence(step: Step[Connect]) -> Evidence:
    facts = step.facts
    return Evidence(
        step=step.id,
        says=f"{facts.address} port {facts.port} ({facts.family}): {facts.error or step.outcome.value}",
    )
