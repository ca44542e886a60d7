"""Tokens within octets that are none themselves: a packet, a dump of a dialogue, a file. PURE.

What is looked for: the signature of NTLMSSP, the frame of GSS-API with the identifier of a mechanism, SPNEGO's answer,
and text long enough to hold a token in base64.
"""

import re
from collections.abc import Iterator

from probe.dissect.paste.signs import HEAD, begins, due
from probe.dissect.paste.values import MAXIMUM_TOKENS

_LENGTH = rb"(?:[\x04-\x7f]|\x81.|\x82..|\x83...)"
_STARTS = re.compile(
    rb"NTLMSSP\x00[\x01-\x03]\x00\x00\x00"
    rb"|\x60" + _LENGTH + rb"\x06[\x05-\x0a](?=\x2a\x86\x48|\x2b\x06\x01)"
    rb"|\xa1" + _LENGTH + rb"\x30" + _LENGTH + rb"\xa0\x03\x0a\x01[\x00-\x03]",
    re.DOTALL,
)
_TEXT = re.compile(rb"[\t\r\n\x20-\x7e]{16,}")


def tokens_within(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Offset and octets of the tokens that begin somewhere within."""
    at = 0
    for _ in range(MAXIMUM_TOKENS):
        matched = _STARTS.search(octets, at)
        if matched is None:
            return
        start = matched.start()
        head = octets[start : start + HEAD]
        if not begins(head):
            at = start + 1
            continue
        size = due(head)
        end = len(octets) if size is None else min(start + size, len(octets))
        yield start, octets[start:end]
        at = max(end, start + 1)


def texts_within(octets: bytes) -> Iterator[tuple[int, str]]:
    """Offset and contents of what prints, where it is long enough for a token."""
    for matched in _TEXT.finditer(octets):
        yield matched.start(), matched[0].decode("ascii")
