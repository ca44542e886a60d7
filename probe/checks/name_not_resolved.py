"""The target's name has no address, or two sources give different ones (PURE)."""

from functools import partial

from probe.checks import Evidence, Finding, Status
from probe.facts import Connect, Outcome, Resolve
from probe.trace import Step, Trace

CHECK = CAUSE = "name-not-resolved"
TITLE = "The target's name resolves, to the same from every source"
CITATION = "RFC 5321 section 5.1; RFC 1034"

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """No address from any source, or hosts file and DNS apart: suspicions, as a resolver may fail too."""
    steps = tuple(step for step in trace.of(Resolve) if step.outcome is not Outcome.SKIPPED)
    if not steps:
        return finding(status=Status.NOT_APPLICABLE, says="no name was looked up")
    connected = any(step.outcome is Outcome.OK for step in trace.of(Connect))
    if not any(step.facts.addresses for step in steps) and not connected:
        return finding(
            status=Status.SUSPECT,
            says=f"{steps[0].facts.name} has no address",
            evidence=tuple(_evidence(step) for step in steps),
            names={"target": steps[0].facts.name},
            would_decide=("on the sender: Resolve-DnsName {target}",),
        )
    system, dns = (_addresses(steps, source) for source in ("system", "dns"))
    if system and dns and system.isdisjoint(dns):
        return finding(
            status=Status.NOTICE if connected else Status.SUSPECT,
            says=f"the hosts file and DNS give different addresses for {steps[0].facts.name}",
            evidence=tuple(_evidence(step) for step in steps),
            names={"target": steps[0].facts.name},
            breaks=not connected,
        )
    return finding(status=Status.PASS, says=f"{steps[0].facts.name} resolves")


def _addresses(steps: tuple[Step[Resolve], ...], source: str) -> set[str]:
    return {address for step in steps if step.facts.source == source for address in step.facts.addresses}


def _evidence(step: Step[Resolve]) -> Evidence:
    facts = step.facts
    return Evidence(
        step=step.id, says=f"{facts.source}: " + (", ".join(facts.addresses) or facts.error or "no address")
    )
