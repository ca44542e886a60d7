"""What the checks of EXCHANGEAUTH have in common (PURE)."""

from probe.trace import Step, Trace
from probe.trace.facts import Handshake, KdcDiscovery, KdcExchange, Outcome, Tls
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import answered, exchanges
from probe.trace.views.names import same_host
from probe.trace.views.smtp.session import (
    AUTHENTICATION_REFUSALS,
    EXCHANGEAUTH,
    honest,
    receiver_name,
    verified,
)

SLOW_MS = 2000.0
"""A refusal that took this much longer than the log-on beside it: a time-out of somebody's was in between."""


def refused(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Honest EXCHANGEAUTH log-ons that the receiver refused."""
    return tuple(
        step
        for step in honest(trace)
        if step.facts.mechanism == EXCHANGEAUTH
        and step.facts.reply is not None
        and step.facts.reply.code in AUTHENTICATION_REFUSALS
    )


PATIENT_MS = 5000.0
"""A wait of ours that outlasts a receiver's search for another domain controller; a shorter one is our own limit."""


def unanswered(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Honest EXCHANGEAUTH log-ons that were sent whole, and not answered within our own time-out."""
    return tuple(
        step
        for step in honest(trace)
        if step.facts.mechanism == EXCHANGEAUTH
        and step.facts.token_octets
        and step.facts.reply is None
        and step.outcome is Outcome.TIMEOUT
    )


def others_verified(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Log-ons by another mechanism in which the receiver proved its key: ticket, key and clocks are good."""
    return tuple(step for step in honest(trace) if step.facts.mechanism != EXCHANGEAUTH and verified(step))


def return_spn(trace: Trace) -> str:
    """The name that the receiver asks its KDC a ticket for."""
    return f"SMTPSVC/{trace.request.ehlo_name}"


def lost_controllers(trace: Trace) -> tuple[Step[KdcExchange], ...]:
    """The KDCs that were silent at some time, or answered nothing: the receiver may have met the same.

    UDP does not count where TCP answers: Windows asks over TCP (MaxPacketSize 0 since Vista).
    """
    answering = {step.facts.kdc for step in exchanges(trace) if answered(step.facts)}
    first: dict[str, Step[KdcExchange]] = {}
    for step in exchanges(trace):
        silent = step.facts.transport_error == "timed-out" and step.facts.transport == "tcp"
        if silent or (step.facts.transport_error and step.facts.kdc not in answering):
            first.setdefault(step.facts.kdc, step)
    return tuple(first.values())


def probably_met(trace: Trace, lost: tuple[Step[KdcExchange], ...]) -> bool:
    """The receiver that was refused at once may have met one of these: one that refuses connections, and comes early.

    Silence costs whoever meets it time. Who asks controllers in which order is not seen from here: ours is that of the
    directory's own records, so the first one is likelier met than the fifth.
    """
    return likely_asked(trace, {step.facts.kdc for step in lost if step.facts.transport_error == "refused"})


def likely_asked(trace: Trace, kdcs: set[str]) -> bool:
    """The receiver has probably asked one of ``kdcs``: the first one of all, or most of them are among these."""
    order = list(dict.fromkeys(kdc for step in trace.of(KdcDiscovery) for kdc in step.facts.kdcs))
    return not kdcs.isdisjoint(order[:1]) or len(kdcs) * 2 > max(len(order), 1)


def slow_refusals(trace: Trace) -> tuple[Evidence, ...]:
    """The EXCHANGEAUTH log-ons that were refused only after something had been waited for."""
    usual = min((step.duration_ms for step in others_verified(trace)), default=0.0)
    return tuple(
        Evidence(
            step=step.id,
            says=f"the refusal took {step.duration_ms / 1000:.1f} s, the log-on beside it {usual / 1000:.1f} s",
        )
        for step in refused(trace)
        if step.duration_ms - usual > SLOW_MS
    )


def anothers_certificate(trace: Trace) -> bool:
    """The certificate that we were shown is for none of the receiver's names: a box in the path may have its own."""
    for step in trace.of(Tls):
        certificate = step.facts.certificate
        named = () if certificate is None else certificate.names
        names = [name for name in named if "." in name] or named  # a short name is soon anybody's
        if names and not any(same_host(name, receiver_name(trace)) for name in names):
            return True
    return False
