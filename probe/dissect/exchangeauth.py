"""Annotated trees of EXCHANGEAUTH blobs: two fields of 8 hex digits and base64 each. PURE.

`probe.wire.sasl.exchangeauth_blob` is the strict reader; this one goes on where it can, to show what a receiver
refused.
Offsets and lengths of the blob's own lines are characters; within the token they are octets.
"""

import binascii
import re
from base64 import b64decode
from dataclasses import replace

from probe.dissect.gssapi import token
from probe.dissect.node import TreeNode, Walk, count, quoted
from probe.wire.sasl.exchangeauth_blob import HASH_BYTES, MAXIMUM_BLOB

_DIGITS = 8
_STRICT = re.compile(r"[0-9A-F]{8}")
_TOLERANT = re.compile(r"[0-9A-Fa-f]{8}")
_BEGIN = re.compile(r"000[0-9A-Fa-f]{5}(?=[A-Za-z0-9+/=])")
"""No token's base64 begins with three zeros (its first octet would be 0xD3), and no blob is longer than that."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def looks_like(text: str) -> bool:
    """Whether a text is a blob rather than the base64 of a token."""
    return _BEGIN.match(text) is not None


def blob(walk: Walk, text: str) -> TreeNode:
    """The tree of a blob."""
    problem = f"longer than {MAXIMUM_BLOB} characters" if len(text) > MAXIMUM_BLOB else ""
    made = TreeNode(
        offset=0,
        length=len(text),
        name="EXCHANGEAUTH blob",
        meaning="a Kerberos token and a SHA-256 that binds it to the TLS channel",
        problem=problem,
    )
    first, end = _field(text, 0, "Kerberos token")
    children = [replace(first, children=_token(walk, text, first))]
    if end is None:
        return replace(made, children=tuple(children), problem=problem or "the second field is missing")
    second, end = _field(text, end, "hash")
    children.append(_hash(walk, text, second))
    if end is not None and end < len(text):
        problem = problem or f"{len(text) - end} characters follow at {end}: nothing may"
    return replace(made, children=tuple(children), problem=problem)


def _field(text: str, offset: int, name: str) -> tuple[TreeNode, int | None]:
    """A field, and where the next begins; None when that cannot be known."""
    digits = text[offset : offset + _DIGITS]
    made = TreeNode(offset=offset, length=len(text) - offset, name=name)
    if not _TOLERANT.fullmatch(digits):
        problem = f"8 upper-case hex digits were due, {quoted(digits)} came"
        return replace(made, problem=problem), None
    size = int(digits, 16)
    begin, end = offset + _DIGITS, offset + _DIGITS + size
    problem = "" if _STRICT.fullmatch(digits) else "the hex digits must be upper-case"
    value = f"{digits}: {size} characters of base64"
    if end > len(text):
        problem = f"{size} characters were due, {len(text) - begin} came"
        return replace(made, value=value, problem=problem), None
    if not problem and _decoded(text[begin:end])[1]:
        problem = f"not base64 from character {begin + _decoded(text[begin:end])[1] - 1}"
    return replace(made, length=end - offset, value=value, problem=problem), end


def _decoded(encoded: str) -> tuple[bytes, int]:
    """The octets, and 0, or 1 + the place of the first character that is out of place."""
    matched = _BASE64.match(encoded)
    good = encoded[: matched.end()] if matched else ""
    wrong = len(good) + 1 if len(good) < len(encoded) or len(good) % 4 else 0
    good = good.rstrip("=")
    good = good[:-1] if len(good) % 4 == 1 else good
    try:
        return b64decode(good + "=" * (-len(good) % 4)), wrong
    except binascii.Error:
        return b"", wrong


def _contents(text: str, field: TreeNode) -> bytes:
    if not field.value:
        return b""
    return _decoded(text[field.offset + _DIGITS : field.offset + field.length])[0]


def _token(walk: Walk, text: str, field: TreeNode) -> tuple[TreeNode, ...]:
    octets = _contents(text, field)
    if not octets:
        return ()
    made = TreeNode(
        offset=0,
        length=len(octets),
        name="token",
        value=count(len(octets)),
        opens="the token",
        children=(token(walk, octets, 0, len(octets), 0),),
    )
    return (made,)


def _hash(walk: Walk, text: str, field: TreeNode) -> TreeNode:
    octets = _contents(text, field)
    problem = field.problem
    if not problem and len(octets) != HASH_BYTES:
        problem = f"a SHA-256 has {HASH_BYTES} octets, {len(octets)} came"
    value = f"{field.value}, {walk.octets(octets)}" if field.value else ""
    return replace(
        field, value=value, problem=problem, meaning="SHA-256 over key, session key(s) and TLS secret"
    )
