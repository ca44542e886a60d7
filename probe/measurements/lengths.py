"""The same negotiation in few octets and in as many as were refused, without any ticket.

Short answered and long refused: something between us damages long lines. Both refused: it is not the ticket that is
disliked.
"""

from probe.measurements import MeasurementContext
from probe.smtp.connect import ConnectedTarget, connect_target
from probe.smtp.gssapi import Attempt, unexplained
from probe.smtp.session import smtp_reply
from probe.trace import Trace, facts
from probe.trace.facts import Outcome
from probe.trace.views.smtp.session import honest
from probe.wire.sasl.gssapi import BareNegotiation

NAME = "lengths"
TITLE = "A negotiation without a ticket, short and long"
DECIDES = ("illegal-message", "machine-key-stale", "spn-on-wrong-account", "smtp-inspection")
COST = 16
REFUSALS = 2

BASE64_GROUP, BYTES_PER_GROUP = 4, 3


def wanted(trace: Trace) -> bool:
    """A token was refused or cut off over X-EXPS GSSAPI, and no KRB-ERROR says why."""
    return any(
        step.facts.verb == "X-EXPS" and step.facts.mechanism == "GSSAPI" and unexplained(step.facts)
        for step in honest(trace)
    )


async def perform(context: MeasurementContext) -> None:
    """Ask twice. Each question takes a connection of its own, because a receiver hangs up after a refusal."""
    attempt = context.attempt
    if attempt is None:
        return
    for octets in (0, attempt.seen.token_octets):
        # Found anew, and kept as steps of the run: a balancer may answer with somebody else now, which tells a lot.
        connected = await connect_target(context)
        if connected is None:
            return
        async with connected.session:
            if not connected.session.ready:
                return
            await _negotiate(attempt, connected, octets)


async def _negotiate(attempt: Attempt, connected: ConnectedTarget, octets: int) -> None:
    """One question and its step."""
    mechanism = BareNegotiation(attempt.verb, octets=octets)
    exchange = await connected.session.authenticate(mechanism, initial_response=attempt.seen.initial_response)
    seen = facts.Negotiation(
        verb=attempt.verb,
        mechanism=mechanism.name,
        tls=connected.session.tls,
        token_octets=mechanism.token_octets,
        line_octets=-(-mechanism.token_octets // BYTES_PER_GROUP) * BASE64_GROUP,
        answered=mechanism.answered,
        reply=smtp_reply(exchange.reply),
        problem=mechanism.problem,
    )
    if mechanism.answered:
        exchange.outcome = Outcome.OK  # the 501 to our own cancelling is no refusal
    connected.session.record(seen, exchange)
