"""The same thing with one difference: what a refusal without a reason can still be made to tell."""

from probe import facts
from probe.environment import Environment
from probe.facts import Outcome
from probe.handshake import Attempt
from probe.net.session import smtp_reply
from probe.options import ProbeOptions
from probe.reach import Reached, reach
from probe.trace import Recorder
from probe.wire.mechanisms import BareNegotiation

BASE64_GROUP, OCTETS_PER_GROUP = 4, 3


async def contrast_lengths(
    attempt: Attempt, *, options: ProbeOptions, environment: Environment, recorder: Recorder
) -> None:
    """Ask the receiver to negotiate without any ticket: once in few octets, once in as many as were refused.

    Each question takes a connection of its own, because a receiver hangs up after a refusal. Two connections,
    two failures at most: below any receiver's limit of failed log-ons.
    """
    for octets in (0, attempt.seen.token_octets):
        reached = await reach(options, environment, recorder)
        if reached is None:
            return
        async with reached.session:
            if not reached.session.ready:
                return
            await _negotiate(attempt, reached, octets)


async def _negotiate(attempt: Attempt, reached: Reached, octets: int) -> None:
    """One question and its step."""
    mechanism = BareNegotiation(attempt.verb, octets=octets)
    exchange = await reached.session.authenticate(mechanism, initial_response=attempt.seen.initial_response)
    seen = facts.Negotiation(
        verb=attempt.verb,
        mechanism=mechanism.name,
        tls=reached.session.tls,
        token_octets=mechanism.token_octets,
        line_octets=-(-mechanism.token_octets // OCTETS_PER_GROUP) * BASE64_GROUP,
        answered=mechanism.answered,
        reply=smtp_reply(exchange.reply),
        problem=mechanism.problem,
    )
    if mechanism.answered:
        exchange.outcome = Outcome.OK  # the 501 to our own cancelling is no refusal
    reached.session.record(seen, exchange)
