"""Octets as programs of C, Python, Java and PowerShell write them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.paste.arrays import arrays
from probe.dissect.paste.find_tokens import find_tokens
from probe.dissect.paste.text import lines_of
from tests.support.foreign_tokens import mit, ntlm, spnego

TOKENS = {"challenge": ntlm()["challenge"], "ap-req": mit("ap_req")} | spnego()


def _chunks(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def _wireshark_c(token: bytes) -> str:
    """Wireshark's "C array": eight octets a line and what they say in a comment."""
    lines = (token[at : at + 8] for at in range(0, len(token), 8))
    shown = (
        ", ".join(f"0x{octet:02x}" for octet in line)
        + ", /* "
        + "".join(map(chr, line)).translate(_DOTS)
        + " */"
        for line in lines
    )
    return "/* Frame (54 bytes) */\nstatic const unsigned char pkt1[54] = {\n" + "\n".join(shown) + "\n};"


_DOTS = {octet: "." for octet in range(256) if not 32 <= octet < 127 or chr(octet) in "*/"}


def _escaped(token: bytes) -> str:
    lines = (token[at : at + 16] for at in range(0, len(token), 16))
    return "\n".join('"' + "".join(f"\\x{octet:02x}" for octet in line) + '" \\' for line in lines)


def _bit_converter(token: bytes) -> str:
    return token.hex("-").upper()


WRITERS: dict[str, Callable[[bytes], str]] = {
    "C array": _wireshark_c,
    "PowerShell array": lambda token: "[byte[]]$t = " + ",".join(f"0x{octet:02X}" for octet in token),
    "escaped string": _escaped,
    "escapes alone": lambda token: "".join(f"\\x{octet:02x}" for octet in token),
    "Python": lambda token: f"token = {token!r}",
    "BitConverter": _bit_converter,
    "BitConverter in 80 columns": lambda token: _chunks(_bit_converter(token), 80),
    "BitConverter in 119 columns": lambda token: _chunks(_bit_converter(token), 119),
    "between prompts": lambda token: (
        f"PS C:\\> [BitConverter]::ToString($t)\n{_bit_converter(token)}\nPS C:\\>"
    ),
    "a string of Perl": lambda token: 'my $t = "' + "".join(f"\\x{{{octet:02x}}}" for octet in token) + '";',
    "octal for printf": lambda token: (
        "printf '" + "".join(f"\\{octet:03o}" for octet in token) + "' | nc ex1 25"
    ),
    "a string of JSON": lambda token: '"' + "".join(f"\\u{octet:04x}" for octet in token) + '"',
    "Visual Basic": lambda token: "Dim t() = {" + ", ".join(f"&H{octet:02X}" for octet in token) + "}",
    "a file of the registry": lambda token: (
        '"Token"=hex:' + ",\\\n  ".join(token[at : at + 25].hex(",") for at in range(0, len(token), 25))
    ),
    "decimals in PowerShell": lambda token: "$t = [byte[]]@(" + ",".join(map(str, token)) + ")",
    "decimals in a mail": lambda token: "\n".join(f"> {octet}" for octet in token),
    "colons": lambda token: token.hex(":"),
    "colons on lines": lambda token: _chunks(token.hex(":"), 45).replace("\n", "\n    "),
    "upper case": lambda token: token.hex().upper(),
    "spaces": lambda token: _chunks(token.hex(" "), 48),
    "groups of four digits": lambda token: token.hex(" ", -2),
    "lines of 63 digits": lambda token: _chunks(token.hex(), 63),
    "0x": lambda token: "0x" + token.hex(),
    "one octet a line": lambda token: token.hex("\n"),
    "label": lambda token: f"    responseToken: {token.hex()}",
    "label and lines": lambda token: "mechToken = " + _chunks(token.hex(), 64),
    "decimals": lambda token: "\r\n".join(map(str, token)),
    "decimals in brackets": lambda token: str(list(token)),
    "signed decimals": lambda token: ", ".join(str(octet - 256 * (octet > 127)) for octet in token),
}


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("writer", WRITERS)
def test_writers(writer: str, token: str) -> None:
    (found,) = find_tokens(WRITERS[writer](TOKENS[token]).encode())
    assert found.octets == TOKENS[token]
    assert not found.note


@pytest.mark.parametrize("writer", [name for name in WRITERS if name not in {"escapes alone", "Python"}])
def test_two_tokens_and_junk(writer: str) -> None:
    first, second = TOKENS["init"], TOKENS["challenge"]
    text = f"first\n{WRITERS[writer](first)}\nthen\n{WRITERS[writer](second)}\nno more of 0x00 here"
    assert [item.octets for item in find_tokens(text.encode())] == [first, second]


@pytest.mark.parametrize(
    "writer", ["BitConverter", "lines of 63 digits", "C array", "escaped string", "colons"]
)
def test_what_is_cut_is_read_as_far_as_it_goes(writer: str) -> None:
    text = WRITERS[writer](TOKENS["challenge"])
    for cut in range(len(text) // 2, len(text), 37):
        (found,) = find_tokens(text[:cut].encode())
        assert TOKENS["challenge"].startswith(found.octets[:-1])


@pytest.mark.parametrize(
    "text",
    ["0x01, 0x02, 0x03", "deadbeef", "2026-11-23", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13", r"\x41\x42"],
)
def test_what_is_no_token(text: str) -> None:
    assert not list(arrays(lines_of(text)))


@given(st.text(alphabet="0123456789abcdefxX\\,-:{}'\" \n", max_size=300))
def test_any_text(text: str) -> None:
    for found in arrays(lines_of("4e 54 4c 4d 53 53 50 00\n" + text)):
        assert found.octets


def test_two_arrays_one_below_the_other() -> None:
    both = (TOKENS["challenge"], TOKENS["response"])
    text = "\n".join("{" + ", ".join(f"0x{octet:02x}" for octet in token) + "};" for token in both)
    assert tuple(item.octets for item in find_tokens(text.encode())) == both
