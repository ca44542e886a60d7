"""The verbs of a receive connector: what one client has said so far, and what it is answered.

No aiosmtpd here: `simulator.smtp.server` calls the methods that `VERBS` names, and moves octets.

A log-on is refused in the order: no EHLO yet, a second AUTH, then what was not offered. What was offered is what this
server offers itself (`Faults.offered`); a keyword that the path took out of the reply (`Faults.on_send`) it takes all
the same. TLS begins the session anew, EHLO and offers included (RFC 3207 section 4.2).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from simulator.acceptors import exchangeauth
from simulator.acceptors.acceptor import Acceptor
from simulator.acceptors.channel_bindings import Protection
from simulator.acceptors.exchangeauth import Channel
from simulator.acceptors.ntlm import NtlmAcceptor
from simulator.faults.engine import Faults
from simulator.faults.values import NOT_AUTHORIZED, Acceptance, Place
from simulator.ledger import Ledger
from simulator.smtp import authenticate as log_on
from simulator.smtp import connector, replies
from simulator.smtp.connector import ConnectorSettings, TlsKind, Verb
from simulator.smtp.mail import Mailboxes, MailSession
from simulator.smtp.reader import LineReader, masked
from simulator.smtp.session_numbers import SessionNumbers
from simulator.smtp.writer import ReplyWriter
from simulator.tickets.client import Initiated, TicketError

VERBS = {
    "EHLO": "ehlo",
    "HELO": "helo",
    "AUTH": "auth",
    "X-EXPS": "exps",
    "MAIL": "mail",
    "RCPT": "rcpt",
    "DATA": "data",
    "BDAT": "bdat",
    "RSET": "rset",
    "NOOP": "noop",
    "HELP": "help",
    "VRFY": "vrfy",
    "EXPN": "vrfy",
    "QUIT": "quit",
}
"""All but those that start TLS."""
_EVENT_MECHANISMS = {
    "EXCHANGEAUTH": "ExchangeAuth",
    "GSSAPI": "Gssapi",
    "NTLM": "Ntlm",
    "LOGIN": "Login",
}
"""As event 1035 spells them."""
_LOGGED_AS = {"EXCHANGEAUTH": "ExchangeAuth negotiation", "GSSAPI": "Negotiate"}
"""As the protocol log's context spells them; ``authentication`` for the others."""

Initiate = Callable[[str], Awaitable[Initiated]]
"""The server's own first token for an SPN. Raises TicketError."""


