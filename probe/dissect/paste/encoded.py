"""Base64 and hex of one token as octets, as far as they go, with what was odd about them. PURE."""

import binascii
import re
from base64 import b64decode

from probe.dissect.exchangeauth import looks_like
from probe.dissect.paste.signs import due
from probe.dissect.paste.values import LEAST_TEXT, NOTHING, Pasted, PasteError

_HEX = re.compile(r"[0-9A-Fa-f]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*")
_LEAST_PART = 16
"""Characters of a line of base64 that is not the last one; words are shorter."""


def joined(text: str) -> str:
    """One token without the spaces of a hex dump and the line breaks of base64. Raises PasteError for words."""
    parts = text.split()
    whole = "".join(parts)
    if not _HEX.fullmatch(whole.replace(":", "").replace("x", "")) and any(
        len(part) < _LEAST_PART for part in parts[:-1]
    ):
        raise PasteError(NOTHING)
    return whole


def read(head: str, text: str) -> Pasted:
    """The token that hex, base64 or a blob is. Raises PasteError."""
    digits = text.replace(":", "").replace("-", "").removeprefix("0x").removeprefix("0X")
    if _HEX.fullmatch(digits) and len(digits) >= LEAST_TEXT:
        note = "an odd count of hex digits: the last one is left out" if len(digits) % 2 else ""
        octets = bytes.fromhex(digits[: len(digits) // 2 * 2])
        return Pasted(head=head, octets=octets, form="hex", note=note)
    return read_base64(head, text)


def read_base64(head: str, text: str) -> Pasted:
    """The token that base64 or a blob is. Raises PasteError."""
    if looks_like(text):
        return Pasted(head=head, blob=text, form="an EXCHANGEAUTH blob")
    matched = _BASE64.match(text)
    good = matched[0] if matched else ""
    rest = text[len(good) :].lstrip("=")
    if len(good) < LEAST_TEXT:
        raise PasteError(NOTHING)
    notes = []
    if rest:
        notes.append(f"no base64 from character {len(text) - len(rest)} on: the rest is left out")
    if len(good) % 4 == 1:
        notes.append("the base64 is cut: its last character is left out")
        good = good[:-1]
    plain = good.replace("-", "+").replace("_", "/")
    try:
        octets = b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error as error:
        raise PasteError(f"not base64: {error}") from None
    if len(plain) % 4 and not notes and len(text) % 4 and due(octets) != len(octets):
        notes.append("the base64 lacks its padding, or is cut")
    return Pasted(head=head, octets=octets, form="base64", note="; ".join(notes))
