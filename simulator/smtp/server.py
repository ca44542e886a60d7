"""The lab's receive connector on aiosmtpd: the only module that imports it.

aiosmtpd gives the connection and the command loop; verbs, texts and limits are the lab's own. What has to be
set right about it (version 1.4) is said where it is done.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from aiosmtpd.smtp import SMTP

from simulator.faults.values import Place, TlsSettings
from simulator.net.actions import Send
from simulator.net.listener import ConnectionSet, Listener, RejectProtocol, endpoint, peer_address
from simulator.net.served import Served
from simulator.smtp import replies
from simulator.smtp.connector import ConnectorSettings, TlsKind, choose
from simulator.smtp.reader import LINE_LIMIT, LineReader, LineTooLong
from simulator.smtp.session import VERBS, ReceiveSession, ServerContext
from simulator.smtp.writer import ReplyWriter
from simulator.tls.interceptor import Interceptor
from simulator.tls.transport import HandshakeFailure, TlsTransport, server_context

_log = logging.getLogger("exps.lab")
# aiosmtpd writes down each line of the client's, X-EXPS tokens included; the ledger knows what to leave out.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)

HANDSHAKE_TIMEOUT_S = 60.0
_TLS_KINDS: tuple[TlsKind, ...] = ("starttls", "x-anonymoustls")


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
    _dialogue: ReceiveSession
    _lines: LineReader

    def __init__(self, settings: ConnectorSettings, lab: ServerContext, connections: ConnectionSet) -> None:
        super().__init__(
            _NoHandler(),
            hostname=settings.fqdn,  # without it: socket.getfqdn(), which may ask the DNS
            enable_SMTPUTF8=True,  # 8-bit arguments reach the verb, which has its own opinion of them
            auth_require_tls=False,
            timeout=settings.connection_timeout_s,
            loop=asyncio.get_running_loop(),
        )
        self.command_size_limits = defaultdict(lambda: LINE_LIMIT)
        session = lab.session_id()
        lab = replace(lab, faults=lab.faults.within(session))
        self._settings, self._lab, self._visitors = settings, lab, connections
        self._out = ReplyWriter(
            server=settings.server,
            connector=settings.name,
            faults=lab.faults,
            ledger=lab.ledger,
            timeout_s=settings.inactivity_timeout_s,
            session=session,
        )
        self._greeted = False

    def __dir__(self) -> list[str]:
        # The base class reflects over all of an object twice; half of a session's cost was that.
        return self.verbs

    # ---- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        address = peer_address(transport)
        self._visitors.enter(self)
        self._out.note(
            "smtp-connect",
            address=address,
            local=endpoint(transport.get_extra_info("sockname")),
            remote=endpoint(transport.get_extra_info("peername")),
        )
        self._dialogue = ReceiveSession(self._settings, self._lab, self._out, address)
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            self._handler_coroutine.add_done_callback(_fetch_exception)

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone."""
        super().connection_lost(error)
        self._out.note("smtp-close", by="local" if self._out.closed else "remote")
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
        self._lines = LineReader(reader, timeout_s=timeout_s, arrive=self._dialogue.arrived)
        self._reader: Any = self._lines
        self._writer = writer
        self._out.attach(writer)
        self._dialogue.lines = self._lines

    def _reset_timeout(self, duration: float | None = None) -> None:
        # One timer for the whole connection (ConnectionTimeout); each line has its own in LineReader.
        if self._timeout_handle is None:
            super()._reset_timeout(duration)

    def _timeout_cb(self) -> None:
        self._out.put(replies.CONNECTION_TIMED_OUT + b"\r\n")
        self._out.abort()  # close() would wait for a client that does not read

    async def push(self, status: str | bytes | None) -> None:
        """What aiosmtpd's own loop wants to say, said as Exchange does."""
        text = status.encode() if isinstance(status, str) else status or b""
        if not self._greeted:
            self._greeted = True
            await self._dialogue.greet()
        elif text.startswith((b"500 Error", b"502 5.5.1")):
            await self._dialogue.unrecognized()
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

    # ---- verbs

    async def run_verb(self, method: str, arg: str | None) -> None:
        """A verb of the dialogue."""
        verb: Callable[[str | None], Awaitable[None]] = getattr(self._dialogue, method)
        await verb(arg)

    async def start_tls(self, kind: TlsKind, arg: str | None) -> None:
        """STARTTLS (RFC 3207), or X-ANONYMOUSTLS: the same, but the sender does not validate."""
        refusal = self._dialogue.tls_refusal(kind, arg)
        if refusal is not None:
            await self._out.reply(refusal, place=Place.TLS)
            return
        settings = self._lab.faults.tls(self._settings.server, self._settings.tls)
        ready = await self._out.prepare(replies.READY_FOR_TLS + b"\r\n", place=Place.TLS)
        if not ready.data.startswith(b"220") or ready.then_close:
            await self._out.send(ready)
        elif settings.garbage:
            await self._break_tls(ready, settings.garbage)
        else:
            context = server_context(settings, fqdn=self._settings.fqdn, now=self._lab.clock())
            tls = TlsTransport(context, self)
            box = self._box(settings, tls)
            await self._shake_hands(
                kind, replace(ready, data=ready.data + settings.early_data), tls, box or tls
            )

    def _box(self, settings: TlsSettings, tls: TlsTransport) -> Interceptor | None:
        """What stands in the path by declaration."""
        if not settings.intercepted_as:
            return None
        own = replace(settings, names=(settings.intercepted_as,))
        return Interceptor(server_context(own, fqdn=settings.intercepted_as, now=self._lab.clock()), tls)

    async def _break_tls(self, ready: Send, garbage: bytes) -> None:
        await self._out.send(ready)
        await self._lines.read_some()  # the ClientHello
        self._out.note("tls", outcome="garbage")
        await self._out.send(Send(data=garbage, then_close=True))

    async def _shake_hands(
        self, kind: TlsKind, ready: Send, tls: TlsTransport, front: TlsTransport | Interceptor
    ) -> None:
        # What came in clear behind the verb is never used (the injection flaws of 2011 and 2021). TLS takes
        # over before the 220 leaves, so nothing can come in between.
        discarded = self._lines.discard_pending()
        front.take_over(self._writer.transport)
        self._out.put(ready.data)
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await tls.handshake
        except (HandshakeFailure, TimeoutError) as error:
            reason = str(error) or "timed out"
            self._out.note("tls", verb=kind, outcome="failed", reason=reason, discarded=discarded)
            self._out.close()
            raise asyncio.CancelledError from None
        session = tls.connection
        self._out.note(
            "tls",
            verb=kind,
            outcome="ok",
            version=session.get_protocol_version_name(),
            cipher=session.get_cipher_name(),
            discarded=discarded,
            **tls.certificate(),
        )
        # aiosmtpd knows no other way to put a transport in place of another.
        self.transport = self._writer._transport = tls  # type: ignore[attr-defined]  # noqa: SLF001
        self._lines.stream._transport = tls  # type: ignore[attr-defined]  # noqa: SLF001
        self._dialogue.tls_started(kind, session.get_cipher_bits(), tls.channel)
        tls.start()


