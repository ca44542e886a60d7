"""What was asked of DNS, and whether anything came back (PURE)."""

from probe.trace import Trace
from probe.trace.facts import KdcDiscovery, Outcome, Resolve

SILENT = ("timed-out", "server-failure", "no-nameserver")
"""Errors in our words that are no word about records: `probe.net.dns.Lookup.error`."""


def read_dns(trace: Trace) -> tuple[tuple[str, str], ...]:
    """Each question by its step, with its error; empty for an answer. The hosts file is not DNS."""
    names = [
        (step.id, step.facts.error)
        for step in trace.of(Resolve)
        if step.outcome is not Outcome.SKIPPED and step.facts.source in ("system", "dns")
    ]
    kdcs = [
        (step.id, step.facts.error)
        for step in trace.of(KdcDiscovery)
        if step.facts.source.startswith("dns") or (step.facts.source == "none" and step.facts.error)
    ]
    return (*names, *kdcs)


def unanswered(error: str) -> bool:
    """The error says nothing about records."""
    return error in SILENT
