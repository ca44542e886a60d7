"""The lab's receive connector on aiosmtpd: the only module that imports it.

aiosmtpd gives the connection and the command loop; every verb, every line of text and every limit is ours.
What has to be set right about it (version 1.4) is said where it is done.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from aiosmtpd.smtp import SMTP

from simulator import connector, log_on, replies
from simulator.acceptor import Acceptor
from simulator.connector import ConnectorSettings, TlsKind, Verb
from simulator.faults import Faults, Place, Send, TlsSettings
from simulator.ledger import Ledger
from simulator.lines import LINE_LIMIT, LineReader, LineTooLong, masked
from simulator.listener import Listener, Visitors
from simulator.outlet import Outlet
from simulator.tls import HandshakeFailure, TlsTransport, server_context

_log = logging.getLogger("exps.lab")

HANDSHAKE_TIMEOUT_S = 60.0
_EVENT_MECHANISMS = {"GSSAPI": "Gssapi", "NTLM": "Ntlm", "LOGIN": "Login"}
"""As event 1035 spells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """What a connector has around it."""

    acceptor: Callable[[], Acceptor]
    """A new one for each authentication."""
    faults: Faults
    ledger: Ledger
    clock: Callable[[], float]
    """The server's own clock, UTC seconds since the epoch."""
    tls: TlsSettings


class _NoHandler:
    """aiosmtpd looks for hooks by reflection, at every connection: there are none."""

    def __dir__(self) -> list[str]:
        return []


