"""One SMTP session with a receive connector: octets between a connection and a dialogue, with time stamps.

Each method is one step of the trace. None raises for what the peer does; each says whether it went well.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Self

from probe.net.connection import Connection, ConnectionFailure
from probe.net.tls import HandshakeFailure
from probe.trace import Recorder, Step, facts
from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading, Facts, Outcome, SmtpReply
from probe.wire.sasl.exchangeauth import Channel
from probe.wire.sasl.mechanism import Cancel, Mechanism, Work, encode_response
from probe.wire.smtp.capabilities import Capabilities, parse_banner, parse_ehlo
from probe.wire.smtp.dialogue import (
    Answered,
    Closed,
    Dialogue,
    EarlyData,
    Event,
    State,
    Unsolicited,
    Verb,
    redact,
    redact_reply,
)
from probe.wire.smtp.replies import Reply, Unreadable

MAXIMUM_LINES = 64
"""Lines of a reply, or words of a list, that a trace keeps."""
MAXIMUM_TEXT = 1000
"""Characters of a line or word that a trace keeps; RFC 5321 section 4.5.3.1.5 allows 512 octets."""
HANG_UP_S = 0.2
"""How long a close behind a refusal is waited for; Exchange's comes with the refusal."""
CANCELLED = 501
TLS_VERBS = {"starttls": Verb.STARTTLS, "x-anonymoustls": Verb.X_ANONYMOUSTLS}


@dataclass(slots=True)
class Exchange:
    """What one command came to, while it is under way."""

    start_ms: float
    sent_at: float
    received_at: float = 0.0
    sent: tuple[str, ...] = ()
    replies: list[Reply] = field(default_factory=list)
    reply: Reply | None = None
    outcome: Outcome = Outcome.OK
    problem: str = ""
    early_octets: int = 0
    disconnected: bool = False

    def clock_reading(self, who: str, date: float) -> ClockReading:
        """The peer's clock from a date that is cut to a second, stamped between sending and receiving."""
        return clock_reading(
            who=who,
            source="smtp-banner",
            sent_at=self.sent_at,
            received_at=self.received_at,
            theirs=date + 0.5,
            resolution_s=0.5,
        )


