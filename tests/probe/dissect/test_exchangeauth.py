"""Trees of the EXCHANGEAUTH blobs of tests/vectors/exchangeauth.json (made with openssl and hashlib)."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.exchangeauth import blob, looks_like
from probe.dissect.node import Settings, TreeNode, Walk
from probe.wire.sasl.exchangeauth_blob import BlobError, decode_blob
from tests.support.damage import bits
from tests.support.foreign_tokens import find, vector

BLOBS = [entry[side] for entry in vector("exchangeauth")["vectors"] for side in ("blob_c", "blob_s")]
HASHES = [entry[side] for entry in vector("exchangeauth")["vectors"] for side in ("hash_c", "hash_s")]
AP_REQ = bytes.fromhex(vector("gss_context")["cases"][1]["ap_req"])


def _tree(text: str) -> TreeNode:
    return blob(Walk(), text)


def _framed(token: bytes, digest: bytes = bytes(32)) -> str:
    parts = (b64encode(value).decode() for value in (token, digest))
    return "".join(f"{len(part):08X}{part}" for part in parts)


@pytest.mark.parametrize("text", BLOBS)
def test_the_frame_is_whole(text: str) -> None:
    made = _tree(text)
    assert looks_like(text)
    assert (made.problem, len(made.children)) == ("", 2)
    assert not made.children[0].problem
    assert not find(made, "hash").problem


def test_the_hash_is_never_shown() -> None:
    for text, digest in zip(BLOBS, HASHES, strict=True):
        assert digest not in repr(_tree(text)).lower()
        assert digest in repr(blob(Walk(settings=Settings(include_secrets=True)), text))


def test_the_token_inside_has_offsets_of_its_own() -> None:
    made = _tree(_framed(AP_REQ))
    assert not list(made.problems())
    token = find(made, "token")
    assert (token.offset, token.length, token.opens) == (0, len(AP_REQ), "the token")
    sname = find(token, "sname")
    assert b"ex1.contoso.lab" in AP_REQ[sname.offset : sname.offset + sname.length]


@pytest.mark.parametrize("text", [BLOBS[0], _framed(AP_REQ)])
def test_every_truncation_has_a_problem(text: str) -> None:
    for length in range(len(text)):
        assert list(_tree(text[:length]).problems())


@pytest.mark.parametrize("text", [*BLOBS, _framed(AP_REQ)])
def test_flipped_bits(text: str) -> None:
    """Where the strict reader refuses, the tree says why; where it takes the blob, the frame is whole."""
    for position in range(len(text)):
        for bit in bits(position, of=7):
            damaged = f"{text[:position]}{chr(ord(text[position]) ^ 1 << bit)}{text[position + 1 :]}"
            try:
                decode_blob(damaged)
            except BlobError:
                assert list(_tree(damaged).problems()), damaged
            else:
                assert not _tree(damaged).problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BLOBS[0] + "x", "1 characters follow"),
        (_framed(AP_REQ, bytes(20)), "a SHA-256 has 32 octets, 20 came"),
        (_framed(AP_REQ)[:8].lower() + _framed(AP_REQ)[8:], "upper-case"),
        ("000000Z0" + BLOBS[0][8:], "8 upper-case hex digits were due"),
        (BLOBS[0][:40], "8 upper-case hex digits were due"),
    ],
)
def test_what_is_wrong(text: str, problem: str) -> None:
    assert any(problem in node.problem for node in _tree(text).problems())


def test_base64_is_no_blob() -> None:
    for text in ("YIICFwYJKoZIhvcSAQICAQBuggIG", "oYGL", "TlRMTVNTUAAC", "000", "0000002"):
        assert not looks_like(text)


@given(st.text(alphabet="0123456789ABCDEFabcdef=+/YZ \x00\u20ac", max_size=200))
def test_any_text(text: str) -> None:
    assert _tree(text).length == len(text)
    assert _tree("00000010" + text).children
