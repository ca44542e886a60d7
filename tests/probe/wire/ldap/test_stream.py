"""Messages out of octets that come in any pieces, in clear and out of a security layer's buffers."""

from collections.abc import Iterator, Sequence

import pytest

from probe.wire.gssapi.initiator import ContextError
from probe.wire.ldap.messages import Entry, LdapError, Message, SearchDone
from probe.wire.ldap.stream import MAXIMUM_BUFFER_BYTES, MAXIMUM_BYTES, LdapStream
from tests.support.foreign_ldap import done, entry

MESSAGES = [entry(1, "CN=a", {"cn": ("a",)}), entry(1, "CN=b", {"cn": ("b" * 300,)}), done(1)]


class Reversed:
    """A security layer that is easy to see through."""

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        assert confidential
        return b"!" + data[::-1]

    def unwrap(self, token: bytes) -> bytes:
        if token[:1] != b"!":
            raise ContextError("altered")
        return token[:0:-1]


def buffer(data: bytes) -> bytes:
    """A server's SASL buffer (RFC 4422 section 3.7): four octets of length, and the token."""
    return (len(data) + 1).to_bytes(4, "big") + b"!" + data[::-1]


def feed(stream: LdapStream, pieces: Sequence[bytes]) -> Iterator[Message]:
    for piece in pieces:
        stream.receive(piece)
        while (message := stream.next_message()) is not None:
            yield message


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def names(messages: Iterator[Message]) -> list[str]:
    return [each.operation.dn if isinstance(each.operation, Entry) else "done" for each in messages]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 10_000])
@pytest.mark.parametrize("layered", [False, True])
def test_in_any_pieces(size: int, layered: bool) -> None:
    stream = LdapStream()
    octets = b"".join(MESSAGES)
    if layered:
        stream.protect(Reversed())
        # Several messages in one buffer, and one that goes on in the next.
        octets = buffer(octets[:20]) + buffer(octets[20:-3]) + buffer(octets[-3:])
    assert names(feed(stream, cut(octets, size))) == ["CN=a", "CN=b", "done"]


def test_what_follows_stays_for_later() -> None:
    stream = LdapStream()
    stream.receive(MESSAGES[2] + MESSAGES[0][:5])
    first = stream.next_message()
    assert first is not None
    assert isinstance(first.operation, SearchDone)
    assert stream.next_message() is None
    stream.receive(MESSAGES[0][5:])
    assert isinstance(getattr(stream.next_message(), "operation", None), Entry)


def test_what_we_send_is_wrapped_from_then_on() -> None:
    stream = LdapStream()
    assert stream.outgoing(b"ab") == b"ab"
    stream.protect(Reversed())
    assert stream.outgoing(b"ab") == b"\0\0\0\3!ba"


def test_octets_before_the_protection_are_refused() -> None:
    stream = LdapStream()
    stream.receive(MESSAGES[2] + b"0")
    assert stream.next_message() is not None
    with pytest.raises(LdapError, match="before the protection"):
        stream.protect(Reversed())
    with pytest.raises(LdapError, match="before the protection"):
        stream.require_quiet()


@pytest.mark.parametrize(
    "octets", [b"\0\0\0\0", (MAXIMUM_BUFFER_BYTES + 1).to_bytes(4, "big"), b"\0\0\0\2xy"]
)
def test_buffers_that_are_none(octets: bytes) -> None:
    stream = LdapStream()
    stream.protect(Reversed())
    stream.receive(octets)
    with pytest.raises(LdapError):
        stream.next_message()


def test_clear_text_behind_the_layer_is_no_message() -> None:
    stream = LdapStream()
    stream.protect(Reversed())
    stream.receive(MESSAGES[0])
    with pytest.raises(LdapError):
        stream.next_message()


def test_no_more_than_so_much() -> None:
    stream = LdapStream()
    stream.receive(bytes(MAXIMUM_BYTES))
    with pytest.raises(LdapError, match="more than"):
        stream.receive(b"0")
