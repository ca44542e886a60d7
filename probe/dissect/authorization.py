"""Annotated trees of authorization data: wrappers, and the PAC's buffers by type and size. PURE.

MS-PAC section 2.3: PACTYPE { cBuffers, Version, PAC_INFO_BUFFER { ulType, cbBufferSize, Offset (64 bits) } ... }.
What is in the buffers (SIDs, groups) is not shown: it is about a person and says nothing about a refused log-on.
"""

from collections.abc import Iterator

from probe.dissect import names as known
from probe.dissect.der import Shape, Told, leaf, line, octets, sequence_of
from probe.dissect.fields import collected, unsigned
from probe.dissect.kerberos_parts import Typed, embedded, etypes, typed
from probe.dissect.node import TreeNode, Walk, count, quoted
from probe.wire.der import Node

_PAC_HEADER, _PAC_ENTRY = 8, 16
_CHANNEL_BINDINGS_SUPPORTED = 0x4000
"""KERB_AP_OPTIONS_CBT, MS-KILE section 3.2.5.8."""


def authorization_data(walk: Walk, node: Node, name: str) -> TreeNode:
    """An AuthorizationData (RFC 4120 section 5.2.6), as deep as it is nested."""
    return _elements(walk, node, name)


def _pac(walk: Walk, node: Node, name: str) -> TreeNode:
    size = node.end - node.start
    return collected(walk, line(node, name, (count(size), "a PAC (MS-PAC)")), _pac_fields(node))


def _pac_fields(node: Node) -> Iterator[TreeNode]:
    data, start, end = node.data, node.start, node.end
    buffers = unsigned(data, start, 4, end)
    yield TreeNode(offset=start, length=4, name="cBuffers", value=str(buffers))
    version = unsigned(data, start + 4, 4, end)
    problem = "0 is due" if version else ""
    yield TreeNode(offset=start + 4, length=4, name="Version", value=str(version), problem=problem)
    for index in range(buffers):
        yield _pac_buffer(node, start + _PAC_HEADER + index * _PAC_ENTRY)


def _pac_buffer(node: Node, at: int) -> TreeNode:
    kind = unsigned(node.data, at, 4, node.end)
    size = unsigned(node.data, at + 4, 4, node.end)
    place = unsigned(node.data, at + 8, 8, node.end)
    outside = place + size > node.end - node.start
    return TreeNode(
        offset=at,
        length=_PAC_ENTRY,
        name=f"buffer type {kind}",
        value=f"{count(size)} at {place} of the PAC",
        meaning=known.PAC_BUFFERS.get(kind, "not known here"),
        problem="it is outside the PAC" if outside else "",
    )


def _ap_options(_: Walk, node: Node) -> Told:
    content = node.octets()
    value = unsigned(content, 0, 4, len(content))
    bound = value & _CHANNEL_BINDINGS_SUPPORTED
    return f"0x{value:08X}", "the client supports channel bindings" if bound else ""


def _target(_: Walk, node: Node) -> Told:
    return quoted(node.octets().decode("utf-16-le", "replace")), ""


_CONTENTS: dict[int, Shape] = {
    1: embedded(authorization_data),
    4: octets,
    128: _pac,
    129: embedded(etypes),
    143: leaf(_ap_options),
    144: leaf(_target),
}
_elements = sequence_of(
    typed(
        Typed(
            type_tag=0,
            type_name="ad-type",
            value_name="ad-data",
            kinds=known.AUTHORIZATION_TYPES,
            contents=_CONTENTS,
        )
    ),
    "element",
)
