"""What the contrasts have shown: the log-on again with one difference, on a connection of its own (PURE).

A contrast that goes well is no way that a sender would take, so it never makes a run healthy. But the receiver has then
opened a ticket and taken its time: what the main log-on was refused for is neither the key nor the clock.
"""

from probe.trace import Step, Trace
from probe.trace.facts import Handshake
from probe.trace.views.evidence import Evidence
from probe.trace.views.smtp.session import contrasts, refusals, verified
from probe.trace.wording import reply_line

OTHER_TLS, OTHER_MECHANISM, OTHER_SERVICE = "other-tls", "other-mechanism", "other-service"
FRESH_TICKET, OTHER_KDC = "fresh-ticket", "other-kdc"
OTHER_WRAPPING = "other-wrapping"
BINDINGS = ("bindings", "bindings-unique")
"""`probe.measurements`: NAME of each."""


def unexplained_refusals(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Tickets that were refused over GSSAPI, without a KRB-ERROR that says why."""
    return tuple(
        step for step in refusals(trace) if step.facts.mechanism == "GSSAPI" and step.facts.peer_error is None
    )


def passing(trace: Trace, *names: str) -> tuple[Step[Handshake], ...]:
    """The contrasts of these names, or all, in which the receiver proved that it has the ticket's key."""
    return tuple(
        step for step in contrasts(trace) if verified(step) and (not names or step.facts.contrast in names)
    )


def failing(trace: Trace, *names: str) -> tuple[Step[Handshake], ...]:
    """The contrasts of these names in which the receiver answered and refused."""
    return tuple(
        step
        for step in contrasts(trace)
        if step.facts.contrast in names and step.facts.reply is not None and step.facts.reply.code >= 400
    )


def same_ticket_taken(trace: Trace) -> tuple[Step[Handshake], ...]:
    """The contrasts that took the very ticket that was refused: key, SPN, clocks and lifetime are good."""
    refused = {step.facts.server.casefold() for step in refusals(trace)}
    return tuple(
        step
        for step in passing(trace)
        if step.facts.server.casefold() in refused and step.facts.contrast not in (FRESH_TICKET, OTHER_KDC)
    )


def told(step: Step[Handshake]) -> Evidence:
    """A contrast and its answer as a sentence that names the difference."""
    facts = step.facts
    where = "without TLS" if facts.tls == "none" else f"inside {facts.tls}"
    bound = f" with channel bindings ({facts.bindings})" if facts.bindings else ""
    said = reply_line(facts.reply) if facts.reply else f"nothing ({step.outcome.value})"
    return Evidence(
        step=step.id,
        says=f"{facts.verb} {facts.mechanism} for {facts.server} {where}{bound} was answered with: {said}",
    )
