"""Annotated trees of GSS-API tokens: what kind a token is, its framing, and per-message tokens. PURE.

RFC 2743 section 3.1 (the frame), RFC 4121 sections 4.1 and 4.2 (token ids), RFC 4752 section 3.1 (what the
security-layer round of AUTH GSSAPI wraps).
"""

import struct
from collections.abc import Iterator
from dataclasses import replace

from probe.dissect import kerberos as tree_kerberos
from probe.dissect import ntlm as tree_ntlm
from probe.dissect import spnego as tree_spnego
from probe.dissect.der import FULL, anything, line, noted, object_identifier, piece
from probe.dissect.fields import collected, take
from probe.dissect.messages import detours, negoex, session
from probe.dissect.node import TreeNode, Walk, count
from probe.wire.der import APPLICATION, CONTEXT, DerError, Node
from probe.wire.gssapi.frame import IAKERB, KRB5, KRB5_USER_TO_USER, MS_KRB5, SPNEGO
from probe.wire.gssapi.spnego import NTLMSSP_SIGNATURE

_TOKEN_IDS = {
    b"\x01\x00": "AP-REQ",
    b"\x02\x00": "AP-REP",
    b"\x03\x00": "KRB-ERROR",
    b"\x02\x01": "wrap token of RFC 1964, RC4 keys",
    b"\x01\x01": "MIC token of RFC 1964, RC4 keys",
    b"\x04\x00": "TGT-REQ of user-to-user",
    b"\x04\x01": "TGT-REP of user-to-user",
    b"\x05\x01": "IAKERB: a message for a KDC by way of the acceptor",
}
_DER_TOKENS = frozenset((b"\x01\x00", b"\x02\x00", b"\x03\x00"))
_KERBEROS = frozenset((KRB5, MS_KRB5, KRB5_USER_TO_USER, IAKERB))
_WRAP, _MIC = b"\x05\x04", b"\x04\x04"
_HEADER_BYTES = 16
_MESSAGE_FLAGS = ((1, "sent by the acceptor"), (2, "sealed"), (4, "with the acceptor's subkey"))
_LAYERS = ((1, "no security layer"), (2, "integrity"), (4, "confidentiality"))
_UNKNOWN = "no token that is known here begins like this"


def token(walk: Walk, data: bytes, start: int, end: int, depth: int) -> TreeNode:
    """The tree of the token in `data[start:end]`, whatever it is; offsets are those of `data`."""
    span = TreeNode(offset=start, length=end - start, name="unknown token")
    if start >= end:
        return replace(span, name="token", problem="empty")
    if not walk.spend():
        return replace(span, name="token", value=count(end - start), problem=FULL)
    head = data[start : start + 2]
    if data.startswith(NTLMSSP_SIGNATURE, start, end):
        return tree_ntlm.message(walk, data[start:end], at=start)
    if data.startswith(negoex.SIGNATURE, start, end):
        return negoex.negoex(walk, data, start, end)
    if head in {_WRAP, _MIC} and end - start >= _HEADER_BYTES:
        return _per_message(walk, data, start, end)
    prefix = _length_of_tcp(data, start, end)
    try:
        node, cut = piece(data, start + prefix, end, depth)
    except DerError as error:
        return replace(span, value=walk.octets(data[start:end]), problem=f"{_UNKNOWN}: {error}")
    made = noted(_told_by_tag(walk, node), cut)
    if node.end < end:
        made = noted(made, f"{count(end - node.end)} follow at offset {node.end}")
    if prefix:
        made = replace(made, meaning=f"{made.meaning} (behind the length that TCP needs)")
    return made


def _length_of_tcp(data: bytes, start: int, end: int) -> int:
    """4 when the token is a message to or from a KDC as TCP carries it (RFC 4120 section 7.2.2), else 0."""
    whole = int.from_bytes(data[start : start + 4], "big") == end - start - 4 > 0
    return 4 if whole and data[start + 4] >> 5 == 3 else 0


def _told_by_tag(walk: Walk, node: Node) -> TreeNode:
    if node.tag_class == APPLICATION and node.tag_number == 0:
        return _frame(walk, node)
    if node.tag_class == APPLICATION:
        return _kerberos(walk, node)
    if node.tag_class == CONTEXT and node.tag_number in tree_spnego.CHOICES:
        return tree_spnego.choice(walk, node, token)
    if (kind := detours.kind_of(node)) is not None:
        return detours.user_to_user(walk, node, kind)
    return noted(anything(walk, node, "unknown token"), _UNKNOWN)


def _kerberos(walk: Walk, node: Node) -> TreeNode:
    """A Kerberos message by its application tag."""
    if node.tag_number in session.TAGS:
        return session.message(walk, node)
    return tree_kerberos.message(walk, node)


def _frame(walk: Walk, node: Node) -> TreeNode:
    """InitialContextToken ::= [APPLICATION 0] IMPLICIT SEQUENCE { thisMech, innerContextToken }."""
    made = line(node, "GSS-API frame", ("", "RFC 2743 section 3.1"))
    return collected(walk, made, _frame_parts(walk, node))


