"""A box in the path that ends TLS and begins its own behind it: what both ends believe to share, they share with it.

It stands between the raw transport and the connector's TLS, with two real TLS connections: towards the client as the
server, with a certificate of its own, and towards the connector as a client that verifies nothing.
"""

import asyncio
import contextlib
from typing import Any

from OpenSSL import SSL

from simulator.tls.pump import TlsPump
from simulator.tls.transport import TlsTransport, client_context


class Interceptor(asyncio.Transport, asyncio.Protocol):
    """The raw transport of the connector's ``TlsTransport``, the application of its own."""

    def __init__(self, context: SSL.Context, server: TlsTransport) -> None:
        super().__init__()
        self._server = server
        self._outer = TlsTransport(context, self)
        self._inner = TlsPump(client_context(), server=False)

    def take_over(self, raw: asyncio.WriteTransport) -> None:
        """Get in between, before the client begins TLS."""
        self._outer.take_over(raw)
        self._server.take_over(self)
        self._outer.handshake.add_done_callback(self._client_is_there)

    def _client_is_there(self, handshake: "asyncio.Future[None]") -> None:
        """Once the client's TLS stands, begin the connector's; without it there is nothing to pass on."""
        if handshake.cancelled() or handshake.exception() is not None:
            self._server.eof_received()
            return
        self._shake_hands()

    def _shake_hands(self) -> None:
        if self._inner.shake_hands():
            self._outer.start()
        self._flush()

    # ---- between the two

    def data_received(self, data: bytes) -> None:
        """From the client, read in clear."""
        with contextlib.suppress(SSL.WantReadError):
            self._inner.write(data)
        self._flush()

    def _flush(self) -> None:
        for ready in self._inner.outgoing():
            self._server.data_received(ready)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """From the connector, under the inner TLS."""
        self._inner.receive(bytes(data))
        if not self._server.handshake.done() or not self._inner_is_up():
            self._shake_hands()
        with contextlib.suppress(SSL.Error):
            while plain := self._inner.read():
                self._outer.write(plain)

    def _inner_is_up(self) -> bool:
        inner = self._inner.connection
        return inner.get_finished() is not None and inner.get_peer_finished() is not None

    # ---- both ends' comings and goings

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """The connector's TLS introduces itself; it is known already."""

    def eof_received(self) -> bool | None:
        """The client has said its last word."""
        return self._server.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._server.connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read."""
        self._server.pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._server.resume_writing()

    def close(self) -> None:
        """The connector has said its last word."""
        self._outer.close()

    def abort(self) -> None:
        """Drop both."""
        self._outer.abort()

    def is_closing(self) -> bool:
        """Whether the client's end is closed or about to be."""
        return self._outer.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """The client's addresses: a box in bridge mode leaves them as they are."""
        return self._outer.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Flow control is the raw transport's."""
        self._outer.pause_reading()

    def resume_reading(self) -> None:
        """Flow control is the raw transport's."""
        self._outer.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Octets that the client has not taken."""
        return self._outer.get_write_buffer_size()
