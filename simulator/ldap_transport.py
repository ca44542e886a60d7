"""A domain controller's LDAP port, or its global catalog's, on TCP, with TLS from the start or by StartTLS."""

import asyncio

from OpenSSL import SSL

from simulator.ldap.controller import Controller
from simulator.ldap.session import LdapSession
from simulator.listener import Listener, Visitors
from simulator.tls import TlsTransport

MAXIMUM_CONNECTIONS = 200
IDLE_TIMEOUT_S = 120.0
"""Shorter than AD's 900 (LDAP policy MaxConnIdleTime): a lab's clients are near."""


class LdapServer:
    """Serves one `Controller` on ``host``; ``port`` 0 takes a free number.

    ``tls`` is what its TLS is made of, when the controller has any; with ``implicit_tls`` (LDAPS) it begins at once.
    """

    def __init__(
        self,
        controller: Controller,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: SSL.Context | None = None,
        implicit_tls: bool = False,
        allow_remote: bool = False,
        idle_s: float = IDLE_TIMEOUT_S,
    ) -> None:
        self.controller = controller
        self.tls = tls
        self.implicit_tls = implicit_tls
        self.idle_s = idle_s
        service = "global-catalog" if controller.catalog else "ldap"
        self._listener = Listener(
            host=host,
            port=port,
            behaviour=lambda: controller.faults.ldap_port(controller.name, service),
            serve=lambda visitors: _Connection(self, visitors),
            # More than are served: `_Connection` ends them, since a Listener's own farewell is SMTP's.
            maximum=MAXIMUM_CONNECTIONS + 100,
            allow_remote=allow_remote,
        )

    @property
    def host(self) -> str:
        """The address that clients use."""
        return self._listener.host

    @property
    def port(self) -> int:
        """The port. RuntimeError before `start`."""
        return self._listener.port

    async def start(self) -> None:
        """Bind and serve. Raises OSError when the port is taken."""
        await self._listener.start()

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self._listener.stop()


class _Connection(asyncio.Protocol):
    """Moves octets between a client and its session; one that is silent, or does not read, is dropped."""

    def __init__(self, server: LdapServer, visitors: Visitors) -> None:
        self._session = LdapSession(server.controller)
        self._server = server
        self._visitors = visitors
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport) or len(self._visitors) >= MAXIMUM_CONNECTIONS:
            transport.close()
            return
        self._transport = transport
        self._visitors.enter(self)
        self._wait()
        if self._server.implicit_tls:
            self._begin_tls(transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is None:
            return
        self._transport.write(self._session.receive(data))
        self._wait()
        if self._session.closed:
            self._transport.close()
        elif self._session.tls_is_due:
            self._begin_tls(self._transport)

    def eof_received(self) -> None:
        """The client has said its last word, and every answer is on its way."""
        if self._transport is not None:
            self._transport.close()

    def pause_writing(self) -> None:
        """The client does not read: nothing more is read of it either."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        if self._transport is not None and not self._session.closed:
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._visitors.leave(self)

    def abort(self) -> None:
        """End at once."""
        if self._transport is not None:
            self._transport.abort()

    def _begin_tls(self, raw: asyncio.Transport) -> None:
        if self._server.tls is None:
            self.abort()
            return
        tls = TlsTransport(self._server.tls, self)
        tls.handshake.add_done_callback(lambda handshake: self._shook_hands(tls, handshake))
        tls.take_over(raw)

    def _shook_hands(self, tls: TlsTransport, handshake: "asyncio.Future[None]") -> None:
        if handshake.cancelled() or handshake.exception() is not None:
            self.abort()
            return
        self._transport = tls
        self._session.tls_started(tls.channel().names)
        tls.start()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._server.idle_s, self.abort)
