"""A ticket outside its lifetime: TKT_EXPIRED, TKT_NYV (PURE)."""

from functools import partial

from probe.checks import Evidence, Finding, Status
from probe.checks._clocks import read_clocks
from probe.checks._kerberos import (
    Code,
    errors,
    kdc_evidence,
    receiver_errors,
    receiver_evidence,
    ticket_errors,
)
from probe.checks._session import succeeded, ticket_in_hand
from probe.facts import Ticket
from probe.trace import Step, Trace
from probe.words import duration, kerberos_error

CHECK = CAUSE = "ticket-time"
TITLE = "The ticket is within its lifetime"
CITATION = "RFC 4120 section 7.5.9: KRB_AP_ERR_TKT_EXPIRED (32), KRB_AP_ERR_TKT_NYV (33)"

finding = partial(Finding, check=CHECK, cause=CAUSE)
CODES = (Code.TKT_EXPIRED, Code.TKT_NYV)


def examine(trace: Trace) -> Finding:
    """The error is proof, unless a clock that is off explains it: then that clock is the cause."""
    evidence = (
        *(kdc_evidence(step) for step in errors(trace, CODES, ["as", "as-preauth", "tgs"])),
        *(receiver_evidence(step) for step in receiver_errors(trace, CODES)),
        *(_refused(step) for step in ticket_errors(trace, CODES)),
    )
    expired = tuple(step for step in trace.of(Ticket) if step.facts.problem == "expired")
    if not evidence and not expired:
        seen = ticket_in_hand(trace)
        return finding(
            status=Status.PASS if seen else Status.NOT_APPLICABLE,
            says="nobody found the ticket expired or not yet valid" if seen else "there was no ticket",
        )
    skewed = read_clocks(trace).someone_off()
    proven = bool(evidence) and not skewed
    return finding(
        status=Status.CONFIRMED if proven else Status.SUSPECT,
        says="the ticket is outside its lifetime"
        + (", but a clock that is off explains that" if skewed else ""),
        evidence=(*evidence, *(_expired(step, trace) for step in expired)),
        breaks=not succeeded(trace) and not skewed,
    )


def _refused(step: Step[Ticket]) -> Evidence:
    said = kerberos_error(step.facts.error) if step.facts.error else step.facts.problem
    return Evidence(step=step.id, says=f"no ticket for {step.facts.server}: {said}")


def _expired(step: Step[Ticket], trace: Trace) -> Evidence:
    end = step.facts.end_time
    since = f" {duration(trace.started - end)} ago" if end is not None and end < trace.started else ""
    return Evidence(step=step.id, says=f"the {step.facts.source}'s ticket expired{since}")
