"""Where a log-on was stopped, and what did not stop it: a cause of an earlier stage, or of a later one (PURE).

A log-on goes through stages: name, connection, greeting, EHLO, TLS, ticket, token, and in EXCHANGEAUTH the way back.
What was refused after the receiver had our token got past all stages before that, so whatever is wrong there is wrong
beside it: a closed port 88 of a domain controller that was not needed, an account that one of them does not know. And
where no KDC gave a ticket, the receiver was shown none: its clock or its key may be wrong, and did not matter yet.
"""

from probe.trace import Step, Trace
from probe.trace.facts import Handshake, Ticket
from probe.trace.views.smtp.exchangeauth import others_verified, refused
from probe.trace.views.smtp.lengths import Reading, read_lengths
from probe.trace.views.smtp.session import honest, refusals, ticket_in_hand

BEFORE_THE_TOKEN = frozenset(
    {
        "credentials-rejected",
        "exchange-auth-not-offered",
        "kdc-tcp-blocked",
        "kdc-unreachable",
        "name-not-resolved",
        "target-unreachable",
    }
)
BEHIND_THE_TICKET = frozenset(
    {
        "bindings-rejected",
        "clock-skew-receiver",
        "illegal-message",
        "machine-key-stale",
        "not-authorized",
        "receiver-account-refused",
        "return-leg-blocked",
        "return-spn-missing",
        "ticket-stale",
        "tls-terminated-in-path",
    }
)
"""What the receiver would object to, once it is shown a ticket."""
OF_THE_TICKET = frozenset(
    {
        "clock-skew-kdc",
        "clock-skew-receiver",
        "clock-skew-sender",
        "connector-fqdn-mismatch",
        "etype-unsupported",
        "machine-key-stale",
        "replication-diverged",
        "spn-duplicate",
        "spn-on-wrong-account",
        "ticket-stale",
        "ticket-time",
    }
)
"""What a ticket is refused for; not a negotiation that has none."""
SYNTAX = (501, 552)
"""Replies to a line that is too long or not base64 (RFC 5321 section 4.2.3, RFC 4954 section 4)."""
ALTERED = "smtp-inspection"
"""Who alters lines may have altered the token's as well, where it went in clear."""


def _lacks_ticket(trace: Trace) -> bool:
    """Somebody was to log on, and no KDC gave a ticket; without an account that was never tried."""
    return any(step.facts.etype is None for step in trace.of(Ticket)) and not ticket_in_hand(trace)


def _turned_down(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Tokens that were answered for what they are, with another reply than a refusal to log on."""
    return tuple(
        step
        for step in honest(trace)
        if step.facts.token_octets and step.facts.reply is not None and step.facts.reply.code in SYNTAX
    )


def not_the_reason(trace: Trace) -> frozenset[str]:
    """The causes that cannot be why the log-on failed, by how far it got."""
    if _lacks_ticket(trace):
        return BEHIND_THE_TICKET
    stopped = refusals(trace) or (others_verified(trace) and refused(trace)) or _turned_down(trace)
    if not stopped:
        return frozenset()
    if read_lengths(trace).reading is Reading.NEITHER:
        return BEFORE_THE_TOKEN | OF_THE_TICKET
    hidden = all(step.facts.tls != "none" for step in stopped)
    return BEFORE_THE_TOKEN | ({ALTERED} if hidden else frozenset())
