"""Both ends of the pump against the standard library's ``ssl``, in memory."""

import contextlib
import ssl
from collections.abc import Callable

import pytest
from OpenSSL import SSL

from simulator.faults.values import TlsSettings
from simulator.tls.pump import READ_BYTES, TlsPump, reason
from simulator.tls.transport import client_context, server_context

NOW = 1_700_000_000.0


class Foreign:
    """The standard library's end, over buffers of its own."""

    def __init__(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._arrived, self._ready = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._arrived, self._ready)

    def turn(self, octets: bytes, act: Callable[[], object]) -> bytes:
        """Take what came, act, and give what is ready."""
        self._arrived.write(octets)
        with contextlib.suppress(ssl.SSLWantReadError):
            act()
        return self._ready.read()


def sent(pump: TlsPump) -> bytes:
    return b"".join(pump.outgoing())


def connector(maximum: str = "TLSv1.3") -> TlsPump:
    settings = TlsSettings(maximum=maximum, key_type="ec-p256")
    return TlsPump(server_context(settings, fqdn="ex1.contoso.lab", now=NOW), server=True)


def introduced(server: TlsPump, foreign: Foreign) -> None:
    due, done = foreign.turn(b"", foreign.tls.do_handshake), False
    while due:
        server.receive(due)
        done = server.shake_hands()
        due = foreign.turn(sent(server), foreign.tls.do_handshake)
    assert done


@pytest.mark.parametrize("maximum", ["TLSv1.2", "TLSv1.3"])
def test_the_servers_end(maximum: str) -> None:
    server, foreign = connector(maximum), Foreign()
    introduced(server, foreign)
    assert server.connection.get_protocol_version_name() == foreign.tls.version() == maximum
    assert server.read() is None
    server.receive(foreign.turn(b"", lambda: foreign.tls.write(b"EHLO ex2\r\n")))
    assert server.read() == b"EHLO ex2\r\n"
    server.write(b"250 ex1\r\n")
    assert foreign.turn(sent(server), lambda: None) == b""
    assert foreign.tls.read() == b"250 ex1\r\n"
    server.close()
    foreign.turn(sent(server), lambda: None)
    assert foreign.tls.read() == b""


def test_the_end_is_empty() -> None:
    server, foreign = connector(), Foreign()
    introduced(server, foreign)
    server.receive(foreign.turn(b"", lambda: foreign.tls.write(b"QUIT\r\n")))
    server.receive(foreign.turn(b"", foreign.tls.unwrap))
    assert (server.read(), server.read()) == (b"QUIT\r\n", b"")


def test_both_ends_and_more_than_one_piece() -> None:
    client, server = TlsPump(client_context(), server=False), connector()
    while not client.shake_hands():
        server.receive(sent(client))
        server.shake_hands()
        client.receive(sent(server))
    server.receive(sent(client))
    assert server.shake_hands()
    client.write(bytes(3 * READ_BYTES))
    pieces = list(client.outgoing())
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= READ_BYTES
    for piece in pieces:
        server.receive(piece)
    came = 0
    while plain := server.read():
        came += len(plain)
    assert (plain, came) == (None, 3 * READ_BYTES)


def test_before_the_handshake_nothing_can_be_said() -> None:
    client = TlsPump(client_context(), server=False)
    with pytest.raises(SSL.WantReadError):
        client.write(b"EHLO ex2\r\n")


def test_what_is_no_tls_has_a_reason() -> None:
    client = TlsPump(client_context(), server=False)
    client.receive(b"220 ready\r\n")
    with pytest.raises(SSL.Error) as caught:
        client.shake_hands()
    assert "wrong version number" in reason(caught.value)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            SSL.Error([("SSL routines", "", "no shared cipher"), ("", "", ""), ("", "", "bad")]),
            "no shared cipher, bad",
        ),
        (SSL.Error([]), "Error"),
        (SSL.Error(), "Error"),
        (SSL.ZeroReturnError(), "ZeroReturnError"),
        (SSL.SysCallError(-1, "Unexpected EOF"), "the connection was cut"),
    ],
)
def test_reasons(error: SSL.Error, says: str) -> None:
    assert reason(error) == says
