"""The target's name has no address, or two sources give different ones (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Connect, Outcome, Resolve
from probe.trace.views.dns_answers import unanswered
from probe.trace.views.evidence import Evidence
from probe.trace.views.names import addresses

CHECK = CAUSE = "name-not-resolved"
TITLE = "The target's name resolves, to the same from every source"
CITATION = "RFC 5321 section 5.1; RFC 1034"

finding = partial(Finding, check=CHECK, cause=CAUSE)
SOURCES = {"hosts": "the hosts file", "system": "this host's resolver", "dns": "DNS"}
ASK = "on the sender: Resolve-DnsName {target}"


def examine(trace: Trace) -> Finding:
    """No address from any source, or hosts file and DNS apart: suspicions, as a resolver may fail too."""
    steps = tuple(
        step for step in trace.of(Resolve) if step.outcome is not Outcome.SKIPPED and not step.facts.record
    )
    if not steps:
        return finding(status=Status.NOT_APPLICABLE, says="no name was looked up")
    if all(not step.facts.addresses and unanswered(step.facts.error) for step in steps):
        return finding(
            status=Status.NOT_APPLICABLE, says="no name server answered: that says nothing of the name"
        )
    name = steps[0].facts.name
    connected = any(step.outcome is Outcome.OK for step in trace.of(Connect))
    if not any(step.facts.addresses for step in steps) and not connected:
        return finding(
            status=Status.SUSPECT,
            says=f"{name} has no address",
            evidence=tuple(_evidence(step) for step in steps),
            names={"target": name},
            would_decide=(ASK,),
        )
    apart = _apart(trace)
    if apart:
        return finding(
            status=Status.NOTICE if connected else Status.SUSPECT,
            says=f"{apart} for {name}",
            evidence=tuple(_evidence(step) for step in steps),
            names={"target": name},
            breaks=not connected,
            would_decide=(ASK,),
        )
    return finding(status=Status.PASS, says=f"{name} resolves")


def _apart(trace: Trace) -> str:
    """How this host's own sources differ from DNS; empty when they do not.

    A name that only the hosts file has is no contradiction: an Edge server has its neighbours there.
    """
    file, system, dns = (addresses(trace, source) for source in ("hosts", "system", "dns"))
    if file and dns and file.isdisjoint(dns):
        return "the hosts file and DNS give different addresses"
    if system and dns and system.isdisjoint(dns):
        return "this host's resolver and DNS give different addresses"
    return ""


def _evidence(step: Step[Resolve]) -> Evidence:
    facts = step.facts
    source = SOURCES.get(facts.source, facts.source)
    return Evidence(
        step=step.id, says=f"{source}: " + (", ".join(facts.addresses) or facts.error or "no address")
    )
