"""What the checks of EXCHANGEAUTH have in common (PURE)."""

from probe.trace import Step, Trace
from probe.trace.facts import Handshake
from probe.trace.views.smtp.session import AUTHENTICATION_REFUSALS, EXCHANGEAUTH, honest, verified


def refused(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Honest EXCHANGEAUTH log-ons that the receiver refused."""
    return tuple(
        step
        for step in honest(trace)
        if step.facts.mechanism == EXCHANGEAUTH
        and step.facts.reply is not None
        and step.facts.reply.code in AUTHENTICATION_REFUSALS
    )


def others_verified(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Log-ons by another mechanism in which the receiver proved its key: ticket, key and clocks are good."""
    return tuple(step for step in honest(trace) if step.facts.mechanism != EXCHANGEAUTH and verified(step))


def return_spn(trace: Trace) -> str:
    """The name that the receiver asks its KDC a ticket for."""
    return f"SMTPSVC/{trace.request.ehlo_name}"
