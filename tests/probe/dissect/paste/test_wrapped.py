"""Base64 that a terminal, a mail or a program broke: one token whatever its width and the length of its last line."""

import quopri
from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.paste.find_tokens import find_tokens
from tests.support.foreign_tokens import mit, ntlm, spnego, vector

TOKENS = {
    "ap-req": mit("ap_req"),
    "authenticate": ntlm()["authenticate"],
    "challenge": ntlm()["challenge"],
} | spnego()
WIDTHS = [20, 32, 60, 64, 70, 72, 76, 78, 80, 100, 120, 253]


def _pieces(token: bytes, width: int) -> list[str]:
    text = b64encode(token).decode()
    return [text[at : at + width] for at in range(0, len(text), width)]


def _one(text: str | bytes) -> bytes:
    (found,) = find_tokens(text if isinstance(text, bytes) else text.encode())
    assert not found.note
    return found.octets


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("token", TOKENS)
def test_any_width(token: str, width: int) -> None:
    pieces = _pieces(TOKENS[token], width)
    for before in ("", "334 ", "S: 334 ", "X-EXPS GSSAPI "):
        assert _one(before + "\n".join(pieces)) == TOKENS[token]
    assert _one("\r\n".join(["334 " + pieces[0], *pieces[1:], "", "QUIT"])) == TOKENS[token]
    assert _one("334 " + "\n    ".join(pieces)) == TOKENS[token]
    assert _one("> 334 " + "\n> ".join(pieces) + "\n> what is that?") == TOKENS[token]
    assert _one("334 " + " ".join(pieces)) == TOKENS[token]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("token", TOKENS)
def test_in_code(token: str, width: int) -> None:
    quoted = [f'"{piece}"' for piece in _pieces(TOKENS[token], width)]
    assert _one("token = (" + "\n         ".join(quoted) + ")") == TOKENS[token]
    assert _one("String token = " + " +\n    ".join(quoted) + ";") == TOKENS[token]


@pytest.mark.parametrize("token", TOKENS)
def test_as_others_write_it(token: str) -> None:
    octets = TOKENS[token]
    text = b64encode(octets).decode()
    for quote in "\"'`":
        assert _one(f"{quote}{text}{quote}") == octets
    assert _one(f"'{text}\\r\\n'") == octets
    assert _one(urlsafe_b64encode(octets)) == octets
    assert _one(urlsafe_b64encode(octets).rstrip(b"=")) == octets
    assert _one(f"\ufeff334 {text}\r\n".encode("utf-16-le")) == octets
    assert _one(f"334 {text}\r\n".encode("utf-16-le")) == octets
    assert _one(quopri.encodestring(f"334 {text}\r\nand so on\r\n".encode())) == octets
    assert _one(f"\x1b[32m<-  334 {text}\x1b[0m") == octets
    assert _one(text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")) == octets


@pytest.mark.parametrize("width", [60, 76])
@pytest.mark.parametrize("token", TOKENS)
def test_breaks_that_are_written_out(token: str, width: int) -> None:
    pieces = _pieces(TOKENS[token], width)
    for line_end in ("\\n", "\\r\\n", "<br>\n", "<br/>", "\\\n"):
        assert _one("334 " + line_end.join(pieces)) == TOKENS[token]
    assert _one("<pre>" + "\n".join(pieces) + "</pre>") == TOKENS[token]
    assert _one("b64decode(\n" + "\n".join(f'    b"{piece}"' for piece in pieces) + "\n)") == TOKENS[token]
    assert _one("Status : {334 " + "\n          ".join(pieces) + "}") == TOKENS[token]


def test_the_next_command_is_no_piece() -> None:
    text = b64encode(TOKENS["response"]).decode()
    for command in ("QUIT", "RSET", "NOOP", "AUTHENTICATION", "235 2.7.0 Done"):
        assert _one(f"334 {text}\n{command}") == TOKENS["response"]


def test_a_cut_token_and_the_next_one() -> None:
    first, second = b64encode(TOKENS["init"]).decode()[:400], b64encode(TOKENS["response"]).decode()
    found = find_tokens(f"X-EXPS GSSAPI {first}\n334 {second}\n".encode())
    assert [item.octets for item in found] == [TOKENS["init"][:300], TOKENS["response"]]


def test_an_exchangeauth_blob() -> None:
    blob = vector("exchangeauth")["vectors"][0]["blob_c"]
    for width in (40, 64, 76):
        text = "\n".join(blob[at : at + width] for at in range(0, len(blob), width))
        (found,) = find_tokens(f"X-EXPS EXCHANGEAUTH SHA256 {text}\n235 <authentication response>".encode())
        assert found.blob == blob


@given(
    st.integers(16, 200), st.sampled_from(sorted(TOKENS)), st.sampled_from(["", "\n", "\nQUIT\n", "\n.\n"])
)
def test_every_width(width: int, token: str, behind: str) -> None:
    assert _one("334 " + "\n".join(_pieces(TOKENS[token], width)) + behind) == TOKENS[token]