class Connection(SMTP):
    """One client's connection."""

    # The base class has one dictionary for all sessions, cleared by each new one.
    command_size_limits: dict[str, int] = {}  # noqa: RUF012 - the base class's declaration
    command_size_limit = LINE_LIMIT
    line_length_limit = LINE_LIMIT
    verbs: ClassVar[list[str]] = []

    def __init__(self, settings: ConnectorSettings, lab: Lab, visitors: Visitors) -> None:
        super().__init__(
            _NoHandler(),
            hostname=settings.fqdn,  # without it: socket.getfqdn(), which may ask the DNS
            enable_SMTPUTF8=True,  # 8-bit arguments reach the verb, which has its own opinion of them
            auth_require_tls=False,
            timeout=settings.connection_timeout_s,
            loop=asyncio.get_running_loop(),
        )
        self.command_size_limits = defaultdict(lambda: LINE_LIMIT)
        self._lab, self._visitors, self._server = lab, visitors, settings.server
        self._settings = replace(settings, fqdn=lab.faults.advertised_name(settings.server, settings.fqdn))
        self._out = Outlet(
            server=settings.server,
            connector=settings.name,
            faults=lab.faults,
            ledger=lab.ledger,
            timeout_s=settings.inactivity_timeout_s,
        )
        self._offered: tuple[str, ...] = ()
        self._tls: TlsTransport | None = None
        self._tls_kind: TlsKind = "none"
        self._greeted = self._in_conversation = self._has_sender = False
        self._logon_failures = self._protocol_errors = 0
        self._address = ""

    def __dir__(self) -> list[str]:
        # The base class reflects over all of an object twice; half of a session's cost was that.
        return self.verbs

    # ---- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        self._visitors.enter(self)
        self._out.note("smtp-connect", address=self._address)
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            self._handler_coroutine.add_done_callback(_fetch_exception)

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone."""
        super().connection_lost(error)
        self._out.note("smtp-close", address=self._address)
        self._visitors.leave(self)

    def eof_received(self) -> bool | None:
        """The client has said its last word: it still gets the answers to what came before."""
        if self._out.silent:
            return False
        asyncio.StreamReaderProtocol.eof_received(self)
        return True

    def abort(self) -> None:
        """End at once."""
        self._out.abort()

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The loop reads its lines through this in place of the StreamReader itself.
        timeout_s = self._settings.inactivity_timeout_s
        self._lines = LineReader(reader, timeout_s=timeout_s, arrive=self._arrived)
        self._reader: Any = self._lines
        self._writer = writer
        self._out.attach(writer)

    def _reset_timeout(self, duration: float | None = None) -> None:
        # One timer for the whole connection (ConnectionTimeout); each line has its own in LineReader.
        if self._timeout_handle is None:
            super()._reset_timeout(duration)

    def _timeout_cb(self) -> None:
        self._out.put(replies.CONNECTION_TIMED_OUT + b"\r\n")
        self._out.abort()  # close() would wait for a client that does not read

    def _arrived(self, line: bytes) -> bytes:
        arrived = self._lab.faults.arriving(self._server, line)
        self._out.note("smtp-in", line=masked(arrived, token=self._in_conversation), octets=len(arrived))
        return arrived

    async def push(self, status: str | bytes | None) -> None:
        """What aiosmtpd's own loop wants to say, said as Exchange does."""
        text = status.encode() if isinstance(status, str) else status or b""
        if not self._greeted:
            self._greeted = True
            banner = connector.banner(self._settings, self._lab.clock())
            banner = self._lab.faults.banner(self._server, banner)
            await self._out.reply(b"220 " + banner.encode(), place=Place.GREETING)
        elif text.startswith((b"500 Error", b"502 5.5.1")):
            await self._unrecognized()
        elif text:  # none when handle_exception was cancelled
            await self._out.reply(text, close=text.startswith(b"421"))

    async def handle_exception(self, error: Exception) -> str:
        """The reply to what went wrong in a verb; aiosmtpd's own would quote the exception."""
        if isinstance(error, LineTooLong):
            return (replies.TOO_MANY_ERRORS if error.hopeless else replies.COMMAND_TOO_LONG).decode()
        if isinstance(error, TimeoutError):
            return replies.CONNECTION_TIMED_OUT.decode()
        _log.error("a connection of %s failed", self._settings.name, exc_info=error)
        return replies.LOCAL_ERROR.decode()

    async def _unrecognized(self) -> None:
        self._protocol_errors += 1
        if self._protocol_errors >= self._settings.max_protocol_errors:
            await self._out.reply(replies.TOO_MANY_ERRORS, close=True)
        await self._out.reply(replies.UNRECOGNIZED_COMMAND)

    # ---- hello

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """EHLO: one write, not a packet a line."""
        place = Place.EHLO if self._tls is None else Place.EHLO_AFTER_TLS
        if await self._hello_refused(hostname, replies.EHLO_REQUIRES_DOMAIN, place):
            return
        keywords = connector.ehlo_keywords(
            self._settings, tls=self._tls_kind, certificate=self._lab.tls.offered
        )
        self._offered = self._lab.faults.offered(self._server, keywords, self._tls_kind)
        lines = (connector.ehlo_greeting(self._settings, self._address), *self._offered)
        self._said_hello(hostname, extended=True)
        await self._out.reply(replies.multiline(250, lines), place=place)

    async def smtp_HELO(self, hostname: str | None) -> None:
        """HELO: no extensions, so no authentication."""
        place = Place.EHLO if self._tls is None else Place.EHLO_AFTER_TLS
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
        self._set_rset_state()
        self._has_sender = False
        if self.session is not None:
            self.session.host_name, self.session.extended_smtp = hostname, extended

    def _cipher_is_weak(self) -> bool:
        bits = self._tls.connection.get_cipher_bits() if self._tls else None
        return bits is not None and bits < connector.WEAKEST_CIPHER_BITS

    # ---- TLS

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """STARTTLS (RFC 3207)."""
        await self._start_tls("starttls", arg)

    async def x_anonymoustls(self, arg: str | None) -> None:
        """X-ANONYMOUSTLS: the same with a certificate that the sender does not validate."""
        await self._start_tls("x-anonymoustls", arg)

    async def _start_tls(self, kind: TlsKind, arg: str | None) -> None:
        refusal = self._tls_refusal(kind, arg)
        if refusal is not None:
            await self._out.reply(refusal, place=Place.TLS)
            return
        settings = self._lab.faults.tls(self._server, self._lab.tls)
        ready = await self._out.prepare(replies.READY_FOR_TLS + b"\r\n", place=Place.TLS)
        if not ready.data.startswith(b"220"):
            await self._out.send(ready)
        elif settings.garbage:
            await self._break_tls(ready, settings.garbage)
        else:
            await self._shake_hands(kind, replace(ready, data=ready.data + settings.early_data), settings)

    def _tls_refusal(self, kind: TlsKind, arg: str | None) -> bytes | None:
        if self.session is None or not self.session.extended_smtp:
            return replies.SEND_HELLO_FIRST
        if self._tls is not None:
            return replies.ONLY_ONE_TLS
        if not connector.is_offered(self._offered, kind):
            return replies.UNRECOGNIZED_COMMAND
        return replies.INVALID_ARGUMENTS if arg else None

    async def _break_tls(self, ready: Send, garbage: bytes) -> None:
        await self._out.send(ready)
        await self._lines.read_some()  # the ClientHello
        self._out.note("tls", outcome="garbage")
        self._out.put(garbage)
        self._out.close()
        raise asyncio.CancelledError

    async def _shake_hands(self, kind: TlsKind, ready: Send, settings: TlsSettings) -> None:
        raw = self.transport
        if not isinstance(raw, asyncio.Transport):
            raise asyncio.CancelledError
        context = server_context(settings, fqdn=self._settings.fqdn, now=self._lab.clock())
        # What came in clear behind the verb is never used (the injection flaws of 2011 and 2021). TLS takes
        # over before the 220 leaves, so nothing can come in between.
        pending: bytearray = self._lines.stream._buffer  # type: ignore[attr-defined]  # noqa: SLF001
        discarded = len(pending)
        pending.clear()
        tls = TlsTransport(raw, context, self)
        self._out.put(ready.data)
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await tls.handshake
        except (HandshakeFailure, TimeoutError) as error:
            reason = str(error) or "timed out"
            self._out.note("tls", verb=kind, outcome="failed", reason=reason, discarded=discarded)
            raw.close()
            raise asyncio.CancelledError from None
        self._switch(tls, kind)
        self._out.note(
            "tls",
            verb=kind,
            outcome="ok",
            version=tls.connection.get_protocol_version_name(),
            cipher=tls.connection.get_cipher_name(),
            discarded=discarded,
        )

    def _switch(self, tls: TlsTransport, kind: TlsKind) -> None:
        """Everything begins anew, EHLO included (RFC 3207 section 4.2)."""
        self._tls, self._tls_kind, self.transport = tls, kind, tls
        self._writer._transport = tls  # type: ignore[attr-defined]  # noqa: SLF001
        self._lines.stream._transport = tls  # type: ignore[attr-defined]  # noqa: SLF001
        self._offered = ()
        self._said_hello(None, extended=False)
        if self.session is not None:
            self.session.authenticated = None
        tls.start()

    # ---- authentication

    async def smtp_AUTH(self, arg: str | None) -> None:
        """AUTH (RFC 4954)."""
        await self._log_on("AUTH", arg or "")

    async def x_exps(self, arg: str | None) -> None:
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
        if mechanism != "GSSAPI":
            challenges = log_on.NTLM_CHALLENGES if mechanism == "NTLM" else log_on.LOGIN_CHALLENGES
            result = await self._converse(log_on.password_log_on(challenges, initial))
            await self._conclude(verb, mechanism, result)
            return
        exchange = log_on.GssapiLogOn(
            self._lab.acceptor(),
            lambda token, opinion: self._lab.faults.accepted(self._server, token, opinion),
            layer=verb == "AUTH",
        )
        try:
            result = await self._converse(exchange.converse(initial))
        except (asyncio.CancelledError, ConnectionError, TimeoutError):
            last = exchange.last
            self._record(
                verb, mechanism, log_on.Result(status=last.status, reason=last.reason, cancelled=True)
            )
            raise
        await self._conclude(verb, mechanism, result)

    def _log_on_refusal(self, verb: Verb, mechanism: str) -> bytes | None:
        if self.session is None or not self.session.extended_smtp:
            return replies.SEND_HELLO_FIRST
        if self.session.authenticated:
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
                line = await self._lines.readuntil()
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
        )
        if result.status != "OK":
            self._lab.ledger.event_1035(
                server=self._server,
                connector=self._settings.name,
                error=result.status,
                mechanism=_EVENT_MECHANISMS[mechanism],
                address=self._address,
            )

    async def _conclude(self, verb: Verb, mechanism: str, result: log_on.Result) -> None:
        self._record(verb, mechanism, result)
        if result.cancelled:
            await self._out.reply(replies.AUTHENTICATION_CANCELLED, place=Place.RESULT)
        elif result.succeeded:
            if self.session is not None:
                self.session.authenticated = True
            await self._out.reply(replies.AUTHENTICATED, place=Place.RESULT)
        else:
            self._logon_failures += 1
            text, close = connector.failure_reply(self._settings, verb, self._logon_failures)
            await self._out.reply(text, place=Place.RESULT, close=close)

    # ---- mail: the lab relays nothing, and so far delivers nothing

    async def smtp_MAIL(self, arg: str | None) -> None:
        """MAIL: authenticated clients only."""
        if self.session is None or not self.session.host_name:
            await self._out.reply(replies.SEND_HELLO_FIRST)
        elif not self.session.authenticated:
            await self._out.reply(replies.NOT_AUTHENTICATED)
        elif not (arg or "").upper().startswith("FROM:"):
            await self._out.reply(replies.INVALID_ARGUMENTS)
        else:
            self._has_sender = True
            await self._out.reply(replies.SENDER_OK)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """RCPT: there is nobody here."""
        del arg
        await self._out.reply(replies.UNABLE_TO_RELAY if self._has_sender else replies.NEED_MAIL)

    async def smtp_DATA(self, arg: str | None) -> None:
        """DATA: never a recipient to send it to."""
        del arg
        await self._out.reply(replies.NEED_RECIPIENT if self._has_sender else replies.NEED_MAIL)

    async def smtp_BDAT(self, arg: str | None) -> None:
        """BDAT: the chunk is behind the command already and must not be read as commands."""
        del arg
        await self._out.reply(replies.NEED_RECIPIENT if self._has_sender else replies.NEED_MAIL, close=True)

    async def smtp_RSET(self, arg: str | None) -> None:
        """RSET."""
        del arg
        self._has_sender = False
        await self._out.reply(replies.RESETTING)

    async def smtp_NOOP(self, arg: str | None) -> None:
        """NOOP."""
        del arg
        await self._out.reply(replies.OK)

    async def smtp_HELP(self, arg: str | None) -> None:
        """HELP."""
        del arg
        await self._out.reply(replies.multiline(214, replies.HELP))

    async def smtp_VRFY(self, arg: str | None) -> None:
        """VRFY, and EXPN: known and not done."""
        del arg
        await self._out.reply(replies.NOT_IMPLEMENTED)

    async def smtp_EXPN(self, arg: str | None) -> None:
        """EXPN."""
        await self.smtp_VRFY(arg)

    async def smtp_QUIT(self, arg: str | None) -> None:
        """QUIT."""
        del arg
        await self._out.reply(replies.SERVICE_CLOSING, close=True)


