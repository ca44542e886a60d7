"""Annotated trees of user-to-user's TGT-REQ and TGT-REP, and of IAKERB's header. PURE.

User-to-user: draft-swift-win2k-krb-user2user section 4; token ids 04 00 and 04 01 behind OID
1.2.840.113554.1.2.2.3, message types 16 and 17 (RFC 4120 section 7.5.7).
IAKERB: draft-ietf-kitten-iakerb section 3; token id 05 01 behind OID 1.3.6.1.5.2.5, a header, and behind it the
message to or from the KDC.
"""

from collections.abc import Iterator
from dataclasses import replace

from probe.dissect.der import Field, Shape, fixed, noted, octets, piece, sequence, text
from probe.dissect.kerberos import message as kerberos_message
from probe.dissect.kerberos import ticket
from probe.dissect.kerberos_parts import principal
from probe.dissect.node import TreeNode, Walk, count
from probe.wire.der import SEQUENCE, UNIVERSAL, DerError, Node

TGT_REQ, TGT_REP = 16, 17
TOKEN_IDS = {b"\x04\x00": TGT_REQ, b"\x04\x01": TGT_REP}
PROXY = b"\x05\x01"
"""IAKERB_PROXY."""

_HEAD: dict[int, Field] = {0: ("pvno", fixed(5))}

# KERB-TGT-REQUEST ::= SEQUENCE { pvno [0], msg-type [1] (16), server-name [2] PrincipalName OPTIONAL,
#                                 realm [3] Realm OPTIONAL }
_REQUEST = sequence(
    _HEAD | {1: ("msg-type", fixed(TGT_REQ)), 2: ("server-name", principal), 3: ("realm", text)}
)
# KERB-TGT-REPLY ::= SEQUENCE { pvno [0], msg-type [1] (17), ticket [2] Ticket }
_REPLY = sequence(_HEAD | {1: ("msg-type", fixed(TGT_REP)), 2: ("ticket", ticket)})
_SHAPES: dict[int, tuple[str, str, Shape]] = {
    TGT_REQ: ("TGT-REQ", "user-to-user: the client asks the acceptor for its TGT", _REQUEST),
    TGT_REP: ("TGT-REP", "user-to-user: the acceptor gives its TGT, without its session key", _REPLY),
}

# IAKERB-HEADER ::= SEQUENCE { target-realm [1] UTF8String, cookie [2] OCTET STRING OPTIONAL }
_IAKERB_HEADER = sequence({1: ("target-realm", text), 2: ("cookie", octets)})


def kind_of(node: Node) -> int | None:
    """16 or 17 when a bare SEQUENCE is TGT-REQ or TGT-REP; None else."""
    if (node.tag_class, node.tag_number, node.constructed) != (UNIVERSAL, SEQUENCE, True):
        return None
    try:
        kind = node.fields()[1].inner().integer()
    except (DerError, KeyError):
        return None
    return kind if kind in _SHAPES else None


def user_to_user(walk: Walk, node: Node, kind: int) -> TreeNode:
    """The tree of TGT-REQ or TGT-REP."""
    title, meaning, shape = _SHAPES[kind]
    return replace(shape(walk, node, title), meaning=meaning)


def user_to_user_within(walk: Walk, node: Node, start: int, kind: int) -> TreeNode:
    """The tree of TGT-REQ or TGT-REP at `start` of a frame. Raises DerError."""
    inner, cut = piece(node.data, start, node.end, node.depth + 1)
    return _followed(noted(user_to_user(walk, inner, kind), cut), inner, node.end)


def iakerb(walk: Walk, node: Node, start: int) -> Iterator[TreeNode]:
    """Header and message of an IAKERB_PROXY token at `start` of a frame. Raises DerError."""
    header, cut = piece(node.data, start, node.end, node.depth + 1)
    made = replace(_IAKERB_HEADER(walk, header, "IAKERB-HEADER"), meaning="whose KDC the acceptor shall ask")
    yield noted(made, cut)
    if header.end >= node.end:
        told = "none: the client asks which realm the acceptor is in, or the acceptor tells"
        yield TreeNode(offset=header.end, length=0, name="message", value=told)
        return
    inner, cut = piece(node.data, header.end, node.end, node.depth + 1)
    yield _followed(noted(kerberos_message(walk, inner), cut), inner, node.end)


def _followed(made: TreeNode, inner: Node, end: int) -> TreeNode:
    return noted(made, f"{count(end - inner.end)} follow at offset {inner.end}" if inner.end < end else "")
