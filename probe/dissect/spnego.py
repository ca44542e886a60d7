"""Annotated trees of SPNEGO tokens: NegTokenInit, Microsoft's NegTokenInit2, NegTokenResp. PURE.

RFC 4178 section 4.2, MS-SPNG section 2.2.1. What a mechanism put inside is shown in place, by the function that
the caller gives.
"""

from collections.abc import Callable
from dataclasses import replace

from probe.dissect.der import (
    Field,
    Shape,
    Told,
    explicit,
    flags,
    leaf,
    line,
    noted,
    object_identifier,
    octets,
    sequence,
    sequence_of,
    text,
)
from probe.dissect.node import TreeNode, Walk, count
from probe.wire.der import OCTET_STRING, SEQUENCE, Node
from probe.wire.gssapi.spnego import NegState

Token = Callable[[Walk, bytes, int, int, int], TreeNode]
"""(walk, data, start, end, depth): the tree of the token in data[start:end]."""

CHOICES = (0, 1)
"""NegotiationToken ::= CHOICE { negTokenInit [0], negTokenResp [1] }."""

_INIT_MEANING = "what a client offers, or (from an acceptor) what it would take"
_STATES = {
    NegState.ACCEPT_COMPLETED: "accept-completed: the context is established",
    NegState.ACCEPT_INCOMPLETE: "accept-incomplete: another token is expected",
    NegState.REJECT: "reject: no mechanism, or the mechanism refused",
    NegState.REQUEST_MIC: "request-mic: another mechanism than the first was chosen; the list must be signed",
}
_REQ_FLAGS = {
    # ContextFlags of RFC 4178 section 4.2.1, bit 0 uppermost.
    0x80000000: "delegation",
    0x40000000: "mutual",
    0x20000000: "replay",
    0x10000000: "sequence",
    0x08000000: "anonymous",
    0x04000000: "confidentiality",
    0x02000000: "integrity",
}


def choice(walk: Walk, node: Node, token: Token) -> TreeNode:
    """The tree of a NegotiationToken; `node` has context tag 0 or 1."""
    if node.tag_class != 2 or node.tag_number not in CHOICES:
        return noted(line(node, "SPNEGO"), f"NegTokenInit or NegTokenResp was due, {node.describe()} came")
    if node.tag_number == 1:
        made = explicit(walk, node, "NegTokenResp", sequence(_response_fields(token)))
        return replace(made, meaning="the answer to an offer, RFC 4178 section 4.2.2")
    made = explicit(walk, node, "NegTokenInit", sequence(_init_fields(token)))
    if any("negHints" in child.name for child in made.children):
        return replace(made, name="NegTokenInit2", meaning=f"{_INIT_MEANING}, MS-SPNG section 2.2.1")
    return replace(made, meaning=f"{_INIT_MEANING}, RFC 4178 section 4.2.1")


def _inside(token: Token) -> Shape:
    """An OCTET STRING that holds a token of the mechanism."""

    def shape(walk: Walk, node: Node, name: str) -> TreeNode:
        if node.tag_class or node.tag_number != OCTET_STRING or node.constructed:
            return octets(walk, node, name)
        made = line(node, name, (count(node.end - node.start), ""))
        if node.start == node.end:
            return made
        return replace(made, children=(token(walk, node.data, node.start, node.end, node.depth + 1),))

    return shape


def _state(_: Walk, node: Node) -> Told:
    value = node.enumerated()
    return str(value), _STATES.get(value, "a state that is not known here")  # type: ignore[call-overload]


_HINTS = sequence({0: ("hintName", text), 1: ("hintAddress", octets)})


def _third(walk: Walk, node: Node, name: str) -> TreeNode:
    """[3] is mechListMIC in the RFC's form and negHints, a SEQUENCE, in Microsoft's."""
    if node.tag_number == SEQUENCE:
        return replace(_HINTS(walk, node, "[3] negHints"), meaning="in answer to an empty token; no secret")
    return octets(walk, node, name)


def _init_fields(token: Token) -> dict[int, Field]:
    return {
        0: ("mechTypes", sequence_of(object_identifier, "mechanism")),
        1: ("reqFlags", flags(_REQ_FLAGS)),
        2: ("mechToken", _inside(token)),
        3: ("mechListMIC", _third),
        4: ("mechListMIC", octets),
    }


def _response_fields(token: Token) -> dict[int, Field]:
    return {
        0: ("negState", leaf(_state)),
        1: ("supportedMech", object_identifier),
        2: ("responseToken", _inside(token)),
        3: ("mechListMIC", octets),
    }
