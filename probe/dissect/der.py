"""Building blocks of annotated trees over DER: a shape says what a field is, and never fails. PURE.

A shape is a function (walk, node, name) -> TreeNode. It takes whatever node it is given; one that is not what
it should be gets a `problem`, and what is inside is shown without names. The tags and lengths are read by
`probe.wire.der`; only a length that runs out of its container is cut here, so that the tree of a token whose
end was lost still shows its beginning.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from probe.dissect.node import CUT, TreeNode, Walk, count, flag_names, printable, quoted, utc
from probe.wire.der import CONTEXT, MAXIMUM_DEPTH, SEQUENCE, DerError, Node, read_node

Shape = Callable[[Walk, Node, str], TreeNode]
Told = tuple[str, str]
"""Value and meaning."""
Field = tuple[str, Shape]
Piece = tuple[Node, str]
"""A node and what is wrong with its frame: "" or that its end is missing."""

FULL = "the tree ends here: too many lines"

_HARMLESS: dict[int, Callable[[Node], object]] = {
    2: Node.integer,
    6: Node.oid,
    10: Node.enumerated,
    24: lambda node: utc(node.time()),
}
"""Universal types that cannot hold a key, with how they are read."""

_UNIVERSAL = {
    1: "BOOLEAN",
    2: "INTEGER",
    3: "BIT STRING",
    4: "OCTET STRING",
    5: "NULL",
    6: "OBJECT IDENTIFIER",
    10: "ENUMERATED",
    12: "UTF8String",
    16: "SEQUENCE",
    17: "SET",
    22: "IA5String",
    24: "GeneralizedTime",
    26: "VisibleString",
    27: "GeneralString",
}


def piece(data: bytes, offset: int, end: int, depth: int) -> Piece:
    """The node at `offset`; one that is longer than its container is cut to it. Raises DerError."""
    try:
        return read_node(data, offset, end, depth), ""
    except DerError as error:
        node = _cut(data, offset, end, depth)
        if node is None:
            raise
        return node, f"{CUT}{error.due} were due, {error.came} came"


def _cut(data: bytes, offset: int, end: int, depth: int) -> Node | None:
    """The node at `offset` as far as it is there; None when not even its tag and length are."""
    if end - offset < 2 or data[offset] & 0x1F == 0x1F or data[offset + 1] == 0x80 or depth > MAXIMUM_DEPTH:
        return None
    first, length = data[offset], data[offset + 1]
    start = offset + 2 + (length & 0x7F if length & 0x80 else 0)
    if start > end:
        return None
    return Node(data, first >> 6, first & 0x20 != 0, first & 0x1F, offset, start, end, depth)


def pieces(node: Node) -> Iterator[Piece]:
    """The nodes inside a constructed one, in order. Raises DerError where one cannot be read at all."""
    offset = node.start
    while offset < node.end:
        found = piece(node.data, offset, node.end, node.depth + 1)
        yield found
        offset = found[0].end


def line(node: Node, name: str, told: Told = ("", ""), problem: str = "") -> TreeNode:
    """A line for a node."""
    return TreeNode(
        offset=node.offset,
        length=node.end - node.offset,
        name=name,
        value=told[0],
        meaning=told[1],
        problem=problem,
    )


def noted(made: TreeNode, problem: str) -> TreeNode:
    """The line with one more problem, where there is one."""
    if not problem:
        return made
    return replace(made, problem=f"{made.problem}; {problem}" if made.problem else problem)


def parent(walk: Walk, node: Node, name: str, child: Callable[[int, Node], TreeNode]) -> TreeNode:
    """A line with a line for each node inside, made by `child` from its position and itself."""
    made: list[TreeNode] = []
    problem = ""
    try:
        for index, (inside, cut) in enumerate(pieces(node)):
            if not walk.spend():
                problem = FULL
                break
            made.append(noted(child(index, inside), cut))
    except DerError as error:
        problem = f"stopped {error}"
    return replace(line(node, name, problem=problem), children=tuple(made))


def anything(walk: Walk, node: Node, name: str) -> TreeNode:
    """A field that nobody here knows: its tag, and its size or what is inside."""
    tag = _UNIVERSAL.get(node.tag_number, node.describe()) if not node.tag_class else node.describe()
    if node.constructed:
        made = parent(walk, node, name, lambda index, inside: anything(walk, inside, f"[{index}]"))
        return replace(made, value=tag)
    if not node.tag_class and node.tag_number in _HARMLESS:
        return _harmless(node, name, tag)
    return line(node, name, (f"{tag}, {walk.octets(node.content)}", ""))


def _harmless(node: Node, name: str, tag: str) -> TreeNode:
    """A number, an OBJECT IDENTIFIER or a time that stands in a field without a name."""
    try:
        return line(node, name, (f"{tag} {_HARMLESS[node.tag_number](node)}", ""))
    except DerError as error:
        return line(node, name, (tag, ""), str(error))


def leaf(read: Callable[[Walk, Node], Told]) -> Shape:
    """A field of one value, which `read` puts into words."""

    def shape(walk: Walk, node: Node, name: str) -> TreeNode:
        try:
            return line(node, name, read(walk, node))
        except DerError as error:
            return noted(anything(walk, node, name), str(error))

    return shape


def sequence(fields: Mapping[int, Field]) -> Shape:
    """A SEQUENCE of explicitly tagged fields; one of an unknown number is shown as it is."""

    def shape(walk: Walk, node: Node, name: str) -> TreeNode:
        if node.tag_class or node.tag_number != SEQUENCE or not node.constructed:
            return noted(anything(walk, node, name), f"SEQUENCE was due, {node.describe()} came")
        return parent(walk, node, name, lambda _, inside: tagged(walk, inside, fields))

    return shape


def tagged(walk: Walk, node: Node, fields: Mapping[int, Field]) -> TreeNode:
    """One explicitly tagged field; its line spans the tag, and its contents are the field's."""
    known = fields.get(node.tag_number) if node.tag_class == CONTEXT else None
    if known is None:
        return anything(walk, node, "unknown field")
    return explicit(walk, node, f"[{node.tag_number}] {known[0]}", known[1])