def _verb(method: str) -> Callable[[Connection, str | None], Awaitable[None]]:
    return lambda connection, arg: connection.run_verb(method, arg)


def _tls_verb(kind: TlsKind) -> Callable[[Connection, str | None], Awaitable[None]]:
    return lambda connection, arg: connection.start_tls(kind, arg)


def _prepare_class() -> None:
    """Give the class its verbs, once; some have a hyphen and cannot be written as methods."""
    for verb, method in VERBS.items():
        setattr(Connection, f"smtp_{verb}", _verb(method))
    for kind in _TLS_KINDS:
        setattr(Connection, f"smtp_{kind.upper()}", _tls_verb(kind))
    Connection.verbs = [name for name in vars(Connection) if name.startswith("smtp_")]


_prepare_class()


def _fetch_exception(task: asyncio.Task[None]) -> None:
    """A reset in the middle of a reply is the client's affair; everything else is written down."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, ConnectionError):
        _log.error("a connection failed", exc_info=error)


class ConnectionDispatcher(asyncio.Protocol):
    """Who a client is decides which of a port's connectors it gets, so that is not known before it is there."""

    def __init__(
        self,
        lead: Callable[[], tuple[Sequence[ConnectorSettings], ServerContext]],
        connections: ConnectionSet,
    ) -> None:
        self._lead, self._visitors = lead, connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection over to the connector that it is for."""
        connectors, lab = self._lead()
        settings = choose(connectors, peer_address(transport))
        replacement: asyncio.Protocol = (
            RejectProtocol(self._visitors, replies.SERVICE_NOT_AVAILABLE + b"\r\n")
            if settings is None
            else Connection(settings, lab, self._visitors)
        )
        if isinstance(transport, asyncio.Transport):
            transport.set_protocol(replacement)
        replacement.connection_made(transport)


class ReceiveServer(Served):
    """A port with one receive connector, or with ``others`` of the same server that differ in their clients.

    ``elsewhere`` finds another server's port by the server's name, for connections that a balancer leads there.

    Raises ValueError for an address that is not loopback (unless ``allow_remote``) and, at ``start``, for TLS
    settings that cannot be; ``start`` raises OSError when the port is taken.
    """

    _server: Listener

    def __init__(
        self,
        settings: ConnectorSettings,
        lab: ServerContext,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_remote: bool = False,
        others: Sequence[ConnectorSettings] = (),
        elsewhere: Callable[[str], "ReceiveServer | None"] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.connectors = (settings, *others)
        self._lab = lab
        self._elsewhere, self._number = elsewhere, 0
        self._server = Listener(
            host=host,
            port=port,
            behaviour=lambda: lab.faults.smtp_port(settings.server),
            serve=lambda connections: ConnectionDispatcher(self._lead, connections),
            maximum=max(each.max_connections for each in self.connectors),
            farewell=replies.TOO_MANY_CONNECTIONS + b"\r\n",
            path=lab.faults.path("smtp", settings.server),
            allow_remote=allow_remote,
        )

    def _lead(self) -> tuple[Sequence[ConnectorSettings], ServerContext]:
        """Where the next connection comes out: here, or at the server to which a balancer leads it."""
        self._number += 1
        server = self._lab.faults.route_connection(self.settings.server, self._number)
        other = self._elsewhere(server) if server != self.settings.server else None
        found = other or self
        return found.connectors, found._lab  # noqa: SLF001 - another one of ours

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return self._server.connections

    async def start(self) -> None:
        """Listen on the running loop."""
        for settings in self.connectors:
            if settings.tls.offered:
                # Now, so that the first client does not wait for an RSA key.
                server_context(settings.tls, fqdn=settings.fqdn, now=self._lab.clock())
        await super().start()