async def no_domain_controller(spn: str) -> Initiated:
    """The way to a ticket of a server that has none."""
    raise TicketError("NoAuthenticatingAuthority", f"no domain controller to ask for {spn}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerContext:
    """What a connector has around it."""

    acceptor: Callable[[], Acceptor]
    """A new one for each authentication."""
    faults: Faults
    ledger: Ledger
    clock: Callable[[], float]
    """The server's own clock, UTC seconds since the epoch."""
    initiate: Initiate = no_domain_controller
    ntlm: Callable[[str], NtlmAcceptor] | None = None
    """A new one for each log-on, given the connector's profile; without it NTLM is denied by policy."""
    mailboxes: Mailboxes | None = None
    """Where mail goes; without it no recipient is taken."""
    session_id: Callable[[], str] = field(default_factory=SessionNumbers)
    """The number of the next connection, as the server's protocol log has it."""


class ReceiveSession:
    """One client's session. ``lines`` has to be set before the first verb."""

    lines: LineReader

    def __init__(
        self, settings: ConnectorSettings, lab: ServerContext, out: ReplyWriter, address: str
    ) -> None:
        # Once a session: banner and EHLO reply of one connection name one host.
        self._settings = replace(settings, fqdn=lab.faults.advertised_name(settings.server, settings.fqdn))
        self._lab = lab
        self._server = settings.server
        self._out = out
        self._address = address
        self._mail = MailSession(self._settings, out, lab.mailboxes)
        self._client_name: str | None = None
        self._extended = self._authenticated = self._in_conversation = False
        self._offered: tuple[str, ...] = ()
        self._tls_kind: TlsKind = "none"
        self._cipher_bits: int | None = None
        self._channel: Callable[[], Channel] | None = None
        # A balancer that keeps connections open hands on one on which others failed before.
        self._logon_failures = lab.faults.earlier_failures(settings.server)
        self._protocol_errors = 0

    def arrived(self, line: bytes) -> bytes:
        """A line from the client, as the path to the server left it."""
        arrived = self._lab.faults.on_receive(self._server, line)
        # Inside of an authentication every line may be a token: the ledger gets its length.
        secret = self._in_conversation
        self._out.note("smtp-in", line=masked(arrived, token=secret), octets=len(arrived), token=secret)
        return arrived

    async def greet(self) -> None:
        """The banner."""
        banner = connector.banner(self._settings, self._lab.clock())
        banner = self._lab.faults.banner(self._server, banner)
        await self._out.reply(b"220 " + banner.encode(), place=Place.GREETING)

    async def unrecognized(self) -> None:
        """A line that is no command, an empty one included."""
        self._protocol_errors += 1
        if self._protocol_errors >= self._settings.max_protocol_errors:
            await self._out.reply(replies.TOO_MANY_ERRORS, close=True)
        await self._out.reply(replies.UNRECOGNIZED_COMMAND)

    # ---- hello

    async def ehlo(self, hostname: str | None) -> None:
        """EHLO: one write, not a packet a line."""
        place = self._hello_place
        if await self._hello_refused(hostname, replies.EHLO_REQUIRES_DOMAIN, place):
            return
        keywords = connector.ehlo_keywords(self._settings, tls=self._tls_kind)
        self._offered = self._lab.faults.offered(self._server, keywords, self._tls_kind)
        lines = (connector.ehlo_greeting(self._settings, self._address), *self._offered)
        self._said_hello(hostname, extended=True)
        await self._out.reply(replies.multiline(250, lines), place=place)

    async def helo(self, hostname: str | None) -> None:
        """HELO: no extensions, so no authentication."""
        place = self._hello_place
        if await self._hello_refused(hostname, replies.HELO_REQUIRES_DOMAIN, place):
            return
        self._said_hello(hostname, extended=False)
        greeting = connector.ehlo_greeting(self._settings, self._address)
        await self._out.reply(replies.multiline(250, (greeting,)), place=place)

    async def _hello_refused(self, hostname: str | None, missing: bytes, place: Place) -> bool:
        if not hostname:
            await self._out.reply(missing, place=place)
        elif not connector.is_domain(hostname):
            await self._out.reply(replies.INVALID_DOMAIN, place=place)
        elif self._cipher_is_weak():
            await self._out.reply(replies.CIPHER_TOO_WEAK, place=place)
        else:
            return False
        return True

    def _said_hello(self, hostname: str | None, *, extended: bool) -> None:
        self._mail.reset()
        self._client_name, self._extended = hostname, extended

    def _cipher_is_weak(self) -> bool:
        return self._cipher_bits is not None and self._cipher_bits < connector.WEAKEST_CIPHER_BITS

    @property
    def _hello_place(self) -> Place:
        return Place.EHLO if self._tls_kind == "none" else Place.EHLO_AFTER_TLS

    # ---- TLS

    def tls_refusal(self, kind: TlsKind, arg: str | None) -> bytes | None:
        """Why TLS cannot start now; None when it can."""
        if not self._extended:
            return replies.SEND_HELLO_FIRST
        if self._tls_kind != "none":
            return replies.ONLY_ONE_TLS
        if not connector.is_offered(self._offered, kind):
            return replies.UNRECOGNIZED_COMMAND
        return replies.INVALID_ARGUMENTS if arg else None

    def tls_started(self, kind: TlsKind, cipher_bits: int | None, channel: Callable[[], Channel]) -> None:
        """Everything begins anew, EHLO included (RFC 3207 section 4.2)."""
        self._tls_kind, self._cipher_bits, self._channel = kind, cipher_bits, channel
        self._offered = ()
        self._authenticated = False
        self._said_hello(None, extended=False)

    # ---- authentication

    async def auth(self, arg: str | None) -> None:
        """AUTH (RFC 4954)."""
        await self._log_on("AUTH", arg or "")

    async def exps(self, arg: str | None) -> None:
        """X-EXPS: Exchange servers among themselves."""
        await self._log_on("X-EXPS", arg or "")

    async def _log_on(self, verb: Verb, arg: str) -> None:
        mechanism, _, rest = arg.partition(" ")
        mechanism = mechanism.upper()
        refusal = self._log_on_refusal(verb, mechanism)
        if refusal is not None:
            await self._out.reply(refusal, place=Place.AUTH)
            return
        initial = rest.encode("utf-8", errors="surrogateescape") if rest else None
        # One command and one reply, so it is no conversation: there is no 334 in which Kerberos could ask for more.
        if mechanism == "EXCHANGEAUTH":
            await self._exchange_auth(initial or b"")
            return
        exchange: log_on.GssapiLogOn | log_on.NtlmLogOn
        if mechanism == "GSSAPI":
            exchange = log_on.GssapiLogOn(self._protected_acceptor(), self._judge, layer=verb == "AUTH")
        # Exchange offers NTLM to people's programs; its servers never use it among themselves.
        elif mechanism == "NTLM" and self._lab.ntlm is not None:
            exchange = log_on.NtlmLogOn(self._lab.ntlm(self._settings.profile), self._judge)
        else:
            challenges = log_on.NTLM_CHALLENGES if mechanism == "NTLM" else log_on.LOGIN_CHALLENGES
            result = await self._converse(log_on.password_log_on(challenges, initial))
            await self._conclude(verb, mechanism, result)
            return
        try:
            result = await self._converse(exchange.converse(initial))
        except (asyncio.CancelledError, ConnectionError, TimeoutError):
            last = exchange.last
            self._record(
                verb, mechanism, log_on.Result(status=last.status, reason=last.reason, cancelled=True)
            )
            raise
        await self._conclude(verb, mechanism, result)

    def _protected_acceptor(self) -> Acceptor:
        """One that minds this connection's channel bindings, as far as the connector wants that."""
        acceptor = self._lab.acceptor()
        names = None if self._channel is None else self._channel().names
        acceptor.protection = Protection(policy=self._settings.extended_protection, channel=names)
        return acceptor

    def _judge(self, token: bytes, opinion: Acceptance) -> Acceptance:
        return self._lab.faults.on_accept(self._server, token, opinion)

    async def _exchange_auth(self, arguments: bytes) -> None:
        """X-EXPS EXCHANGEAUTH: the hash's name and the client's blob in, 235 with the server's out."""
        algorithm, _, blob = arguments.partition(b" ")
        if algorithm.upper() != exchangeauth.ALGORITHM.encode() or self._channel is None:
            # What Exchange says to another word is not verified; it announces the ones that it knows.
            await self._out.reply(replies.UNRECOGNIZED_MECHANISM, place=Place.AUTH)
            return
        exchange = log_on.ExchangeAuthLogOn(
            self._lab.acceptor(),
            self._judge,
            channel=self._channel(),
            unexpected=connector.unexpected_blob(self._settings),
        )
        result, answer = exchange.accept(blob), b""
        # The way back: a ticket for the name that the client gave in EHLO, got with our own machine account. It may
        # fail although the client's ticket was good, and the client sees the same 454.
        if result.succeeded:
            try:
                answer = exchange.answer(await self._lab.initiate(f"SMTPSVC/{self._client_name}"))
            except TicketError as error:
                result = replace(result, status=error.status, reason=f"return leg: {error}")
            except asyncio.CancelledError:
                reason = "the client left before the return leg was done"
                self._record("X-EXPS", "EXCHANGEAUTH", replace(result, reason=reason, cancelled=True))
                raise
        await self._conclude("X-EXPS", "EXCHANGEAUTH", result, success=replies.authenticated(answer))

    def _log_on_refusal(self, verb: Verb, mechanism: str) -> bytes | None:
        if not self._extended:
            return replies.SEND_HELLO_FIRST
        if self._authenticated:
            return replies.ALREADY_AUTHENTICATED
        if mechanism not in _EVENT_MECHANISMS or not connector.is_offered(self._offered, verb, mechanism):
            return replies.UNRECOGNIZED_MECHANISM
        return None

    async def _converse(self, conversation: log_on.Conversation) -> log_on.Result:
        """Move lines between the client and the mechanism."""
        self._in_conversation = True
        try:
            challenge = next(conversation)
            while True:
                place = Place.TOKEN if challenge.kind == "token" else Place.AUTH
                await self._out.reply(replies.challenge(challenge.text), place=place)
                line = await self.lines.readuntil()
                challenge = conversation.send(line.rstrip(b"\r\n"))
        except StopIteration as stop:
            result: log_on.Result = stop.value
            return result
        finally:
            self._in_conversation = False

    def _record(self, verb: Verb, mechanism: str, result: log_on.Result) -> None:
        self._out.note(
            "auth",
            mechanism=f"{verb} {mechanism}",
            status=result.status,
            client=result.client,
            reason=result.reason,
            cancelled=result.cancelled,
            context=_context(mechanism, result.status),
        )
        log = self._lab.ledger
        # 1035 does not name the client's account, only its address; 1020 names the account and no status.
        about = {"server": self._server, "connector": self._settings.name, "address": self._address}
        if result.status == NOT_AUTHORIZED:
            log.event_1020(account=result.client, mechanism=_EVENT_MECHANISMS[mechanism], **about)
        elif result.status != "OK":
            log.event_1035(error=result.status, mechanism=_EVENT_MECHANISMS[mechanism], **about)

    async def _conclude(
        self, verb: Verb, mechanism: str, result: log_on.Result, *, success: bytes = replies.AUTHENTICATED
    ) -> None:
        self._record(verb, mechanism, result)
        if result.cancelled:
            await self._out.reply(replies.AUTHENTICATION_CANCELLED, place=Place.RESULT)
        elif result.succeeded:
            self._authenticated = True
            await self._out.reply(success, place=Place.RESULT)
        else:
            # Counted on the connection and not for the account: MaxLogonFailures ends a connection and locks nobody.
            self._logon_failures += 1
            text, close = connector.failure_reply(self._settings, verb, self._logon_failures)
            tarpit_s = self._settings.tarpit_s
            if tarpit_s:
                self._out.note("tarpit", seconds=tarpit_s, reply=text.decode())
            await self._out.reply(text, place=Place.RESULT, close=close, delay_s=tarpit_s)

    # ---- mail: the lab relays nothing

    async def mail(self, arg: str | None) -> None:
        """MAIL: authenticated clients, and where the connector says so anonymous ones."""
        if not self._client_name:
            await self._out.reply(replies.SEND_HELLO_FIRST)
        elif not (self._authenticated or self._settings.anonymous_submission):
            await self._out.reply(replies.NOT_AUTHENTICATED)
        else:
            await self._mail.mail(arg)

    async def rcpt(self, arg: str | None) -> None:
        """RCPT."""
        await self._mail.rcpt(arg)

    async def data(self, arg: str | None) -> None:
        """DATA."""
        del arg
        await self._mail.data(self.lines, client_name=self._client_name or "", client_address=self._address)

    async def bdat(self, arg: str | None) -> None:
        """BDAT, which the lab does not do: the chunk is behind the command and must not be read as commands."""
        del arg
        await self._out.reply(self._mail.refusal() or replies.NOT_IMPLEMENTED, close=True)

    async def rset(self, arg: str | None) -> None:
        """RSET."""
        del arg
        self._mail.reset()
        await self._out.reply(replies.RESETTING)

    async def noop(self, arg: str | None) -> None:
        """NOOP."""
        del arg
        await self._out.reply(replies.OK)

    async def help(self, arg: str | None) -> None:
        """HELP."""
        del arg
        await self._out.reply(replies.multiline(214, replies.HELP))

    async def vrfy(self, arg: str | None) -> None:
        """VRFY, and EXPN: known and not done."""
        del arg
        await self._out.reply(replies.NOT_IMPLEMENTED)

    async def quit(self, arg: str | None) -> None:
        """QUIT."""
        del arg
        await self._out.reply(replies.SERVICE_CLOSING, close=True)


def _context(mechanism: str, status: str) -> str:
    """What the protocol log's context field says of a failure; empty for a success."""
    if status == "OK":
        return ""
    return f"Inbound {_LOGGED_AS.get(mechanism, 'authentication')} failed because of {status}"
