"""A ticket outside its lifetime: TKT_EXPIRED, TKT_NYV (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Ticket
from probe.trace.views.clocks import read_clocks
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import (
    Code,
    errors,
    kdc_evidence,
    receiver_errors,
    receiver_evidence,
    ticket_errors,
)
from probe.trace.views.kerberos.lifetime import outside_lifetime
from probe.trace.views.smtp.contrasts import same_ticket_taken
from probe.trace.views.smtp.session import refusals, succeeded, ticket_in_hand
from probe.trace.wording import kerberos_error

CHECK = CAUSE = "ticket-time"
TITLE = "The ticket is within its lifetime"
CITATION = "RFC 4120 sections 3.2.3 and 7.5.9: KRB_AP_ERR_TKT_EXPIRED (32), KRB_AP_ERR_TKT_NYV (33)"

finding = partial(Finding, check=CHECK, cause=CAUSE)
CODES = (Code.TKT_EXPIRED, Code.TKT_NYV)


def examine(trace: Trace) -> Finding:
    """The error is proof, as is a refused ticket with such times; unless a clock that is off explains it."""
    clocks = read_clocks(trace)
    said = (
        *(kdc_evidence(step) for step in errors(trace, CODES, ["as", "as-preauth", "tgs"])),
        *(receiver_evidence(step) for step in receiver_errors(trace, CODES)),
        *(_refused(step) for step in ticket_errors(trace, CODES)),
    )
    read = outside_lifetime(trace, clocks)
    expired = tuple(_expired(step) for step in trace.of(Ticket) if step.facts.problem == "expired")
    if not said and not read and not expired:
        seen = ticket_in_hand(trace)
        return finding(
            status=Status.PASS if seen else Status.NOT_APPLICABLE,
            says="nobody found the ticket expired or not yet valid" if seen else "there was no ticket",
        )
    skewed = clocks.someone_off()
    proven = bool(said or (read and refusals(trace))) and not skewed
    return finding(
        status=Status.CONFIRMED if proven else Status.SUSPECT,
        says="the ticket is outside its lifetime"
        + (", but a clock that is off explains that" if skewed else ""),
        evidence=(*said, *read, *(() if read else expired)),
        breaks=not (succeeded(trace) or same_ticket_taken(trace) or skewed),
    )


def _refused(step: Step[Ticket]) -> Evidence:
    said = kerberos_error(step.facts.error) if step.facts.error else step.facts.problem
    return Evidence(step=step.id, says=f"no ticket for {step.facts.server}: {said}")


def _expired(step: Step[Ticket]) -> Evidence:
    return Evidence(step=step.id, says=f"the {step.facts.source}'s ticket has expired")