class SmtpSession:
    """A session over an open connection. ``clock`` is in seconds since the Unix epoch (UTC).

    ``opened_at`` is the clock's time when the connection came up, because a receiver writes its banner then; left
    out, it is now. Used as a context manager, the session ends with QUIT, or after an exception at once.
    """

    def __init__(
        self,
        connection: Connection,
        recorder: Recorder,
        *,
        clock: Callable[[], float],
        opened_at: float | None = None,
    ) -> None:
        self._connection = connection
        self._recorder = recorder
        self._clock = clock
        self._dialogue = Dialogue()
        self._opened_ms = recorder.elapsed_ms()
        self._opened_at = clock() if opened_at is None else opened_at
        self.capabilities: Capabilities | None = None
        self.tls = "none"
        self.software = ""
        self.banner_masked = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self.quit()
        else:
            self.abort()  # the time is over, or the user has had enough: wait for nobody

    @property
    def ready(self) -> bool:
        """Whether an authentication may begin."""
        return self._dialogue.state is State.READY

    @property
    def channel(self) -> Channel | None:
        """What EXCHANGEAUTH binds to; None in clear."""
        return self._connection.channel()

    def channel_name(self, kind: str) -> bytes:
        """What channel bindings of ``kind`` call the TLS channel (RFC 5929); empty where there is none."""
        return self._connection.channel_name(kind)

    async def greeting(self, who: str) -> bool:
        """Read the banner. ``who`` is whose clock it shows."""
        exchange = Exchange(start_ms=self._opened_ms, sent_at=self._opened_at)
        await self._read_reply(exchange)
        seen = facts.Greeting(reply=smtp_reply(exchange.reply))
        if exchange.reply is not None:
            banner = parse_banner(exchange.reply)
            self.software, self.banner_masked = banner.software, banner.masked
            clock = None if banner.date is None else exchange.clock_reading(who, banner.date)
            seen = replace(
                seen, name=banner.name, software=banner.software, masked=banner.masked, clock=clock
            )
        self._record(seen, exchange)
        return exchange.outcome is Outcome.OK

    async def ehlo(self, name: str) -> bool:
        """Say EHLO, and HELO when that is refused. Fills in ``capabilities``."""
        outcome = await self._hello(Verb.EHLO, name)
        if outcome is Outcome.REFUSED and self._dialogue.state is State.GREETED:
            outcome = await self._hello(Verb.HELO, name)
        return outcome is Outcome.OK

    async def _hello(self, verb: Verb, name: str) -> Outcome:
        exchange = await self._exchange(verb, name)
        seen = facts.Ehlo(verb=verb.value, name_sent=name, tls=self.tls, reply=smtp_reply(exchange.reply))
        if exchange.reply is not None and exchange.outcome is Outcome.OK:
            self.capabilities = parse_ehlo(exchange.reply)
            seen = _with_capabilities(seen, self.capabilities)
        self._record(seen, exchange)
        return exchange.outcome

    async def start_tls(self, mode: str, server_name: str) -> bool:
        """STARTTLS or X-ANONYMOUSTLS and the handshake. What came early in clear ends the session."""
        exchange = await self._exchange(TLS_VERBS[mode])
        seen = facts.Tls(
            verb=TLS_VERBS[mode].value,
            reply=smtp_reply(exchange.reply),
            early_octets=exchange.early_octets,
        )
        if exchange.outcome is Outcome.OK:
            seen = await self._shake_hands(exchange, seen, server_name)
        self._record(seen, exchange)
        if exchange.outcome is not Outcome.OK:
            return False
        self.tls = mode
        self.capabilities = None
        self._dialogue.tls_started()
        return True

    async def _shake_hands(self, exchange: Exchange, seen: facts.Tls, server_name: str) -> facts.Tls:
        try:
            session = await self._connection.start_tls(server_name)
        except HandshakeFailure as failure:
            exchange.outcome = Outcome.REFUSED
            return replace(seen, error=failure.reason)
        except ConnectionFailure as failure:
            exchange.outcome = _outcome(failure)
            return replace(seen, error=str(failure))
        return replace(
            seen,
            version=session.version,
            cipher=session.cipher,
            cipher_bits=session.cipher_bits,
            certificate=session.certificate,
        )

    async def authenticate(self, mechanism: Mechanism, *, initial_response: bool) -> Exchange:
        """All rounds of a mechanism; the caller knows what to make of it and records the step."""
        argument = mechanism.argument(initial_response=initial_response)
        exchange = await self._exchange(Verb.AUTHENTICATE, argument, mechanism=mechanism)
        while exchange.outcome is Outcome.OK and self._dialogue.state is State.CHALLENGED:
            answer = mechanism.respond("" if exchange.reply is None else exchange.reply.text)
            if isinstance(answer, Work):
                answer = await asyncio.to_thread(answer.do)
            if isinstance(answer, Cancel):
                await self._cancel(exchange, answer.reason)
                break
            await self._send(exchange, Verb.RESPOND, encode_response(answer.data))
        if _may_hang_up(exchange) and await self._connection.ends_within(HANG_UP_S):
            exchange.disconnected = True
            self._dialogue.receive_end()
        return exchange

    async def _cancel(self, exchange: Exchange, reason: str) -> None:
        """Once, and whatever comes: a peer that answers "*" with another challenge could go on for ever."""
        exchange.problem = reason
        await self._send(exchange, Verb.CANCEL)
        if exchange.outcome is Outcome.OK:
            exchange.outcome = Outcome.MALFORMED

    def record(self, seen: Facts, exchange: Exchange) -> Step[Facts]:
        """Keep a step that the caller has made of an exchange."""
        return self._record(seen, exchange)

    async def quit(self) -> None:
        """Say goodbye where that is still possible, and close."""
        try:
            if self._dialogue.state in (State.GREETED, State.READY, State.AUTHENTICATED):
                exchange = await self._exchange(Verb.QUIT)
                self._record(facts.Quit(reply=smtp_reply(exchange.reply)), exchange)
            await self._connection.close()
        finally:
            self.abort()

    def abort(self) -> None:
        """Drop the connection, without a word and without waiting. Harmless when it is closed."""
        self._connection.abort()

    async def _exchange(
        self, verb: Verb, argument: str = "", *, mechanism: Mechanism | None = None
    ) -> Exchange:
        exchange = Exchange(start_ms=self._recorder.elapsed_ms(), sent_at=self._clock())
        await self._send(exchange, verb, argument, mechanism=mechanism)
        return exchange

    async def _send(
        self, exchange: Exchange, verb: Verb, argument: str = "", *, mechanism: Mechanism | None = None
    ) -> None:
        line = self._dialogue.send(verb, argument, mechanism=mechanism)
        exchange.sent += (redact(line),)
        exchange.reply, exchange.outcome = None, Outcome.OK
        try:
            await self._connection.write(line)
        except ConnectionFailure as failure:
            exchange.outcome, exchange.problem = _outcome(failure), str(failure)
            return
        await self._read_reply(exchange)

    async def _read_reply(self, exchange: Exchange) -> None:
        """Read until the reply is there, or until it is clear that none will come.

        The time-out is for the whole reply: a peer that trickles octets gets no more time than a silent one.
        """
        until = self._connection.time_is_up()
        try:
            while exchange.reply is None and exchange.outcome is Outcome.OK:
                data = await self._connection.read(until=until)
                exchange.received_at = self._clock()
                events = self._dialogue.receive(data) if data else [self._dialogue.receive_end()]
                for event in events:
                    self._take(exchange, event)
        except ConnectionFailure as failure:
            exchange.outcome, exchange.problem = _outcome(failure), str(failure)

    def _take(self, exchange: Exchange, event: Event) -> None:
        match event:
            case Answered(reply=reply):
                exchange.reply = reply
                exchange.replies.append(reply)
                exchange.outcome, exchange.problem = _judge(event, exchange.problem)
            case EarlyData(octets=octets):
                exchange.outcome, exchange.early_octets = Outcome.EARLY_DATA, octets
            case Unreadable(reason=reason):
                exchange.outcome, exchange.problem = Outcome.MALFORMED, reason
            case Closed():
                exchange.outcome, exchange.disconnected = Outcome.CLOSED, True
            case Unsolicited(reply=reply):
                exchange.replies.append(reply)

    def _record(self, seen: Facts, exchange: Exchange) -> Step[Facts]:
        return self._recorder.add(
            seen,
            exchange.outcome,
            start_ms=exchange.start_ms,
            sent=exchange.sent,
            received=tuple(line for reply in exchange.replies for line in _transcript(reply)),
        )


