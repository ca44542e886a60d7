"""TLS in memory: what a peer sent goes in, what it is to get comes out, and nobody waits.

pyOpenSSL between two buffers (BIOs). Three of the lab's parties have one: a connector's end, the box in the path
towards the connector, and the sending server. Each moves octets in its own way; none of them talks to OpenSSL itself.
"""

from collections.abc import Iterator

from OpenSSL import SSL

READ_BYTES = 65_536


class TlsPump:
    """One end. Whatever was done to it, `outgoing` may have something for the peer afterwards."""

    def __init__(self, context: SSL.Context, *, server: bool) -> None:
        self.connection = SSL.Connection(context, None)
        if server:
            self.connection.set_accept_state()
        else:
            self.connection.set_connect_state()

    def receive(self, data: bytes) -> None:
        """Octets from the peer, one at least."""
        self.connection.bio_write(data)

    def outgoing(self) -> Iterator[bytes]:
        """What is to be sent now."""
        while True:
            try:
                yield self.connection.bio_read(READ_BYTES)
            except SSL.WantReadError:
                return

    def shake_hands(self) -> bool:
        """As far as what came allows; whether it is done. Raises SSL.Error."""
        try:
            self.connection.do_handshake()
        except SSL.WantReadError:
            return False
        return True

    def read(self) -> bytes | None:
        """Something decrypted; None while more has to come for that, empty at the end. Raises SSL.Error."""
        try:
            return self.connection.recv(READ_BYTES)
        except SSL.WantReadError:
            return None
        except (SSL.ZeroReturnError, SSL.SysCallError):
            return b""

    def write(self, data: bytes) -> None:
        """Encrypt. Raises SSL.Error, which is SSL.WantReadError before the handshake is done."""
        self.connection.sendall(data)

    def close(self) -> None:
        """A close_notify. Raises SSL.Error."""
        self.connection.shutdown()


def reason(error: SSL.Error) -> str:
    """OpenSSL's own words, without the names of library and function."""
    if isinstance(error, SSL.SysCallError):
        return "the connection was cut"
    queue = error.args[0] if error.args else ()
    return ", ".join(str(item[2]) for item in queue if len(item) > 2 and item[2]) or type(error).__name__
