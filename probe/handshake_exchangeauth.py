"""X-EXPS EXCHANGEAUTH over a session: what a sending Exchange server really does."""

from collections.abc import Sequence
from dataclasses import replace

from probe import facts
from probe.environment import Environment
from probe.facts import Outcome, TokenRound
from probe.inject import Fault, Injection, damage
from probe.net.session import smtp_reply
from probe.options import ProbeOptions
from probe.reach import Reached
from probe.tickets.secret import KeytabKeys
from probe.trace import Recorder
from probe.wire.context import Initiator
from probe.wire.crypto import CryptoError, Key
from probe.wire.exchangeauth_mechanism import HASH_NAME, Channel, ExchangeAuthMechanism, ReturnLeg
from probe.wire.kerberos import Credential
from probe.wire.mechanisms import decodes_cleanly

MECHANISM = "EXCHANGEAUTH"


def is_offered(reached: Reached) -> bool:
    """Whether a sender would take EXCHANGEAUTH: it is listed, and the hash is one that it knows."""
    offer = reached.session.capabilities
    return offer is not None and offer.offers("X-EXPS", MECHANISM) and HASH_NAME in offer.exchangeauth_hash


def return_name(options: ProbeOptions) -> str:
    """The name that the receiver will ask its KDC a ticket for: made of what we say in EHLO."""
    return f"SMTPSVC/{options.ehlo_name}"


async def authenticate_exchangeauth(
    reached: Reached,
    credential: Credential,
    *,
    options: ProbeOptions,
    environment: Environment,
    recorder: Recorder,
) -> facts.Handshake:
    """Authenticate with a ticket, verify what comes back as far as our keys allow, and keep the step."""
    injection = options.injection
    seen = facts.Handshake(
        verb="X-EXPS",
        mechanism=MECHANISM,
        wrapping="kerberos",
        tls=reached.session.tls,
        server=str(credential.server),
        initial_response=True,
        injected="" if injection is None else str(injection),
    )
    channel = reached.session.channel
    if channel is None:
        return _skipped(recorder, replace(seen, problem="no-tls"))
    try:
        mechanism, token = _mechanism(credential, channel, options, environment)
    except CryptoError as error:  # a cache may hold a ticket with a key of any type
        return _skipped(recorder, replace(seen, problem=str(error)))
    exchange = await reached.session.authenticate(mechanism, initial_response=True)
    if exchange.outcome is Outcome.OK and exchange.reply is not None and exchange.reply.code == 235:
        mechanism.finish(exchange.reply.text, now=environment.clock())
    seen = replace(
        seen,
        token_octets=len(token),
        token_clean=decodes_cleanly(token, seen.server),
        rounds=tuple(
            TokenRound(direction=leg.direction, kind=leg.kind, octets=leg.octets) for leg in mechanism.rounds
        ),
        reply=smtp_reply(exchange.reply),
        return_leg=mechanism.return_leg.value,
        disconnected=exchange.disconnected,
        problem=mechanism.problem or exchange.problem,
    )
    if mechanism.return_ticket is not None:
        ticket = mechanism.return_ticket
        seen = replace(seen, return_server=ticket.server, return_etype=ticket.etype, return_kvno=ticket.kvno)
    if mechanism.return_leg in (ReturnLeg.MALFORMED, ReturnLeg.MISMATCH, ReturnLeg.REFUSED):
        exchange.outcome = Outcome.MALFORMED
    reached.session.record(seen, exchange)
    return seen


def skip_exchangeauth(reached: Reached, options: ProbeOptions, recorder: Recorder, *, server: str) -> None:
    """Note that EXCHANGEAUTH was not tried: the receiver could get no ticket for the name that we gave.

    That says something about our name and nothing about the receiver, so a user's run does not try.
    """
    seen = facts.Handshake(
        verb="X-EXPS",
        mechanism=MECHANISM,
        wrapping="kerberos",
        tls=reached.session.tls,
        server=server,
        initial_response=True,
        problem=f"no KDC knows {return_name(options)}, so the receiver could not answer",
    )
    _skipped(recorder, seen)


def _mechanism(
    credential: Credential, channel: Channel, options: ProbeOptions, environment: Environment
) -> tuple[ExchangeAuthMechanism, bytes]:
    injection = options.injection
    initiator = Initiator(
        credential=credential,
        now=environment.clock() + (injection.skew_s if injection else 0.0),
        randomness=environment.randomness,
        mutual=False,  # the receiver must complete in one step, with no token of its own
    )
    token = damage(initiator.token(), injection, ticket_cipher=credential.ticket.enc_part.cipher)
    mechanism = ExchangeAuthMechanism(
        token=token,
        client_key=initiator.session_key,
        channel=channel,
        keys=_own_keys(options),
        damage_hash=_is(injection, Fault.BAD_HASH),
    )
    return mechanism, token


def _own_keys(options: ProbeOptions) -> Sequence[tuple[int, Key]]:
    """Our machine account's keys; none for a password or a cache."""
    secret = options.credentials.secret
    return secret.keys if isinstance(secret, KeytabKeys) else ()


def _is(injection: Injection | None, fault: Fault) -> bool:
    return injection is not None and injection.fault is fault


def _skipped(recorder: Recorder, seen: facts.Handshake) -> facts.Handshake:
    recorder.add(seen, Outcome.SKIPPED, start_ms=recorder.elapsed_ms())
    return seen
