"""A domain controller's LDAP port, or its global catalog's, on TCP, with TLS from the start or by StartTLS."""

import asyncio

from OpenSSL import SSL

from simulator.faults.values import Service
from simulator.ldap.controller import Controller
from simulator.ldap.session import LdapSession
from simulator.net.listener import ConnectionSet, Listener
from simulator.net.served import Served
from simulator.net.stream_connection import StreamConnection
from simulator.tls.transport import TlsTransport

MAXIMUM_CONNECTIONS = 200
IDLE_TIMEOUT_S = 120.0
"""Shorter than AD's 900 (LDAP policy MaxConnIdleTime): a lab's clients are near."""


class LdapServer(Served):
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
        service: Service = "global-catalog" if controller.catalog else "ldap"
        self._server = Listener(
            host=host,
            port=port,
            behaviour=lambda: controller.faults.ldap_port(controller.name, service),
            serve=lambda connections: _Connection(self, connections),
            maximum=MAXIMUM_CONNECTIONS,
            path=controller.faults.path(service, controller.name),
            allow_remote=allow_remote,
        )


class _Connection(StreamConnection):
    """A client's, in TLS at once with LDAPS or as soon as its session has granted StartTLS."""

    _session: LdapSession

    def __init__(self, server: LdapServer, connections: ConnectionSet) -> None:
        super().__init__(LdapSession(server.controller), connections, idle_s=server.idle_s)
        self._tls, self._implicit_tls = server.tls, server.implicit_tls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._transport is not None and self._implicit_tls:
            self._begin_tls(self._transport)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._transport is not None and self._session.tls_is_due and not self._session.closed:
            self._begin_tls(self._transport)

    def eof_received(self) -> None:
        """The client has said its last word, and every answer is on its way; TLS leaves the end to us."""
        if self._transport is not None:
            self._transport.close()

    def _begin_tls(self, raw: asyncio.Transport) -> None:
        if self._tls is None:
            self.abort()
            return
        tls = TlsTransport(self._tls, self)
        tls.handshake.add_done_callback(lambda handshake: self._shook_hands(tls, handshake))
        tls.take_over(raw)

    def _shook_hands(self, tls: TlsTransport, handshake: "asyncio.Future[None]") -> None:
        if handshake.cancelled() or handshake.exception() is not None:
            self.abort()
            return
        self._transport = tls
        self._session.tls_started(tls.channel().names)
        tls.start()
