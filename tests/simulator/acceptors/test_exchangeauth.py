"""The receiver's side of EXCHANGEAUTH against known answers of openssl and hashlib (`about` in the file)."""

import contextlib
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from simulator.acceptors.exchangeauth import (
    KEY_BLOCK_BYTES,
    KEY_BLOCK_LABEL,
    Channel,
    Message,
    decode,
    encode,
    public_key_of,
)
from simulator.acceptors.messages import TokenError
from tests.support.vectors import VECTOR_FOLDER

_FILE = json.loads((VECTOR_FOLDER / "exchangeauth.json").read_text())
VECTORS: list[dict[str, Any]] = _FILE["vectors"]
BLOB = VECTORS[0]["blob_c"].encode()

vectors = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))


def octets(vector: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(vector[name])


def channel(vector: dict[str, Any]) -> Channel:
    return Channel(public_key=octets(vector, "P"), key_block=octets(vector, "E"))


@vectors
def test_the_public_key_is_what_dotnet_gives(vector: dict[str, Any]) -> None:
    certificate = x509.load_der_x509_certificate(octets(vector, "certificate_der"))
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert public_key_of(info) == octets(vector, "P")


@vectors
def test_the_hashes_of_both_sides(vector: dict[str, Any]) -> None:
    client_key, server_key = octets(vector, "Kc"), octets(vector, "Ks")
    assert channel(vector).is_clients(octets(vector, "hash_c"), client_key=client_key)
    assert channel(vector).servers(client_key=client_key, server_key=server_key) == octets(vector, "hash_s")


@vectors
@pytest.mark.parametrize("name", ["P", "E", "Kc", "hash_c"])
def test_one_bit_makes_another_hash(vector: dict[str, Any], name: str) -> None:
    damaged = vector | {name: bytes((octets(vector, name)[0] ^ 1,)).hex() + vector[name][2:]}
    client_key = octets(damaged, "Kc")
    assert not channel(damaged).is_clients(octets(damaged, "hash_c"), client_key=client_key)


@pytest.mark.parametrize("digest", [b"", b"\0", bytes(31), bytes(33)])
def test_a_hash_of_another_length_is_just_another(digest: bytes) -> None:
    assert not channel(VECTORS[0]).is_clients(digest, client_key=b"")


@vectors
@pytest.mark.parametrize("side", ["c", "s"])
def test_blobs_both_ways(vector: dict[str, Any], side: str) -> None:
    message = Message(token=octets(vector, f"token_{side}"), digest=octets(vector, f"hash_{side}"))
    blob = vector[f"blob_{side}"].encode()
    assert encode(message) == blob
    assert decode(blob) == message


def test_the_labels_are_those_of_the_vectors() -> None:
    block = _FILE["eap_key_block"]
    assert (KEY_BLOCK_LABEL.decode(), KEY_BLOCK_BYTES) == (block["label"], block["length"])


# Each made by hand out of the vector's blob: 8 digits, 0x20 characters, 8 digits, 0x2C characters.
@pytest.mark.parametrize(
    ("blob", "says"),
    [
        (b"", "the token's length is not 8 upper-case hex digits"),
        (b"0000002", "the token's length is not 8 upper-case hex digits"),
        (BLOB[:-1], "the hash has 44 characters, and 43 came"),
        (BLOB[:44], "the hash's length is not 8"),
        (BLOB[:40], "the hash's length is not 8"),
        (BLOB + b"A", "1 octets follow the blob"),
        (BLOB + b" ", "1 octets follow the blob"),
        (b"FFFFFFFF" + BLOB[8:], "the token has 4294967295 characters, and 84 came"),
        (b"+0000020" + BLOB[8:], "not 8 upper-case hex digits"),
        (b"0x000020" + BLOB[8:], "not 8 upper-case hex digits"),
        (b" 0000020" + BLOB[8:], "not 8 upper-case hex digits"),
        (b"0000_020" + BLOB[8:], "not 8 upper-case hex digits"),
        (BLOB.replace(b"0000002C", b"0000002c"), "the hash's length is not 8 upper-case hex digits"),
        (b"0000001F" + BLOB[8:], "the token is not base64"),
        (b"00000021" + BLOB[8:], "the token is not base64"),
        (BLOB.replace(b"YBBj", b"YB!j"), "the token is not base64"),
        (BLOB.replace(b"YBBj", b"YB\xffj"), "the token is not base64"),
    ],
)
def test_what_is_no_blob(blob: bytes, says: str) -> None:
    with pytest.raises(TokenError, match=says) as caught:
        decode(blob)
    assert caught.value.status == "IllegalMessage"


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: BLOB[:30] + tail))
def test_no_octets_upset_the_decoder(blob: bytes) -> None:
    try:
        message = decode(blob)
    except TokenError:
        return
    assert decode(encode(message)) == message


@given(st.integers(0, len(BLOB) - 1), st.integers(0, 255))
def test_a_blob_with_one_octet_changed_is_another_message_or_none(position: int, octet: int) -> None:
    changed = BLOB[:position] + bytes((octet,)) + BLOB[position + 1 :]
    try:
        message = decode(changed)
    except TokenError:
        return
    # the last two bits before a padding are nobody's
    assert changed == BLOB or message != decode(BLOB) or changed[position + 1 : position + 2] == b"="


@given(st.binary(max_size=80))
def test_no_octets_upset_the_key_reader(octets: bytes) -> None:
    with contextlib.suppress(TokenError):
        public_key_of(octets)


def test_no_secret_is_in_a_repr() -> None:
    vector = VECTORS[0]
    shown = repr(channel(vector)) + repr(decode(BLOB))
    assert shown == "Channel()Message()"
