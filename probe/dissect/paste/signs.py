"""What a token begins like, and how many octets it is to have. PURE.

Enough is asked for that a word which happens to be base64 is no token: a tag, a length that fits, and the tag within.
"""

import binascii
import re
from base64 import b64decode

from probe.dissect.exchangeauth import looks_like
from probe.dissect.messages.negoex import SIGNATURE as NEGOEX
from probe.wire.gssapi.spnego import NTLMSSP_SIGNATURE

HEAD = 96
"""Octets that are looked at: the longest fixed part, an AUTHENTICATE message's, has 88."""
_LARGEST = 1 << 20
_KERBEROS_TAGS = frozenset(
    # [APPLICATION n], constructed: RFC 4120 section 5.10.
    0x60 | number
    for number in (1, 2, 3, 10, 11, 12, 13, 14, 15, 20, 21, 22, 25, 26, 27, 28, 29, 30)
)
_FRAME, _INIT, _RESPONSE, _SEQUENCE, _OID = 0x60, 0xA0, 0xA1, 0x30, 0x06
_PER_MESSAGE = (b"\x05\x04", b"\x04\x04")
_PER_MESSAGE_BYTES = 16
_USER_TO_USER = re.compile(rb"\xa0\x03\x02\x01\x05\xa1\x03\x02\x01[\x10\x11]")
_NEGOEX_HEADER = 40
_NTLM_BUFFERS = {
    # Offsets of length (2), maximum (2), offset (4); the fixed part (MS-NLMP sections 2.2.1.1 to 2.2.1.3).
    1: ((16, 24), 32),
    2: ((12, 40), 48),
    3: ((12, 20, 28, 36, 44, 52), 64),
}
_PRINTS = re.compile(rb"[\t\r\n\x20-\x7e]+")
_SPOKEN = re.compile(
    rb"(?:\A|\n)(?:(?:334|235)[ -]|(?:X-EXPS|AUTH) [A-Z]|(?:WWW-Authenticate|Authorization): (?:Negotiate|NTLM) )",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+")
_BLOB_DIGITS = 8
_LONGEST_FIXED = max(fixed for _, fixed in _NTLM_BUFFERS.values())


def begins(octets: bytes) -> bool:
    """Whether octets begin like a token that is known here."""
    if octets.startswith((NTLMSSP_SIGNATURE, NEGOEX)):
        return True
    if octets[:2] in _PER_MESSAGE:
        return len(octets) >= _PER_MESSAGE_BYTES and octets[3] == 0xFF
    if octets[:1] == b"\0" and len(octets) > 4 and octets[4] in _KERBEROS_TAGS:
        return _begins_der(octets[4:])  # a KDC's message behind the length that TCP needs
    return _begins_der(octets)


def _begins_der(octets: bytes) -> bool:
    found = _length(octets)
    if found is None:
        return False
    start, length = found
    tag, inside = octets[0], octets[start : start + 1]
    if tag == _FRAME:
        return inside == bytes((_OID,)) and length > 3 and octets[start + 1 : start + 2] < b"\x20"
    if tag in (_INIT, _RESPONSE) or tag in _KERBEROS_TAGS:
        within = _length(octets[start:])
        return inside == bytes((_SEQUENCE,)) and within is not None and sum(within) <= length
    if tag == _SEQUENCE:
        return _USER_TO_USER.match(octets, start) is not None
    return False


def _length(octets: bytes) -> tuple[int, int] | None:
    """Where the contents of a DER value begin, and their length; None when that is not to be had."""
    if len(octets) < 2:
        return None
    first = octets[1]
    if first < 0x80:
        return 2, first
    size = first & 0x7F
    if not 1 <= size <= 4 or len(octets) < 2 + size:
        return None
    length = int.from_bytes(octets[2 : 2 + size], "big")
    return (2 + size, length) if length <= _LARGEST else None


def due(octets: bytes) -> int | None:
    """How many octets a token that begins like this has; None when it does not say."""
    if octets.startswith(NTLMSSP_SIGNATURE):
        return _due_ntlm(octets)
    if octets[:2] in _PER_MESSAGE or octets.startswith(NEGOEX) or not begins(octets):
        return None
    prefix = 4 if octets[:1] == b"\0" else 0
    found = _length(octets[prefix:])
    return None if found is None else prefix + sum(found)


def missing(octets: bytes) -> int:
    """How many octets lack at the end of a token; 0 when it is whole, or does not say how long it is to be."""
    if octets.startswith(NEGOEX):
        return max(_due_negoex(octets) - len(octets), 0)
    return max((due(octets) or 0) - len(octets), 0)


def _due_negoex(octets: bytes) -> int:
    """Where the last message ends that began; each says its length in its header."""
    at = 0
    while octets.startswith(NEGOEX, at) and at < len(octets):
        at += max(int.from_bytes(octets[at + 20 : at + 24], "little"), _NEGOEX_HEADER)
    return at if at <= _LARGEST else 0


def _due_ntlm(octets: bytes) -> int | None:
    buffers, fixed = _NTLM_BUFFERS.get(int.from_bytes(octets[8:12], "little"), ((), 0))
    if not fixed or len(octets) < fixed:
        return None
    ends = [fixed]
    for at in buffers:
        size, place = (int.from_bytes(octets[i : i + n], "little") for i, n in ((at, 2), (at + 4, 4)))
        ends.append(place + size if size else 0)
    return max(ends) if max(ends) <= _LARGEST else None


def head_of(text: str) -> bytes:
    """The first octets of base64, of either alphabet; b"" when it is none."""
    matched = _BASE64.match(text[: HEAD * 4 // 3 + 4])
    good = matched[0] if matched else ""
    good = good[: len(good) // 4 * 4]
    try:
        return b64decode(good.replace("-", "+").replace("_", "/"))
    except binascii.Error:
        return b""


def text_begins(text: str) -> bool:
    """Whether base64, or an EXCHANGEAUTH blob, begins like a token that is known here."""
    return begins(head_of(text)) or blob_begins(text)


def speaks(octets: bytes) -> bool:
    """Whether octets are text that a session of SMTP or HTTP has, or a token's base64: what a dump may be of."""
    if _PRINTS.fullmatch(octets) is None:
        return False
    return _SPOKEN.search(octets) is not None or text_begins(octets.decode("ascii"))


def blob_begins(text: str) -> bool:
    """Whether a text is a blob whose token can be known."""
    return looks_like(text) and begins(head_of(text[_BLOB_DIGITS:]))


def nested(outer: int | None, size: int, octets: bytes) -> bool:
    """Whether a token that begins when `size` octets of another were read ends within that one, so is part of it."""
    inner = due(octets)
    return outer is not None and inner is not None and size + inner <= outer


def undecided(octets: bytes) -> bool:
    """Whether a token is known and too little of it is there to say how long it is to be."""
    return octets.startswith(NTLMSSP_SIGNATURE) and len(octets) < _LONGEST_FIXED


def due_text(text: str) -> int | None:
    """How many characters, without padding, the token has in base64; None when it does not say."""
    if looks_like(text):
        return _due_blob(text)
    octets = due(head_of(text))
    return None if octets is None else -(-octets * 4 // 3)


def _due_blob(text: str) -> int | None:
    try:
        second = _BLOB_DIGITS + int(text[:_BLOB_DIGITS], 16)
        digits = text[second : second + _BLOB_DIGITS]
        return second + _BLOB_DIGITS + (int(digits, 16) if len(digits) == _BLOB_DIGITS else 1)
    except ValueError:
        return None