def _prepare_class() -> None:
    """Names with a hyphen are not identifiers; and the list of verbs is made once, not at every connection."""
    setattr(Connection, "smtp_X-EXPS", Connection.x_exps)
    setattr(Connection, "smtp_X-ANONYMOUSTLS", Connection.x_anonymoustls)
    Connection.verbs = [name for name in vars(Connection) if name.startswith("smtp_")]


_prepare_class()


def _fetch_exception(task: asyncio.Task[None]) -> None:
    """A reset in the middle of a reply is the client's affair, and everything else is written down."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, ConnectionError):
        _log.error("a connection failed", exc_info=error)


class ReceiveServer:
    """A receive connector that listens. ``clock`` is the server's own, UTC seconds since the epoch.

    Raises ValueError for an address that is not loopback (unless ``allow_remote``) and for TLS settings that
    cannot be; ``start`` raises OSError when the port is taken.
    """

    def __init__(
        self,
        settings: ConnectorSettings,
        *,
        acceptor: Callable[[], Acceptor],
        faults: Faults,
        ledger: Ledger,
        clock: Callable[[], float],
        host: str = "127.0.0.1",
        port: int = 0,
        tls: TlsSettings | None = None,
        allow_remote: bool = False,
    ) -> None:
        self.settings = settings
        self._lab = Lab(
            acceptor=acceptor, faults=faults, ledger=ledger, clock=clock, tls=tls or TlsSettings()
        )
        self._listener = Listener(
            host=host,
            port=port,
            behaviour=lambda: faults.smtp_port(settings.server),
            serve=lambda visitors: Connection(settings, self._lab, visitors),
            maximum=settings.max_connections,
            allow_remote=allow_remote,
        )

    @property
    def host(self) -> str:
        """The address."""
        return self._listener.host

    @property
    def port(self) -> int:
        """The port that the system chose, when 0 was asked for."""
        return self._listener.port

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return self._listener.connections

    async def start(self) -> None:
        """Listen on the running loop."""
        if self._lab.tls.offered:
            # Made here so that the first client does not wait for an RSA key.
            server_context(self._lab.tls, fqdn=self.settings.fqdn, now=self._lab.clock())
        await self._listener.start()

    async def stop(self) -> None:
        """Close the port and end all connections."""
        await self._listener.stop()
