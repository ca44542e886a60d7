"""What people paste into `exps decode`: base64, hex, raw octets, lines of SMTP or of a protocol log. PURE."""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass, field

from probe.dissect.exchangeauth import blob, looks_like
from probe.dissect.gssapi import token
from probe.dissect.node import MAXIMUM_INPUT, TreeNode, Walk, condensed, count
from probe.dissect.paste.marks import bare_lines, octets_of_dump

MAXIMUM_TOKENS = 32
"""Tokens of one input: a whole dialogue has six at most."""

_SMTP = re.compile(
    # "C: ", "S: ", "< ", "> " of a transcript, then a verb with its mechanism or a reply with its code.
    r"(?:[CS<>]:?\s+)?"
    r"(?P<head>(?:X-EXPS|AUTH)\s+[A-Z0-9-]+(?:\s+SHA[0-9]+(?=\s|$))?|(?:235|334)(?=[ -]|$))[ -]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_HEX = re.compile(r"[0-9A-Fa-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*")
_LINE = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
"""A line of a dialogue that is nothing but base64."""
_REST = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_BEGINNINGS = ("TlRMTVNTUA", "YII", "YIG", "YGA", "YH", "oYI", "oYG", "oII", "oIG")
"""How tokens begin in base64: NTLMSSP, a GSS frame, a NegTokenResp, a NegTokenInit."""
_LEAST_TEXT = 8
"""Characters: anything shorter is no token, but a word."""
_LEAST_PART = 16
"""Characters of a line of base64 that is not the last one; words are shorter."""
_NOTHING = "neither base64 nor hex nor a line of SMTP with a token"
_BINARY = re.compile(rb"[^\t\n\r\x20-\x7e]")
_REPLY_TEXT = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?:\s|$)")


class PasteError(ValueError):
    """Nothing in the input can be a token; the text says what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """One token: what stood before it on its line, itself as octets or as a blob's text, and what was odd."""

    head: str
    octets: bytes = field(default=b"", repr=False)
    blob: str = field(default="", repr=False)
    form: str
    note: str = ""


def find_tokens(data: bytes) -> tuple[Pasted, ...]:
    """The tokens in what was pasted. Raises PasteError when there is none."""
    if len(data) > MAXIMUM_INPUT:
        raise PasteError(f"larger than {MAXIMUM_INPUT} octets")
    if _BINARY.search(data.removeprefix(b"\xef\xbb\xbf")):
        return (Pasted(head="", octets=data, form="raw octets"),)
    text = data.decode("utf-8-sig").strip()
    if not text:
        raise PasteError("empty: a token is due, as base64 or hex, or a line of SMTP that has one")
    dumped = octets_of_dump(text)
    if dumped is not None:
        return (Pasted(head="", octets=dumped, form="a dump"),)
    lines = bare_lines(text)
    spoken = [index for index, line in enumerate(lines) if _SMTP.fullmatch(line)]
    if not spoken:
        return (_read("", _joined(text)),)
    if spoken == [0] and _of_line(lines[0]) and _goes_on(lines[1:]):
        lines = ["".join(lines)]  # one line that a terminal or a mail broke
    tokens = tuple(item for line in lines if (item := _of_line(line)) is not None)[:MAXIMUM_TOKENS]
    if not tokens:
        raise PasteError(f"no token: {_without(lines)}")
    return tokens


def _goes_on(lines: list[str]) -> bool:
    """Whether these are the rest of a token: base64, the last line of any length, and none begins another."""
    whole = all(_LINE.fullmatch(line) for line in lines[:-1]) and all(
        _REST.fullmatch(line) for line in lines[-1:]
    )
    return whole and not any(line.startswith(_BEGINNINGS) for line in lines)


def _joined(text: str) -> str:
    """One token without the spaces of a hex dump and the line breaks of base64. Raises PasteError for words."""
    parts = text.split()
    joined = "".join(parts)
    if not _HEX.fullmatch(joined.replace(":", "").replace("x", "")) and any(
        len(part) < _LEAST_PART for part in parts[:-1]
    ):
        raise PasteError(_NOTHING)
    return joined


def _without(lines: list[str]) -> str:
    return "this line of SMTP carries none" if len(lines) == 1 else "none of these lines carries one"


def _of_line(line: str) -> Pasted | None:
    """The token of a line of SMTP, or of a line that is one; None when it has none."""
    matched = _SMTP.fullmatch(line)
    if matched is None:
        return _read_or_none("", line) if _LINE.fullmatch(line) else None
    rest = matched["rest"].strip()
    if not rest or _REPLY_TEXT.match(rest) or (" " in rest and not looks_like(rest)):
        return None  # "334 NTLM supported", "235 2.7.0 Authentication successful", "235 <authentication response>"
    return _read_or_none(" ".join(matched["head"].split()), rest)


def _read_or_none(head: str, text: str) -> Pasted | None:
    try:
        return _read(head, text)
    except PasteError:
        return None


def _read(head: str, text: str) -> Pasted:
    digits = text.replace(":", "").removeprefix("0x").removeprefix("0X")
    if _HEX.fullmatch(digits) and len(digits) >= _LEAST_TEXT:
        note = "an odd count of hex digits: the last one is left out" if len(digits) % 2 else ""
        octets = bytes.fromhex(digits[: len(digits) // 2 * 2])
        return Pasted(head=head, octets=octets, form="hex", note=note)
    if looks_like(text):
        return Pasted(head=head, blob=text, form="an EXCHANGEAUTH blob")
    return _base64(head, text)


def _base64(head: str, text: str) -> Pasted:
    matched = _BASE64.match(text)
    good = matched[0] if matched else ""
    rest = text[len(good) :].lstrip("=")
    if len(good) < _LEAST_TEXT:
        raise PasteError(_NOTHING)
    notes = []
    if rest:
        notes.append(f"no base64 from character {len(text) - len(rest)} on: the rest is left out")
    if len(good) % 4 == 1:
        notes.append("the base64 is cut: its last character is left out")
        good = good[:-1]
    elif len(good) % 4 and not rest and len(text) % 4:
        notes.append("the base64 lacks its padding, or is cut")
    try:
        octets = b64decode(good + "=" * (-len(good) % 4), altchars=b"-_" if set(good) & {"-", "_"} else None)
    except binascii.Error as error:
        raise PasteError(f"not base64: {error}") from None
    return Pasted(head=head, octets=octets, form="base64", note="; ".join(notes))


def tree(walk: Walk, pasted: Pasted) -> TreeNode:
    """The annotated tree of what was pasted. Never raises."""
    if pasted.blob:
        return condensed(blob(walk, pasted.blob))
    return condensed(token(walk, pasted.octets, 0, len(pasted.octets), 0))


def described(pasted: Pasted) -> str:
    """`334: base64, 541 octets`."""
    size = f"{len(pasted.blob)} characters" if pasted.blob else count(len(pasted.octets))
    return f"{pasted.head + ': ' if pasted.head else ''}{pasted.form}, {size}"
