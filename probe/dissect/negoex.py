"""NEGOEX, the negotiation inside of SPNEGO for mechanisms that Windows negotiates by GUID (MS-NEGOEX). PURE.

A token is one message after the other, each behind a header: the signature ``NEGOEXTS``, then little-endian the message
type, its sequence number, the sizes of header and message, and the conversation's GUID (section 2.2.6.2).
"""

import struct
from collections.abc import Iterator

from probe.dissect.node import TreeNode

SIGNATURE = b"NEGOEXTS"
_HEADER = struct.Struct("<8sIIII16s")
MAXIMUM_MESSAGES = 32
TYPES = {
    # MS-NEGOEX section 2.2.6.1
    0: "INITIATOR_NEGO",
    1: "ACCEPTOR_NEGO",
    2: "INITIATOR_META_DATA",
    3: "ACCEPTOR_META_DATA",
    4: "CHALLENGE",
    5: "AP_REQUEST",
    6: "VERIFY",
    7: "ALERT",
}
_SCHEME = frozenset({2, 3, 4, 5, 6, 7})
"""Types whose header is followed by the GUID of the mechanism that they are about (sections 2.2.6.4 to 2.2.6.7)."""


def is_negoex(data: bytes, start: int) -> bool:
    """Whether a NEGOEX message begins at ``start``."""
    return data.startswith(SIGNATURE, start)


def messages(data: bytes, start: int, end: int) -> TreeNode:
    """The tree of the messages in ``data[start:end]``. Never raises."""
    return TreeNode(
        offset=start,
        length=end - start,
        name="NEGOEX",
        meaning="mechanisms negotiated by GUID, MS-NEGOEX",
        children=tuple(_each(data, start, end)),
    )


def _each(data: bytes, start: int, end: int) -> Iterator[TreeNode]:
    at = start
    for _ in range(MAXIMUM_MESSAGES):
        if at >= end:
            return
        if not data.startswith(SIGNATURE, at) or end - at < _HEADER.size:
            yield TreeNode(offset=at, length=end - at, name="rest", problem="no NEGOEX header begins here")
            return
        made, size = _message(data, at, end)
        yield made
        at += size


def _message(data: bytes, at: int, end: int) -> tuple[TreeNode, int]:
    _, kind, number, header, whole, conversation = _HEADER.unpack_from(data, at)
    size = min(max(whole, _HEADER.size), end - at)
    told = [
        TreeNode(offset=at + 12, length=4, name="sequence number", value=str(number)),
        TreeNode(offset=at + 24, length=16, name="conversation", value=_guid(conversation)),
    ]
    if kind in _SCHEME and size >= _HEADER.size + 16:
        scheme = _guid(data[at + _HEADER.size : at + _HEADER.size + 16])
        told.append(TreeNode(offset=at + _HEADER.size, length=16, name="mechanism", value=scheme))
    fits = _HEADER.size <= header <= whole <= end - at
    problem = "" if fits else f"{whole} octets are announced, {end - at} are there"
    name = TYPES.get(kind, f"message type {kind}")
    return TreeNode(offset=at, length=size, name=name, problem=problem, children=tuple(told)), size


def _guid(octets: bytes) -> str:
    """A GUID as Windows writes it: the first three fields are little-endian (MS-DTYP section 2.3.4.2)."""
    first, second, third = struct.unpack_from("<IHH", octets)
    return f"{first:08x}-{second:04x}-{third:04x}-{octets[8:10].hex()}-{octets[10:16].hex()}"