def explicit(walk: Walk, node: Node, name: str, shape: Shape) -> TreeNode:
    """What an explicit tag holds, in one line with it."""
    if not node.constructed:
        return noted(anything(walk, node, name), "an explicit tag was due, a primitive one came")
    try:
        inner, cut = piece(node.data, node.start, node.end, node.depth + 1)
    except DerError as error:
        return line(node, name, problem=str(error))
    made = noted(shape(walk, inner, name), cut)
    if inner.end < node.end:
        made = noted(made, f"{count(node.end - inner.end)} more than the field needs at offset {inner.end}")
    return replace(made, offset=node.offset, length=node.end - node.offset)


def sequence_of(element: Shape, name: str) -> Shape:
    """A SEQUENCE OF; `name` is what an element is called."""

    def shape(walk: Walk, node: Node, title: str) -> TreeNode:
        if node.tag_class or node.tag_number != SEQUENCE or not node.constructed:
            return noted(anything(walk, node, title), f"SEQUENCE OF was due, {node.describe()} came")
        return parent(walk, node, title, lambda index, inside: element(walk, inside, f"{name} {index + 1}"))

    return shape


def number(meanings: Callable[[int], str] = lambda _: "") -> Shape:
    """An INTEGER, and what it means."""

    def read(_: Walk, node: Node) -> Told:
        value = node.integer()
        return str(value), meanings(value)

    return leaf(read)


def fixed(due: int) -> Shape:
    """An INTEGER that has only one right value, such as pvno."""

    def shape(walk: Walk, node: Node, name: str) -> TreeNode:
        made = number()(walk, node, name)
        if made.problem or made.value == str(due):
            return made
        return noted(made, f"{due} is due")

    return shape


def flags(names: Mapping[int, str]) -> Shape:
    """A BIT STRING of flags by name; `names` by the value that the bit has, bit 0 uppermost."""

    def read(_: Walk, node: Node) -> Told:
        value = node.flags()
        return f"0x{value:08X}", flag_names(value, names.items())

    return leaf(read)


def _unsigned(_: Walk, node: Node) -> Told:
    return str(node.unsigned32()), ""


def _text(_: Walk, node: Node) -> Told:
    return quoted(node.text()), ""


def _time(_: Walk, node: Node) -> Told:
    return utc(node.time()), ""


def _octets(walk: Walk, node: Node) -> Told:
    return walk.octets(node.octets()), ""


def _oid(_: Walk, node: Node) -> Told:
    oid = node.oid()
    return printable(oid), OIDS.get(oid, "a mechanism that is not known here")


OIDS = {
    "1.3.6.1.5.5.2": "SPNEGO (RFC 4178)",
    "1.2.840.113554.1.2.2": "Kerberos V5 (RFC 4121)",
    "1.2.840.48018.1.2.2": "Kerberos V5 as Windows 2000 wrote it; Windows still offers it first (MS-SPNG)",
    "1.2.840.113554.1.2.2.3": "Kerberos V5 user-to-user",
    "1.3.6.1.5.2.5": "IAKERB: Kerberos through the acceptor",
    "1.3.6.1.4.1.311.2.2.10": "NTLMSSP (MS-NLMP)",
    "1.3.6.1.4.1.311.2.2.30": "NEGOEX (MS-NEGOEX)",
}
"""Mechanisms of GSS-API and SPNEGO."""

unsigned, text, time = leaf(_unsigned), leaf(_text), leaf(_time)
octets, object_identifier = leaf(_octets), leaf(_oid)
