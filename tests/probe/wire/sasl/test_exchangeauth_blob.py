"""Known answers: E was printed by openssl s_client -keymatexport, the hashes made with hashlib."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.wire.sasl.exchangeauth_blob import (
    Blob,
    BlobError,
    client_hash,
    decode_blob,
    encode_blob,
    server_hash,
)
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "exchangeauth.json").read_text())["vectors"]
vectors = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))


def octets(vector: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(vector[name])


@vectors
def test_the_client_hash(vector: dict[str, Any]) -> None:
    digest = client_hash(
        public_key=octets(vector, "P"), client_key=octets(vector, "Kc"), eap_key_block=octets(vector, "E")
    )
    assert digest.hex() == vector["hash_c"]


@vectors
def test_the_server_hash(vector: dict[str, Any]) -> None:
    digest = server_hash(
        public_key=octets(vector, "P"),
        client_key=octets(vector, "Kc"),
        eap_key_block=octets(vector, "E"),
        server_key=octets(vector, "Ks"),
    )
    assert digest.hex() == vector["hash_s"]


@vectors
@pytest.mark.parametrize("side", ["c", "s"])
def test_blobs_both_ways(vector: dict[str, Any], side: str) -> None:
    blob = Blob(token=octets(vector, f"token_{side}"), digest=octets(vector, f"hash_{side}"))
    assert encode_blob(blob) == vector[f"blob_{side}"]
    assert decode_blob(vector[f"blob_{side}"]) == blob


@pytest.mark.parametrize(
    ("damage", "due"),
    [
        (lambda text: text + "A", "the end of the blob"),
        (lambda text: text[:-1], "at most"),
        (lambda text: text[:7], "8 upper-case hex digits"),
        (lambda text: "", "8 upper-case hex digits"),
        (lambda text: "+" + text[1:], "8 upper-case hex digits"),
        (lambda text: text.replace("0000002C", "0000002c"), "8 upper-case hex digits"),
        (lambda text: "FFFFFFFF" + text[8:], "at most"),
        (lambda text: text[:8] + "!" + text[9:], "base64"),
        (lambda text: text[: text.index("0000002C")] + "00000004AAAA", "32 octets"),
        (lambda text: text + " " * 200_000, "end of a blob"),
    ],
)
def test_what_is_no_blob(damage: Any, due: str) -> None:
    with pytest.raises(BlobError, match=due):
        decode_blob(damage(VECTORS[0]["blob_c"]))


@given(st.text())
def test_any_text_is_a_blob_or_a_blob_error(text: str) -> None:
    try:
        decode_blob(text)
    except BlobError as error:
        assert str(error)  # noqa: PT017 - that it can be said is all there is to see


@given(st.sampled_from([vector["blob_c"] for vector in VECTORS]), st.data())
def test_a_blob_with_any_one_character_changed(blob: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(blob) - 1))
    changed = blob[:place] + data.draw(st.characters()) + blob[place + 1 :]
    try:
        decoded = decode_blob(changed)
    except BlobError:
        return
    # base64 may have spare bits at its end; anything else shows in the value
    assert changed == blob or decoded != decode_blob(blob) or changed[place - 1 : place + 2].endswith("=")