def _frame_parts(walk: Walk, node: Node) -> Iterator[TreeNode]:
    mechanism, cut = piece(node.data, node.start, node.end, node.depth + 1)
    oid = mechanism.oid()
    yield noted(object_identifier(walk, mechanism, "mechanism"), cut)
    if oid in _KERBEROS:
        yield from _kerberos_token(walk, node, mechanism.end)
    elif oid == SPNEGO:
        inner, cut = piece(node.data, mechanism.end, node.end, node.depth + 1)
        yield noted(tree_spnego.choice(walk, inner, token), cut)
    elif mechanism.end < node.end:
        yield token(walk, node.data, mechanism.end, node.end, node.depth + 1)


def _kerberos_token(walk: Walk, node: Node, start: int) -> Iterator[TreeNode]:
    kind = take(node.data, start, 2, node.end)
    meaning = _TOKEN_IDS.get(kind, "a token id that is not known here")
    yield TreeNode(offset=start, length=2, name="token id", value=kind.hex(" "), meaning=meaning)
    if kind in detours.TOKEN_IDS:
        yield detours.user_to_user_within(walk, node, start + 2, detours.TOKEN_IDS[kind])
        return
    if kind == detours.PROXY:
        yield from detours.iakerb(walk, node, start + 2)
        return
    if kind not in _DER_TOKENS:
        rest = node.data[start + 2 : node.end]
        yield TreeNode(offset=start + 2, length=len(rest), name="contents", value=walk.octets(rest))
        return
    inner, cut = piece(node.data, start + 2, node.end, node.depth + 1)
    made = noted(_kerberos(walk, inner), cut)
    rest_octets = node.end - inner.end
    yield noted(made, f"{count(rest_octets)} follow at offset {inner.end}" if rest_octets else "")


# --- RFC 4121 section 4.2.6 --------------------------------------------------------------------------


def _per_message(walk: Walk, data: bytes, start: int, end: int) -> TreeNode:
    wrapped = data.startswith(_WRAP, start)
    made = TreeNode(
        offset=start,
        length=end - start,
        name="wrap token" if wrapped else "MIC token",
        meaning="RFC 4121 section 4.2.6: a message within an established context",
    )
    return collected(walk, made, (_wrap_parts if wrapped else _mic_parts)(walk, data, start, end))


def _head(data: bytes, start: int, name: str) -> Iterator[TreeNode]:
    yield TreeNode(
        offset=start, length=2, name="TOK_ID", value=data[start : start + 2].hex(" "), meaning=name
    )
    bits = data[start + 2]
    told = ", ".join(text for bit, text in _MESSAGE_FLAGS if bits & bit) or "sent by the initiator, plain"
    yield TreeNode(offset=start + 2, length=1, name="Flags", value=f"0x{bits:02X}", meaning=told)


def _mic_parts(walk: Walk, data: bytes, start: int, end: int) -> Iterator[TreeNode]:
    yield from _head(data, start, "MIC")
    number = int.from_bytes(data[start + 8 : start + 16], "big")
    yield TreeNode(offset=start + 8, length=8, name="SND_SEQ", value=str(number))
    rest = data[start + 16 : end]
    yield TreeNode(offset=start + 16, length=len(rest), name="SGN_CKSUM", value=walk.octets(rest))


def _wrap_parts(walk: Walk, data: bytes, start: int, end: int) -> Iterator[TreeNode]:
    yield from _head(data, start, "Wrap")
    extra, rotation, number = struct.unpack_from(">HHQ", data, start + 4)
    told = "octets of checksum or filler behind the message"
    yield TreeNode(offset=start + 4, length=2, name="EC", value=str(extra), meaning=told)
    told = "octets by which what follows is rotated"
    yield TreeNode(offset=start + 6, length=2, name="RRC", value=str(rotation), meaning=told)
    yield TreeNode(offset=start + 8, length=8, name="SND_SEQ", value=str(number))
    body = data[start + 16 : end]
    if data[start + 2] & 2 or extra > len(body):
        problem = "" if data[start + 2] & 2 else f"EC is more than the {count(len(body))} that are there"
        yield TreeNode(
            offset=start + 16, length=len(body), name="sealed", value=walk.octets(body), problem=problem
        )
        return
    turn = rotation % len(body) if body else 0
    plain = (body[turn:] + body[:turn])[: len(body) - extra]
    yield _wrapped(walk, plain, start + 16, len(body))


def _wrapped(walk: Walk, plain: bytes, offset: int, length: int) -> TreeNode:
    """The message; one of four octets or more that begins with a layer mask is RFC 4752's."""
    made = TreeNode(offset=offset, length=length, name="message", value=walk.octets(plain))
    if len(plain) < 4 or not 0 < plain[0] <= 7:
        return made
    layers = ", ".join(text for bit, text in _LAYERS if plain[0] & bit)
    size = int.from_bytes(plain[1:4], "big")
    told = f"RFC 4752: security layers offered or chosen: {layers}; messages of at most {size} octets"
    if len(plain) > 4:
        told += f"; authorization identity of {count(len(plain) - 4)}"
    return replace(made, value=plain[:4].hex(" "), meaning=told)
