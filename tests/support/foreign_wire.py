"""SMTP over a blocking socket, in clear and over pyOpenSSL's TLS, for peers that share nothing with the packages."""

import contextlib
import socket

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from OpenSSL import SSL

TIMEOUT_S = 20.0
LONGEST_LINE = 262_144


class Wire:
    """SMTP lines over a socket, in clear and then over TLS."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._socket.settimeout(TIMEOUT_S)
        self._buffer = b""
        self.tls: SSL.Connection | None = None

    def line(self) -> str:
        """One line without its end. EOFError when the peer is gone."""
        while b"\n" not in self._buffer:
            if len(self._buffer) > LONGEST_LINE:
                raise ValueError("a line without an end")
            self._buffer += self._receive()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1")

    def reply(self) -> tuple[str, ...]:
        """All lines of a reply."""
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return tuple(lines)

    def ask(self, line: str) -> tuple[str, ...]:
        """Send a command and read the reply."""
        self.send(line)
        return self.reply()

    def send(self, line: str) -> None:
        """Send a line."""
        data = line.encode("latin-1") + b"\r\n"
        if self.tls is None:
            self._socket.sendall(data)
        else:
            self.tls.sendall(data)
            self._flush(self.tls)

    def start_tls(self, context: SSL.Context, *, server: bool) -> None:
        """Shake hands; what came in clear before is not used."""
        self._buffer = b""
        tls = SSL.Connection(context, None)
        (tls.set_accept_state if server else tls.set_connect_state)()
        while True:
            try:
                tls.do_handshake()
            except SSL.WantReadError:
                self._flush(tls)
                tls.bio_write(self._from_socket())
            else:
                break
        self._flush(tls)
        self.tls = tls

    def _receive(self) -> bytes:
        if self.tls is None:
            return self._from_socket()
        while True:
            try:
                return self.tls.recv(65_536)
            except SSL.WantReadError:
                self._flush(self.tls)
                self.tls.bio_write(self._from_socket())
            except (SSL.ZeroReturnError, SSL.SysCallError):
                raise EOFError from None

    def _from_socket(self) -> bytes:
        data = self._socket.recv(65_536)
        if not data:
            raise EOFError
        return data

    def _flush(self, tls: SSL.Connection) -> None:
        with contextlib.suppress(SSL.WantReadError):
            while True:
                self._socket.sendall(tls.bio_read(65_536))


def public_key(certificate: x509.Certificate) -> bytes:
    """The subjectPublicKey: PKCS #1 for RSA, the point for elliptic curves."""
    key = certificate.public_key()
    if isinstance(key, EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def client_context() -> SSL.Context:
    """Takes any certificate, as a sending server does."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE, lambda *_: True)
    return context
