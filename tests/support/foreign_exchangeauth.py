"""An EXCHANGEAUTH client and server that share nothing with the packages: MIT's GSSAPI, pyOpenSSL, blocking sockets.

Kerberos is done by MIT's library in processes of its own, which also names the session keys (the OID
GSS_C_INQ_SSPI_SESSION_KEY). Each side can be told to get one bit wrong, so that the other has something to refuse.
"""

import contextlib
import hashlib
import socket
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from OpenSSL import SSL

from tests.support.system_gssapi import Refused, system_acceptor, system_initiator

TIMEOUT_S = 20.0
LONGEST_LINE = 262_144

Damage = Literal["", "hash", "token", "public-key", "key-block", "session-key", "length", "trailing"]
"""What has one bit wrong; of the blob's form, ``length`` (of its first field) and ``trailing`` (one octet more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A machine account of the foreign side, as MIT's tools keep one."""

    env: Mapping[str, str]
    """Names the krb5.conf."""
    keytab: Path
    ccache: Path
    realm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a log-on went, from one side."""

    reply: str = ""
    """The reply to X-EXPS, without its blob."""
    token_accepted: bool = False
    """MIT's acceptor took the peer's AP-REQ."""
    hash_correct: bool = False
    """The peer's hash is the one due."""
    ehlo: tuple[str, ...] = ()
    """What was offered, or the name that the client gave."""
    problem: str = ""

    @property
    def verified(self) -> bool:
        """The peer is who it says, at the other end of this very TLS channel."""
        return self.token_accepted and self.hash_correct


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


def log_on(
    port: int,
    own: Identity,
    *,
    ehlo: str,
    spn: str = "",
    damage: Damage = "",
    damaged_octet: int = -1,
    mutual: bool = False,
) -> Outcome:
    """Be a sending server: X-ANONYMOUSTLS, EXCHANGEAUTH, and check what comes back.

    ``spn`` is asked for in place of the one that the receiver advertises; ``damaged_octet`` is where in the token the
    wrong bit is; ``mutual`` asks for what EXCHANGEAUTH has no leg for.
    """
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as sock:
        wire = Wire(sock)
        wire.reply()
        wire.ask(f"EHLO {ehlo}")
        assert wire.ask("X-ANONYMOUSTLS") == ("220 2.0.0 SMTP server ready",)
        wire.start_tls(_client_context(), server=False)
        assert wire.tls is not None
        offered = wire.ask(f"EHLO {ehlo}")
        advertised = offered[0][4:].partition(" ")[0]
        service = f"{spn or f'SMTPSVC/{advertised}'}@{own.realm}"
        with system_initiator(own.env, own.ccache, service, mutual=mutual) as context:
            token = context.step()
            # a context that still waits for an AP-REP has no key to ask for
            client_key = b"" if mutual else context.session_key()
        certificate = wire.tls.get_peer_certificate(as_cryptography=True)
        assert certificate is not None
        channel = (_damaged_if(damage == "public-key", public_key(certificate)), _key_block(wire.tls, damage))
        proof = sha256(channel[0], _damaged_if(damage == "session-key", client_key), channel[1])
        blob = _blob(_damaged_if(damage == "token", token, damaged_octet), proof, damage)
        reply = wire.ask(f"X-EXPS EXCHANGEAUTH SHA256 {blob}")[0]
        if not reply.startswith("235 "):
            return Outcome(reply=reply, ehlo=offered)
        due = (channel[0], client_key, channel[1])
        outcome = _judge(reply[4:], own, due)
        wire.ask("QUIT")
        return replace(outcome, reply="235", ehlo=offered)


