"""Expected octets: impacket's GSSAPI classes, which make an initiator's tokens, and for RC4 an acceptor's.

What MIT sends and takes is in test_context.py.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import crypto as foreign
from impacket.krb5 import gssapi

from probe.wire.crypto import Key
from probe.wire.gssapi.messages import ContextError, Malformed, MessageAltered, MessageKeys, unwrap, wrap

AES_KEYS = {17: bytes(range(16)), 18: bytes(range(32))}
RC4_KEY = bytes(range(16))
RC4_KEYS = MessageKeys(initiator=Key(23, RC4_KEY), acceptor=None)


def letters(size: int) -> bytes:
    return b"A" * size


class Letters:
    """impacket's random number generator with nothing random about it."""

    def choice(self, _: Any) -> str:
        return "A"


@pytest.fixture(autouse=True)
def _known_confounders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gssapi, "rand", Letters())
    monkeypatch.setattr(foreign, "get_random_bytes", letters)


@pytest.mark.parametrize("etype", [17, 18])
@pytest.mark.parametrize("length", [0, 1, 4, 15, 16, 17, 100])
def test_sealing_with_aes_is_impackets(etype: int, length: int) -> None:
    data = bytes(range(length))
    cipher = gssapi.GSSAPI_AES128() if etype == 17 else gssapi.GSSAPI_AES256()
    body, header = cipher.GSS_Wrap_LDAP(foreign.Key(etype, AES_KEYS[etype]), data, 0x1234567)
    keys = MessageKeys(initiator=Key(etype, bytes(1)), acceptor=Key(etype, AES_KEYS[etype]))
    token = wrap(data, keys=keys, sequence_number=0x1234567, confidential=True, randomness=letters)
    # impacket rotates by 28, as Windows does; we do not, as MIT does not.
    assert token[:6] + b"\x00\x1c" + token[8:16] == header
    assert token[16:] == cipher.unrotate(body, 28)


@pytest.mark.parametrize("length", [0, 1, 4, 7, 8, 9, 200])
def test_sealing_with_rc4_is_impackets(length: int) -> None:
    data = bytes(range(length))
    body, head = gssapi.GSSAPI_RC4().GSS_Wrap_LDAP(foreign.Key(23, RC4_KEY), data, 0x1234567)
    token = wrap(data, keys=RC4_KEYS, sequence_number=0x1234567, confidential=True, randomness=letters)
    assert token == head + body


def rc4_from_acceptor(data: bytes, **changes: Any) -> bytes:
    arguments: dict[str, Any] = {"sequenceNumber": 9, "direction": "accept"} | changes
    body, head = gssapi.GSSAPI_RC4().GSS_Wrap_LDAP(foreign.Key(23, RC4_KEY), data, **arguments)
    return bytes(head + body)


@pytest.mark.parametrize("length", [0, 1, 4, 7, 8, 9, 200])
def test_unsealing_what_impacket_sealed_with_rc4(length: int) -> None:
    data = bytes(range(length))
    unwrapped = unwrap(rc4_from_acceptor(data), keys=RC4_KEYS)
    assert (unwrapped.data, unwrapped.sequence_number, unwrapped.confidential) == (data, 9, True)


def rc4_with_padding_of_eight(data: bytes) -> bytes:
    """The padding of RFC 1964, which impacket's GSS_Wrap leaves out when the length is a multiple of 8."""
    body, head = gssapi.GSSAPI_RC4().GSS_Wrap(foreign.Key(23, RC4_KEY), data, 9, direction="accept")
    frame, token = gssapi.MechIndepToken(head[13:] + body).to_bytes()
    return bytes(frame + token)


@pytest.mark.parametrize("length", [1, 3, 7, 9])
def test_padding_to_eight_octets_is_taken_off(length: int) -> None:
    assert unwrap(rc4_with_padding_of_eight(bytes(length)), keys=RC4_KEYS).data == bytes(length)


@pytest.mark.parametrize("data", [b"no padding here.", bytes(8), b"\x02" * 7 + b"\x03", b"\x09" * 16])
def test_padding_that_is_none(data: bytes) -> None:
    with pytest.raises(Malformed):
        unwrap(rc4_with_padding_of_eight(data), keys=RC4_KEYS)


def test_a_message_of_an_initiator_is_not_one_of_the_acceptor() -> None:
    with pytest.raises(Malformed):
        unwrap(rc4_from_acceptor(b"reflected", direction="init"), keys=RC4_KEYS)


@pytest.mark.parametrize("length", [0, 6, 22, 30])
def test_an_rc4_token_without_contents(length: int) -> None:
    body = b"\x02\x01" + rc4_from_acceptor(b"message")[15 : 15 + length]
    with pytest.raises(Malformed):
        unwrap(b"".join(gssapi.MechIndepToken(body).to_bytes()), keys=RC4_KEYS)


def test_another_key_does_not_verify() -> None:
    keys = MessageKeys(initiator=Key(23, bytes(16)), acceptor=None)
    with pytest.raises(MessageAltered):
        unwrap(rc4_from_acceptor(b"message"), keys=keys)


AES = MessageKeys(initiator=Key(18, AES_KEYS[18]), acceptor=None)
HEADER = bytes.fromhex("0504 03 ff 0000 0000 0000000000000009")


def sealed_by_acceptor(plain: bytes, header: bytes = HEADER) -> bytes:
    return header + bytes(foreign.encrypt(foreign.Key(18, AES_KEYS[18]), 22, plain, bytes(16)))


def test_filler_within_the_ciphertext_is_taken_off() -> None:
    # EC octets between the message and the header's copy (RFC 4121 section 4.2.4).
    header = HEADER[:4] + b"\x00\x05" + HEADER[6:]
    token = sealed_by_acceptor(b"message" + bytes(5) + header, header)
    assert unwrap(token, keys=AES).data == b"message"


@pytest.mark.parametrize(
    "plain",
    [b"", b"message", HEADER[:-1], b"message" + HEADER[:-1] + b"\x0a", HEADER + b"message"],
)
def test_a_ciphertext_without_the_headers_copy_is_altered(plain: bytes) -> None:
    with pytest.raises(MessageAltered):
        unwrap(sealed_by_acceptor(plain), keys=AES)


def test_more_filler_than_there_is_is_altered() -> None:
    header = HEADER[:4] + b"\xff\xff" + HEADER[6:]
    with pytest.raises(MessageAltered):
        unwrap(sealed_by_acceptor(b"message" + header, header), keys=AES)


@pytest.mark.parametrize(
    "head",
    ["0404 03 ff", "0504 03 00", "0504 02 ff", "0504 07 ff"],
    ids=["MIC", "filler", "sent by an initiator", "a subkey that is not there"],
)
def test_headers_that_are_not_due(head: str) -> None:
    header = bytes.fromhex(head) + HEADER[4:]
    with pytest.raises(Malformed):
        unwrap(sealed_by_acceptor(b"message" + header, header), keys=AES)


@given(head=st.sampled_from([b"", b"\x05\x04\x01\xff", b"\x05\x04\x03\xff"]), garbage=st.binary(max_size=120))
def test_garbage_raises_nothing_unforeseen(head: bytes, garbage: bytes) -> None:
    for keys in (AES, RC4_KEYS):
        with pytest.raises(ContextError):
            unwrap(head + garbage, keys=keys)
