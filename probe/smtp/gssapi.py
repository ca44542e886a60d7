"""One authentication over a session, from the choice of the mechanism to the Handshake step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from probe.settings.context import RunContext
from probe.settings.injection import Fault, Injection, damage
from probe.smtp.connect import ConnectedTarget
from probe.smtp.session import Exchange, SmtpSession, smtp_reply
from probe.tickets.client.recording import kerberos_error
from probe.tickets.native.context import NativeTicket, ServiceTicket
from probe.trace import facts
from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading, Outcome, TokenRound
from probe.wire.crypto import CryptoError
from probe.wire.gssapi import channel_bindings
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi.initiator import Initiator
from probe.wire.sasl.gssapi import GssapiMechanism, TokenSource, decodes_cleanly
from probe.wire.sasl.mechanism import Round

VERBS = {"exps-gssapi": "X-EXPS", "auth-gssapi": "AUTH"}
"""By what the option ``mechanism`` calls them."""
OPTION_OF = {verb: option for option, verb in VERBS.items()}


def unexplained(seen: facts.Handshake) -> bool:
    """Refused or cut off, once our token was out, without a KRB-ERROR that says why."""
    refused = seen.reply is None or seen.reply.code >= 400
    return refused and seen.token_octets > 0 and seen.peer_error is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A handshake that was made, and what is needed to make it again or to contrast it."""

    verb: str
    source: "DamagedInitiator"
    server: str
    wrapping: str
    seen: facts.Handshake

    @property
    def accepted(self) -> bool:
        """235, and the receiver's AP-REP verified."""
        return self.seen.reply is not None and self.seen.reply.code == 235 and self.seen.ap_rep_verified

    @property
    def unexplained(self) -> bool:
        """`unexplained` of what was seen."""
        return unexplained(self.seen)


class DamagedInitiator:
    """An initiator, ours or the system's, whose first token leaves as the injected fault wants it.

    ``channel`` is the name of the TLS channel that our token is to be bound to; the system's is bound from the start.

    Raises CryptoError for a session key that cannot be used.
    """

    def __init__(self, context: RunContext, credential: ServiceTicket, *, channel: bytes = b"") -> None:
        self._injection = context.options.injection
        self._initiator: TokenSource
        if isinstance(credential, NativeTicket):
            self._ticket_cipher = credential.cipher
            self._initiator = credential.initiator
            return
        self._ticket_cipher = credential.ticket.enc_part.cipher
        skew_s = self._injection.skew_s if self._injection else 0.0
        self._initiator = Initiator(
            credential=credential,
            now=context.environment.clock() + skew_s,
            randomness=context.environment.randomness,
            mutual=True,
            channel_bindings=channel_bindings.bnd(channel) if channel else gss.NO_BINDINGS,
        )
        self._initiator.token()  # here and not in the middle of a session: a key that cannot encrypt

    def token(self) -> bytes:
        """The AP-REQ in its GSS frame; the same octets at every call."""
        return damage(self._initiator.token(), self._injection, ticket_cipher=self._ticket_cipher)

    def accept(self, token: bytes) -> object:
        """Verify the AP-REP. Raises ContextError."""
        return self._initiator.accept(token)

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        """A per-message token."""
        return self._initiator.wrap(data, confidential=confidential)

    def unwrap(self, token: bytes) -> bytes:
        """What a per-message token holds. Raises ContextError."""
        return self._initiator.unwrap(token)


def choose_verb(session: SmtpSession, wanted: str) -> str | None:
    """``X-EXPS`` or ``AUTH``: what was asked for, or what a sender would take; None when neither is offered."""
    if wanted in VERBS:
        return VERBS[wanted]
    offer = session.capabilities
    if wanted == "none" or offer is None:
        return None
    return next((verb for verb in VERBS.values() if offer.offers(verb, "GSSAPI")), None)


async def authenticate(
    context: RunContext, connected: ConnectedTarget, ticket: ServiceTicket
) -> Attempt | None:
    """Authenticate with a ticket; None when nothing suitable is offered, or ticket or channel are of no use."""
    options = context.options
    verb = choose_verb(connected.session, options.mechanism)
    if verb is None:
        return None
    wrapping = options.wrapping
    if wrapping == "auto":
        wrapping = "spnego" if verb == "X-EXPS" else "kerberos"
    server = str(ticket.server)
    channel = connected.session.channel_name(options.bindings)
    if options.bindings != "none" and not channel:
        return None
    seen = facts.Handshake(
        verb=verb,
        mechanism="GSSAPI",
        wrapping=wrapping,
        tls=connected.session.tls,
        server=server,
        initial_response=options.initial_response,
        bindings=options.bindings if channel else "",
    )
    try:
        source = DamagedInitiator(context, ticket, channel=channel)
    except CryptoError as error:  # a cache may hold a ticket with a key of any type
        skipped = replace(seen, problem=str(error))
        context.recorder.add(skipped, Outcome.SKIPPED, start_ms=context.recorder.elapsed_ms())
        return None
    attempt = Attempt(verb=verb, source=source, server=server, wrapping=wrapping, seen=seen)
    return await perform(attempt, connected, injected=_word(options.injection))


def _word(injection: Injection | None) -> str:
    """What the step says of a deliberate fault. A replay begins with an honest handshake."""
    return "" if injection is None or injection.fault is Fault.REPLAY else str(injection)


def token_rounds(rounds: Sequence[Round]) -> tuple[TokenRound, ...]:
    """A mechanism's tokens as a step keeps them."""
    return tuple(TokenRound(direction=leg.direction, kind=leg.kind, octets=leg.octets) for leg in rounds)


async def perform(attempt: Attempt, connected: ConnectedTarget, *, injected: str) -> Attempt:
    """Send the attempt's token over a session and keep the step: the attempt with what was seen now.

    A second call is a replay.
    """
    mechanism = GssapiMechanism(
        attempt.verb,
        attempt.source,
        spnego=attempt.wrapping == "spnego",
        security_layer=attempt.verb == "AUTH",
    )
    exchange = await connected.session.authenticate(mechanism, initial_response=attempt.seen.initial_response)
    token = attempt.source.token()
    seen = replace(
        attempt.seen,
        injected=injected,
        tls=connected.session.tls,
        token_octets=next((leg.octets for leg in mechanism.rounds if leg.direction == "sent"), 0),
        token_clean=decodes_cleanly(token, attempt.server),
        rounds=token_rounds(mechanism.rounds),
        reply=smtp_reply(exchange.reply),
        ap_rep_verified=mechanism.ap_rep_verified,
        negotiation_state=mechanism.negotiation_state,
        chosen_mechanism=mechanism.chosen_mechanism,
        peer_error=None if mechanism.peer_error is None else kerberos_error(mechanism.peer_error),
        security_layers=mechanism.layers,
        disconnected=exchange.disconnected,
        problem=mechanism.problem or exchange.problem,
        clock=_clock(mechanism, exchange, connected.target),
    )
    if exchange.outcome is Outcome.OK and not (seen.reply and seen.reply.code == 235):
        exchange.outcome = Outcome.MALFORMED
    connected.session.record(seen, exchange)
    return replace(attempt, seen=seen)


def _clock(mechanism: GssapiMechanism, exchange: Exchange, who: str) -> ClockReading | None:
    """The receiver's clock, where it came in a KRB-ERROR; half the whole exchange is its uncertainty."""
    if mechanism.peer_error is None:
        return None
    return clock_reading(
        who=who,
        source="krb-error-in-token",
        sent_at=exchange.sent_at,
        received_at=exchange.received_at,
        theirs=mechanism.peer_error.stime,
        resolution_s=0.5,
    )
