"""TLS without a socket: the peer's octets go in, octets for the peer come out, whoever moves them.

pyOpenSSL's connection stands between two buffers in memory (BIOs). It never waits: where it needs more from the peer,
every method says so, and whoever calls it sends what `outgoing` has, reads, hands that to `receive` and asks again.
What OpenSSL refuses is an ``SSL.Error``; `probe.net.tls.reason` has its words.
"""

from collections.abc import Iterator

from OpenSSL import SSL

READ_BYTES = 65_536
"""Of a buffer at a time; a TLS record has 16 KiB (RFC 8446 section 5.1)."""


class TlsPump:
    """One end of a TLS connection that has no socket: ``SSL.Connection(context, None)``."""

    def __init__(self, connection: SSL.Connection) -> None:
        self.connection = connection

    def receive(self, data: bytes) -> None:
        """Octets that came from the peer."""
        if data:  # none of them are an error to OpenSSL
            self.connection.bio_write(data)

    def outgoing(self) -> Iterator[bytes]:
        """What is ready for the peer, piece by piece. To be sent after every other method, whatever that said."""
        while True:
            try:
                yield self.connection.bio_read(READ_BYTES)
            except SSL.WantReadError:
                return

    def shake_hands(self) -> bool:
        """Go on with the handshake. False: the peer's next octets are needed. Raises SSL.Error."""
        try:
            self.connection.do_handshake()
        except SSL.WantReadError:
            return False
        return True

    def read(self) -> bytes | None:
        """What the peer said, in clear. None: its next octets are needed; empty: it has said its last word.

        Raises SSL.Error.
        """
        try:
            return self.connection.recv(READ_BYTES)
        except SSL.WantReadError:
            return None
        except SSL.ZeroReturnError:
            return b""

    def write(self, data: bytes) -> None:
        """Encrypt all of ``data``. Raises SSL.Error."""
        self.connection.sendall(data)

    def close(self) -> None:
        """Say that this was our last word (close_notify). Raises SSL.Error."""
        self.connection.shutdown()
