"""The receiving half of the foreign pair: a small Exchange in a thread, whose Kerberos is MIT's."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from pathlib import Path

from cryptography import x509
from OpenSSL import SSL

from tests.support.foreign_exchangeauth import (
    Damage,
    Identity,
    Outcome,
    blob,
    damaged_if,
    fields_of,
    key_block,
    sha256,
)
from tests.support.foreign_wire import TIMEOUT_S, Wire, public_key
from tests.support.system_gssapi import Refused, system_acceptor, system_initiator


@dataclass(slots=True, kw_only=True)
class ForeignServer:
    """A receiving server on a free port of 127.0.0.1."""

    own: Identity
    fqdn: str
    certificate: Path
    key: Path
    damage: Damage = ""
    """What is wrong with its own answer."""
    client_realm: str = ""
    """Of the clients' names, when it is another than the server's."""
    port: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    """What it made of each log-on."""
    failures: list[Exception] = field(default_factory=list)
    """What went wrong in the server itself."""

    def serve(self, listening: socket.socket) -> None:
        """Until the socket is closed; each client in a thread of its own."""
        sessions = []
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                break
            sessions.append(threading.Thread(target=self._serve, args=(connection,)))
            sessions[-1].start()
        for session in sessions:
            session.join(TIMEOUT_S)

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._session(Wire(connection))
            except (EOFError, ConnectionError, TimeoutError):
                return
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
        channel = (public_key(certificate), key_block(wire.tls, ""))
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
        service = f"SMTPSVC/{name}@{self.client_realm or self.own.realm}"
        try:
            with system_initiator(self.own.env, self.own.ccache, service, mutual=False) as context:
                token, server_key = context.step(), context.session_key()
        except Refused:
            return ""
        key = damaged_if(self.damage == "public-key", channel[0])
        block = damaged_if(self.damage == "key-block", channel[1])
        proof = sha256(key, client_key, block, damaged_if(self.damage == "session-key", server_key))
        return blob(damaged_if(self.damage == "token", token), proof, self.damage)

    def _context(self) -> SSL.Context:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
        context.use_certificate_file(str(self.certificate))
        context.use_privatekey_file(str(self.key))
        return context


@contextlib.contextmanager
def foreign_server(
    own: Identity, *, fqdn: str, certificate: Path, key: Path, damage: Damage = "", client_realm: str = ""
) -> Iterator[ForeignServer]:
    """Run a ForeignServer in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = ForeignServer(
            own=own,
            fqdn=fqdn,
            certificate=certificate,
            key=key,
            damage=damage,
            client_realm=client_realm,
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


def _accept(blob: str, own: Identity, channel: tuple[bytes, bytes]) -> tuple[Outcome, bytes]:
    """The server's opinion of a client's blob, and the session key of its context."""
    try:
        token, digest = fields_of(blob)
        with system_acceptor(own.env, own.keytab) as context:
            if context.step(token):
                return Outcome(problem="another leg is wanted"), b""
            client_key = context.session_key()
    except (ValueError, Refused) as error:
        return Outcome(problem=str(error)), b""
    correct = digest == sha256(channel[0], client_key, channel[1])
    return Outcome(token_accepted=True, hash_correct=correct), client_key


def _now() -> str:
    return formatdate()
