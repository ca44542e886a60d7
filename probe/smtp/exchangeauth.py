"""X-EXPS EXCHANGEAUTH over a session: what a sending Exchange server really does."""

from collections.abc import Sequence
from dataclasses import replace

from probe.settings.context import RunContext
from probe.settings.injection import Fault, Injection, damage
from probe.settings.options import ProbeOptions
from probe.smtp.connect import ConnectedTarget
from probe.smtp.gssapi import token_rounds
from probe.smtp.session import MAXIMUM_TEXT, Exchange, smtp_reply
from probe.tickets.client.results import TicketError
from probe.tickets.native.context import NativeTicket, ServiceTicket
from probe.tickets.secret import KeytabKeys
from probe.trace import GUESSED_NAMES, facts
from probe.trace.facts import Outcome
from probe.wire.crypto import CryptoError, Key
from probe.wire.gssapi.initiator import ContextError, Initiator
from probe.wire.sasl.exchangeauth import HASH_NAME, Channel, ExchangeAuthMechanism, ReturnLeg
from probe.wire.sasl.gssapi import decodes_cleanly

MECHANISM = "EXCHANGEAUTH"


def is_offered(connected: ConnectedTarget) -> bool:
    """Whether a sender would take EXCHANGEAUTH: it is listed, and the hash is one that it knows."""
    offer = connected.session.capabilities
    return offer is not None and offer.offers("X-EXPS", MECHANISM) and HASH_NAME in offer.exchangeauth_hash


def return_name(options: ProbeOptions) -> str:
    """The name that the receiver will ask its KDC a ticket for: made of what we say in EHLO."""
    return f"SMTPSVC/{options.ehlo_name}"


async def authenticate_exchangeauth(
    context: RunContext, connected: ConnectedTarget, ticket: ServiceTicket
) -> facts.Handshake:
    """Authenticate with a ticket, verify what comes back as far as our keys allow, and keep the step."""
    injection = context.options.injection
    seen = _begun(connected, str(ticket.server))
    seen = replace(seen, injected="" if injection is None else str(injection))
    channel = connected.session.channel
    if channel is None:
        return _skipped(context, replace(seen, problem="there is no TLS channel to bind it to"))
    try:
        mechanism, token = await _mechanism(context, ticket, channel)
    except (CryptoError, ContextError, TicketError) as error:
        # A cache may hold a ticket with a key of any type; the system may refuse another context, or its key.
        return _skipped(context, replace(seen, problem=str(error)))
    exchange = await connected.session.authenticate(mechanism, initial_response=True)
    if exchange.outcome is Outcome.OK:
        if exchange.reply is not None and exchange.reply.code == 235:
            mechanism.finish(exchange.reply.text, now=context.environment.clock())
        if mechanism.return_leg not in (ReturnLeg.VERIFIED, ReturnLeg.UNPROVEN):
            exchange.outcome = Outcome.MALFORMED  # another 2xx than 235 is no success either
    seen = replace(seen, token_octets=len(token), token_clean=decodes_cleanly(token, seen.server))
    seen = _ended(seen, mechanism, exchange, due=return_name(context.options))
    connected.session.record(seen, exchange)
    return seen


def _begun(connected: ConnectedTarget, server: str) -> facts.Handshake:
    """The step before anything has come of it."""
    return facts.Handshake(
        verb="X-EXPS",
        mechanism=MECHANISM,
        wrapping="kerberos",
        tls=connected.session.tls,
        server=server,
        initial_response=True,
    )


def _ended(
    seen: facts.Handshake, mechanism: ExchangeAuthMechanism, exchange: Exchange, *, due: str
) -> facts.Handshake:
    """The step with what came back; names in a ticket are as long as their maker likes.

    A ticket for another name than the one that is due is noted, no more: an account has several.
    """
    ticket = mechanism.return_ticket
    other = ticket is not None and ticket.server.casefold() != due.casefold()
    note = f"the receiver's ticket is not for {due}" if other else ""
    return replace(
        seen,
        rounds=token_rounds(mechanism.rounds),
        reply=smtp_reply(exchange.reply),
        return_leg=mechanism.return_leg.value,
        return_server="" if ticket is None else ticket.server[:MAXIMUM_TEXT],
        return_client=mechanism.return_client[:MAXIMUM_TEXT],
        return_etype=None if ticket is None else ticket.etype,
        return_kvno=None if ticket is None else ticket.kvno,
        disconnected=exchange.disconnected,
        problem=mechanism.problem or exchange.problem or note,
    )


def skip_exchangeauth(context: RunContext, connected: ConnectedTarget, *, server: str, why: str) -> None:
    """Note that EXCHANGEAUTH was not tried, because the receiver can hardly get a ticket for the name that we gave.

    That says something about our name and nothing about the receiver, so a user's run does not try, nor one whose name
    is a guess.
    """
    _skipped(context, replace(_begun(connected, server), problem=why))


async def _mechanism(
    context: RunContext, credential: ServiceTicket, channel: Channel
) -> tuple[ExchangeAuthMechanism, bytes]:
    environment, injection = context.environment, context.options.injection
    # Without mutual authentication: the receiver must complete in one step, with no token of its own.
    if isinstance(credential, NativeTicket):
        credential = await credential.again(mutual=False)
        client_key, cipher = credential.session_key(), credential.cipher
        token = credential.initiator.token()
    else:
        initiator = Initiator(
            credential=credential,
            now=environment.clock() + (injection.skew_s if injection else 0.0),
            randomness=environment.randomness,
            mutual=False,
        )
        client_key, cipher = initiator.session_key, credential.ticket.enc_part.cipher
        token = initiator.token()
    token = damage(token, injection, ticket_cipher=cipher)
    mechanism = ExchangeAuthMechanism(
        token=token,
        client_key=client_key,
        channel=channel,
        keys=_own_keys(context.options),
        damage_hash=_is(injection, Fault.BAD_HASH),
    )
    return mechanism, token


def is_machine(options: ProbeOptions) -> bool:
    """Whether we are a computer account, or the very service that our EHLO name stands for.

    Not so for a user: what a KDC says of our EHLO name is then nothing about a sender, and our keys open no ticket
    that is made for it.
    """
    principal = options.credentials.principal
    name = "" if principal is None else str(principal)
    return name.endswith("$") or name.casefold() == return_name(options).casefold()


def is_sender(options: ProbeOptions) -> bool:
    """Whether we stand for the sender whole: its account, and a name in EHLO that is known to be that account's.

    With a guessed name a refusal would say something about the guess and nothing about the receiver.
    """
    return is_machine(options) and options.ehlo_source not in GUESSED_NAMES


def _own_keys(options: ProbeOptions) -> Sequence[tuple[int, Key]]:
    """Our machine account's keys; none for a user, a password or a cache."""
    secret = options.credentials.secret
    return secret.keys if isinstance(secret, KeytabKeys) and is_machine(options) else ()


def _is(injection: Injection | None, fault: Fault) -> bool:
    return injection is not None and injection.fault is fault


def _skipped(context: RunContext, seen: facts.Handshake) -> facts.Handshake:
    context.recorder.add(seen, Outcome.SKIPPED, start_ms=context.recorder.elapsed_ms())
    return seen
