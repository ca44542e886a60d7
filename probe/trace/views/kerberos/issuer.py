"""Which KDC gave the ticket that the receiver was shown (PURE)."""

from dataclasses import dataclass

from probe.trace import Trace
from probe.trace.facts import Ticket
from probe.trace.views.kerberos.answers import exchanges, same_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A KDC, and the realm that it is of."""

    kdc: str
    realm: str
    step: str


def issuing_kdc(trace: Trace) -> Issuer | None:
    """None where the ticket came out of a cache, or from the system, which does not tell."""
    for ticket in reversed(trace.of(Ticket)):
        if ticket.facts.etype is None:
            continue
        if ticket.facts.cached:
            return None
        for step in exchanges(trace):
            facts = step.facts
            granted = facts.purpose == "tgs" and facts.ticket_etype is not None and not facts.referral_realm
            if granted and facts.transport != "native" and same_name(facts.server, ticket.facts.server):
                return Issuer(kdc=facts.kdc, realm=facts.realm, step=step.id)
    return None