@dataclass(slots=True, kw_only=True)
class ForeignServer:
    """A receiving server on a free port of 127.0.0.1, one connection after the other."""

    own: Identity
    fqdn: str
    certificate: Path
    key: Path
    damage: Damage = ""
    """What is wrong with its own answer."""
    port: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    """What it made of each log-on."""
    failures: list[Exception] = field(default_factory=list)
    """What went wrong in the server itself."""

    def serve(self, listening: socket.socket) -> None:
        """Until the socket is closed."""
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    self._session(Wire(connection))
                except (EOFError, ConnectionError, TimeoutError):
                    continue
                except Exception as error:  # noqa: BLE001 - shown by the test, which runs in another thread
                    self.failures.append(error)

    def _session(self, wire: Wire) -> None:
        wire.send(f"220 {self.fqdn} Microsoft ESMTP MAIL Service ready at {_now()}")
        name = ""
        while True:
            line = wire.line()
            verb, _, argument = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    name = argument
                    self._offer(wire)
                case "X-ANONYMOUSTLS" if wire.tls is None:
                    wire.send("220 2.0.0 SMTP server ready")
                    wire.start_tls(self._context(), server=True)
                case "X-EXPS" if wire.tls is not None:
                    if not self._exchange(wire, argument, name):
                        return
                case "QUIT":
                    wire.send("221 2.0.0 Service closing transmission channel")
                    return
                case _:
                    wire.send("500 5.3.3 Unrecognized command")

    def _offer(self, wire: Wire) -> None:
        words = [f"{self.fqdn} Hello [127.0.0.1]", "SIZE", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"]
        if wire.tls is None:
            words += ["X-ANONYMOUSTLS", "X-EXPS GSSAPI NTLM"]
        else:
            words += ["X-EXPS EXCHANGEAUTH GSSAPI NTLM", "X-EXCHANGEAUTH SHA256"]
        words += ["8BITMIME", "BINARYMIME", "CHUNKING"]
        for word in words:
            wire.send(f"250-{word}")
        wire.send("250 XRDST")

    def _exchange(self, wire: Wire, argument: str, name: str) -> bool:
        words = argument.split(" ")
        if [word.upper() for word in words[:2]] != ["EXCHANGEAUTH", "SHA256"]:
            wire.send("504 5.7.4 Unrecognized authentication type")
            return True
        assert wire.tls is not None
        certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        channel = (public_key(certificate), _key_block(wire.tls, ""))
        outcome, client_key = _accept(" ".join(words[2:]), self.own, channel)
        self.outcomes.append(replace(outcome, ehlo=(name,)))
        answer = self._answer(name, channel, client_key) if outcome.verified else ""
        if not answer:
            wire.send("454 4.7.0 Temporary authentication failure")
            return False
        wire.send(f"235 {answer}")
        return True

    def _answer(self, name: str, channel: tuple[bytes, bytes], client_key: bytes) -> str:
        """The server's blob; empty when the client's name gives no ticket."""
        service = f"SMTPSVC/{name}@{self.own.realm}"
        try:
            with system_initiator(self.own.env, self.own.ccache, service, mutual=False) as context:
                token, server_key = context.step(), context.session_key()
        except Refused:
            return ""
        key = _damaged_if(self.damage == "public-key", channel[0])
        block = _damaged_if(self.damage == "key-block", channel[1])
        proof = sha256(key, client_key, block, _damaged_if(self.damage == "session-key", server_key))
        return _blob(_damaged_if(self.damage == "token", token), proof, self.damage)

    def _context(self) -> SSL.Context:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
        context.use_certificate_file(str(self.certificate))
        context.use_privatekey_file(str(self.key))
        return context


@contextlib.contextmanager
def foreign_server(
    own: Identity, *, fqdn: str, certificate: Path, key: Path, damage: Damage = ""
) -> Iterator[ForeignServer]:
    """Run a ForeignServer in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = ForeignServer(
            own=own,
            fqdn=fqdn,
            certificate=certificate,
            key=key,
            damage=damage,
            port=int(listening.getsockname()[1]),
        )
        thread = threading.Thread(target=server.serve, args=(listening,))
        thread.start()
        try:
            yield server
        finally:
            # closing alone does not wake an accept on Linux
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(2 * TIMEOUT_S)
    assert not thread.is_alive()
    assert not server.failures, server.failures


def public_key(certificate: x509.Certificate) -> bytes:
    """The subjectPublicKey: PKCS #1 for RSA, the point for elliptic curves."""
    key = certificate.public_key()
    if isinstance(key, EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def sha256(*parts: bytes) -> bytes:
    """SHA-256 over all parts."""
    return hashlib.sha256(b"".join(parts)).digest()


def _client_context() -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE, lambda *_: True)
    return context


def _key_block(tls: SSL.Connection, damage: Damage) -> bytes:
    block = tls.export_keying_material(b"client EAP encryption", 128)
    return _damaged_if(damage == "key-block", block)


def _damaged_if(damaged: bool, value: bytes, octet: int = -1) -> bytes:
    """With one bit the other way."""
    if not damaged:
        return value
    changed = bytearray(value)
    changed[octet] ^= 1
    return bytes(changed)


def _blob(token: bytes, proof: bytes, damage: Damage) -> str:
    fields = [b64encode(value).decode() for value in (token, _damaged_if(damage == "hash", proof))]
    first = len(fields[0]) ^ 1 if damage == "length" else len(fields[0])
    blob = f"{first:08X}{fields[0]}{len(fields[1]):08X}{fields[1]}"
    return blob + ("0" if damage == "trailing" else "")


def _fields_of(blob: str) -> tuple[bytes, bytes]:
    """Raises ValueError."""
    values = []
    for _ in range(2):
        count = int(blob[:8], 16)
        if blob[:8] != f"{count:08X}" or len(blob) < 8 + count:
            raise ValueError("a length that is none")
        values.append(b64decode(blob[8 : 8 + count], validate=True))
        blob = blob[8 + count :]
    if blob:
        raise ValueError("something follows")
    return values[0], values[1]


def _accept(blob: str, own: Identity, channel: tuple[bytes, bytes]) -> tuple[Outcome, bytes]:
    """The server's opinion of a client's blob, and the session key of its context."""
    try:
        token, digest = _fields_of(blob)
        with system_acceptor(own.env, own.keytab) as context:
            if context.step(token):
                return Outcome(problem="another leg is wanted"), b""
            client_key = context.session_key()
    except (ValueError, Refused) as error:
        return Outcome(problem=str(error)), b""
    correct = digest == sha256(channel[0], client_key, channel[1])
    return Outcome(token_accepted=True, hash_correct=correct), client_key


def _judge(blob: str, own: Identity, due: tuple[bytes, bytes, bytes]) -> Outcome:
    """The client's opinion of the server's blob."""
    try:
        token, digest = _fields_of(blob)
        with system_acceptor(own.env, own.keytab) as context:
            context.step(token)
            server_key = context.session_key()
    except (ValueError, Refused) as error:
        return Outcome(problem=str(error))
    return Outcome(token_accepted=True, hash_correct=digest == sha256(*due, server_key))


def _now() -> str:
    return formatdate()
