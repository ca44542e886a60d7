"""Hostile inputs: bounded in size, tokens, lines and time; and text that is none."""

import time
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.node import MAXIMUM_INPUT, Walk
from probe.dissect.paste.find_tokens import PasteError, described, find_tokens, tree
from probe.dissect.paste.text import as_text, lines_of
from probe.dissect.paste.values import MAXIMUM_LINES, MAXIMUM_TOKENS
from tests.support.foreign_messages import negoex_nego
from tests.support.foreign_tokens import ntlm, spnego, vector

SIZE = MAXIMUM_INPUT // 4
PATIENCE = 30.0
"""Seconds for a quarter of the largest input: a pattern that looks back at every octet would need hours."""
UNITS = [
    "A", ">", "> ", "0", "00 ", "00:", ":00", "0x", "0x60,", r"\x60", '"', '"\\', "1", "1 ", "1,", "\n", "00\n",
    "QUJDREVGR0hJSktMTU5PUA==\n", "334 TlRMTVNTUAABAAAA\n", "TlRMTVNTUAABAAAA", "00000000: 4e54\n", " ", "/*", ",>,",
    "2026-11-23T08:00:00Z,", "Negotiate ", "Authorization ", "postfix/smtpd[1]: ", "send: '", "=\n", "00000010", "4E-",
    "=> Send \n0000: ", "[0000]", "data : ", "SMTP", "1: a\n2: b\n", "a:1:b\n",
    "<br>", "</p>", "\\n", "&H60,", r"\x{60}", r"\140", "00000000 : ", "00000000`00000000 60\n", "96\n", "('", "3> ",
    "NTLMSSP\0\1\0\0\0", "\x60\x04\x06\x05*\x86H\0", "\0",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time(unit: str) -> None:
    data = (unit * (SIZE // len(unit))).encode("latin-1")
    begun = time.monotonic()
    try:
        found = find_tokens(data)
    except PasteError:
        found = ()
    walk = Walk()
    for item in found:
        tree(walk, item)
    assert len(found) <= MAXIMUM_TOKENS
    assert time.monotonic() - begun < PATIENCE


def test_too_many_tokens_are_said() -> None:
    line = f"334 {b64encode(ntlm()['challenge']).decode()}\n"
    assert not any(item.note for item in find_tokens((line * MAXIMUM_TOKENS).encode()))
    found = find_tokens((line * (MAXIMUM_TOKENS + 1)).encode())
    assert len(found) == MAXIMUM_TOKENS
    assert "there are more tokens" in found[-1].note


def test_too_many_lines() -> None:
    with pytest.raises(PasteError, match="lines"):
        find_tokens(b"A\n" * (MAXIMUM_LINES + 1))


@pytest.mark.parametrize("name", ["negotiate", "challenge", "authenticate", "init", "response"])
def test_what_is_cut_is_said_with_what_is_missing(name: str) -> None:
    octets = (ntlm() | spnego())[name]
    size = max(len(octets) * 2 // 3, 36)
    for given_ in (
        b"334 " + b64encode(octets[: size // 3 * 3]),
        octets[: size // 3 * 3],
        octets[: size // 3 * 3].hex().encode(),
    ):
        (item,) = find_tokens(given_)
        here = size // 3 * 3
        assert item.cut == f"{len(octets) - here} of {len(octets)} octets are missing"
    (item,) = find_tokens(octets)
    assert not item.cut


def test_what_is_cut_elsewhere() -> None:
    (item,) = find_tokens(b"334 " + b64encode(ntlm()["challenge"][:45]))
    assert item.cut == "its 45 octets do not reach to where it says how long it is"
    whole = negoex_nego()
    (item,) = find_tokens(whole[:-9].hex().encode())
    assert item.cut == f"9 of {len(whole)} octets are missing"
    blob = vector("exchangeauth")["vectors"][0]["blob_c"]
    (item,) = find_tokens(f"X-EXPS EXCHANGEAUTH SHA256 {blob[:-4]}".encode())
    assert item.cut == f"4 of {len(blob)} characters are missing"


def test_the_line_end_behind_octets_is_none_of_theirs() -> None:
    (item,) = find_tokens(ntlm()["challenge"] + b"\r\n")
    assert item.octets == ntlm()["challenge"]


def test_raw_octets_within_others() -> None:
    init, response = spnego()["init"], spnego()["response"]
    found = find_tokens(
        b"\0\1\2\3" * 9 + init + b"\7\7" + response + b"\0 334 " + b64encode(init) + b"\r\n\0"
    )
    assert [item.octets for item in found] == [init, response, init]
    assert [item.form for item in found][:2] == [
        "at octet 36 of raw octets",
        f"at octet {38 + len(init)} of raw octets",
    ]


def test_what_is_no_text() -> None:
    assert as_text(b"NTLMSSP\0") is None
    assert as_text(b"one bell\a in some words") == "one bell in some words"
    assert as_text(b"\1\2\3 in some words") is None
    assert as_text("Gr\u00f6\u00dfe".encode("cp1252")) == "Gr\u00f6\u00dfe"
    assert as_text(b"\xfe\xff\x00A") == "A"
    assert as_text(b"\xef\xbb\xbfA") == "A"
    assert [line.number for line in lines_of("a\r\n\r\nb\rc\n")] == [1, 3, 4]


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)), st.sampled_from(UNITS))
def test_any_input(data: bytes, unit: str) -> None:
    for given_ in (data, unit.encode("latin-1") + data, data + unit.encode("latin-1") * 9):
        try:
            found = find_tokens(given_)
        except PasteError:
            continue
        for item in found:
            assert tree(Walk(), item).length >= 0
            assert described(item)