def _may_hang_up(exchange: Exchange) -> bool:
    """After a refusal; the 501 to our own ``*`` is none, and the session goes on (RFC 4954 section 4)."""
    code = None if exchange.reply is None else exchange.reply.code
    return exchange.outcome is Outcome.REFUSED and (exchange.sent[-1], code) != ("*", CANCELLED)


def _judge(event: Answered, problem: str) -> tuple[Outcome, str]:
    """What a reply means for its command, and the exchange's problem after it."""
    if 400 <= event.reply.code <= 599:
        return Outcome.REFUSED, problem
    return (Outcome.OK, problem) if event.expected else (Outcome.MALFORMED, "unexpected-reply")


def _outcome(failure: ConnectionFailure) -> Outcome:
    return Outcome.TIMEOUT if failure.reason == "timed-out" else Outcome.CLOSED


def smtp_reply(reply: Reply | None) -> SmtpReply | None:
    """A reply as a fact: tokens removed, at most MAXIMUM_LINES lines."""
    if reply is None:
        return None
    lines = tuple(line.removeprefix(f"{reply.code:03} ") for line in _transcript(reply))
    problems = tuple(map(str, reply.problems))
    return SmtpReply(code=reply.code, enhanced=reply.enhanced, lines=lines, problems=problems)


@lru_cache(maxsize=16)
def _transcript(reply: Reply) -> tuple[str, ...]:
    """A reply's lines without tokens; asked for twice a step, once for the facts and once for the record."""
    return tuple(_cut(redact_reply(reply.code, line)) for line in reply.lines[:MAXIMUM_LINES])


def _cut(text: str) -> str:
    return (
        text if len(text) <= MAXIMUM_TEXT else f"{text[:MAXIMUM_TEXT]}<and {len(text) - MAXIMUM_TEXT} octets>"
    )


def _kept(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_cut(word) for word in words[:MAXIMUM_LINES])


def _with_capabilities(seen: facts.Ehlo, offer: Capabilities) -> facts.Ehlo:
    return replace(
        seen,
        advertised_name=_cut(offer.advertised_name),
        keywords=_kept(offer.keywords),
        auth=_kept(offer.auth),
        exps=_kept(offer.exps),
        exchangeauth_hash=_kept(offer.exchangeauth_hash),
        starttls=offer.starttls,
        x_anonymoustls=offer.x_anonymoustls,
        is_exchange=offer.is_exchange,
        masked=_kept(offer.masked),
    )
