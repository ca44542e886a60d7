"""The pump against the standard library's ``ssl``, which has buffers of its own: a foreign TLS, and no socket."""

import contextlib
import ssl
from pathlib import Path

import pytest
from OpenSSL import SSL

from probe.net.tls import client_connection
from probe.net.tls_pump import READ_BYTES, TlsPump
from tests.support.certificates import write_certificate


class Server:
    """The peer; `answer` takes octets and gives what it has for them."""

    def __init__(self, folder: Path, version: ssl.TLSVersion) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*write_certificate(folder, "ex1.contoso.lab", kind="ec"))
        context.maximum_version = version
        self._arrived, self._ready = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._arrived, self._ready, server_side=True)

    def answer(self, octets: bytes) -> bytes:
        self._arrived.write(octets)
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._ready.read()


def sent(pump: TlsPump) -> bytes:
    return b"".join(pump.outgoing())


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Server:
    return Server(tmp_path, request.param)


@pytest.fixture
def pump(server: Server) -> TlsPump:
    """A client that has shaken hands."""
    pump = TlsPump(client_connection("ex1.contoso.lab"))
    while not pump.shake_hands():
        pump.receive(server.answer(sent(pump)))
    pump.receive(server.answer(sent(pump)))
    return pump


def test_the_first_octets_are_ours() -> None:
    pump = TlsPump(client_connection("ex1.contoso.lab"))
    assert sent(pump) == b""
    assert not pump.shake_hands()
    hello = sent(pump)
    assert hello[:2] == b"\x16\x03"  # RFC 8446 section 5.1: a handshake record
    assert not pump.shake_hands()
    assert sent(pump) == b"", "what was fetched is not sent twice"


def test_octets_may_come_one_by_one(server: Server) -> None:
    pump = TlsPump(client_connection("ex1.contoso.lab"))
    while not pump.shake_hands():
        for octet in server.answer(sent(pump)):
            pump.receive(bytes([octet]))
            pump.shake_hands()
    assert server.answer(sent(pump)) is not None
    assert server.tls.version()


def test_both_ways(pump: TlsPump, server: Server) -> None:
    assert pump.read() is None
    pump.write(b"EHLO probe\r\n")
    server.answer(sent(pump))
    assert server.tls.read() == b"EHLO probe\r\n"
    server.tls.write(b"250 hello\r\n")
    pump.receive(server.answer(b""))
    assert pump.read() == b"250 hello\r\n"
    assert pump.read() is None


def test_more_than_one_piece(pump: TlsPump, server: Server) -> None:
    long = bytes(3 * READ_BYTES)
    pump.write(long)
    pieces = list(pump.outgoing())
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= READ_BYTES
    server.answer(b"".join(pieces))
    came = b""
    while len(came) < len(long):
        came += server.tls.read(READ_BYTES)
    assert came == long


def test_nothing_is_received_without_harm(pump: TlsPump) -> None:
    pump.receive(b"")
    assert pump.read() is None


def test_the_peers_last_word(pump: TlsPump, server: Server) -> None:
    server.tls.write(b"221 bye\r\n")
    with contextlib.suppress(ssl.SSLWantReadError):
        server.tls.unwrap()
    pump.receive(server.answer(b""))
    assert (pump.read(), pump.read(), pump.read()) == (b"221 bye\r\n", b"", b"")


def test_our_last_word(pump: TlsPump, server: Server) -> None:
    pump.close()
    server.answer(sent(pump))
    assert server.tls.read() == b"", "the end, where without close_notify more would be wanted"


def test_what_is_no_tls(pump: TlsPump) -> None:
    pump.receive(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(SSL.Error):
        pump.read()


def test_what_is_no_handshake() -> None:
    pump = TlsPump(client_connection("ex1.contoso.lab"))
    pump.receive(b"220 mail ESMTP\r\n")
    with pytest.raises(SSL.Error, match="wrong version number"):
        pump.shake_hands()
