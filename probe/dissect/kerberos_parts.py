"""Annotated trees of what several Kerberos messages have in common: names, keys, encrypted and typed data. PURE."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from probe.codes import lookup as names
from probe.dissect import names as known
from probe.dissect.der import (
    Field,
    Shape,
    Told,
    anything,
    explicit,
    leaf,
    line,
    noted,
    number,
    octets,
    piece,
    sequence,
    sequence_of,
    text,
    time,
    unsigned,
)
from probe.dissect.fields import collected
from probe.dissect.fields import unsigned as little_endian
from probe.dissect.node import NamedKey, TreeNode, Walk, count, flag_names, quoted
from probe.wire.crypto import CryptoError, decrypt
from probe.wire.der import OCTET_STRING, DerError, Node
from probe.wire.kerberos import EncryptedData
from probe.wire.kerberos import decode_parts as kerberos_parts

MAXIMUM_TRIES = 256
"""Keys of a keytab that are tried on one ciphertext."""
_GSS_CHECKSUM = 0x8003


def looked_up(table: Mapping[int, str], kind: str) -> Callable[[int], str]:
    """Meanings of a number out of a table; an unknown one says so."""
    return lambda value: table.get(value, f"{kind} that is not known here")


def etype_name(value: int) -> str:
    """`aes256-cts-hmac-sha1-96`, or that the number is unknown."""
    name = names.etype(value)
    return name.name if name.known else "an encryption type that is not known here"


def _principal(_: Walk, node: Node) -> Told:
    name = kerberos_parts.principal_name(node)
    kind = known.NAME_TYPES.get(name.name_type, "a type that is not known here")
    return quoted(str(name)), f"name type {name.name_type}, {kind}"


principal: Shape = leaf(_principal)
etype = number(etype_name)
etypes = sequence_of(etype, "etype")


def _microseconds(_: Walk, node: Node) -> Told:
    value = node.integer()
    return str(value), f"{value / 1e6:.6f} s more" if 0 <= value < 1_000_000 else "not microseconds"


microseconds = leaf(_microseconds)


def key(learnt: str = "") -> Shape:
    """An EncryptionKey: its type and size, never its octets. `learnt` keeps it for later messages."""

    def read(walk: Walk, node: Node) -> Told:
        found = kerberos_parts.encryption_key(node)
        if learnt:
            walk.learn(learnt, found)
        return f"etype {found.etype} {etype_name(found.etype)}, {walk.octets(found.contents)}", ""

    return leaf(read)


# --- encrypted data ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a ciphertext holds and which key opens it."""

    title: str
    part: Shape
    usages: tuple[int, ...]
    """RFC 4120 section 7.5.1."""
    by_session_key: bool
    """Whether a session key opens it, or a long-term one (of a keytab)."""


_ENCRYPTED: dict[int, Field] = {0: ("etype", etype), 1: ("kvno", unsigned), 2: ("cipher", octets)}


def encrypted(sealed: Sealed | None = None) -> Shape:
    """An EncryptedData: etype, kvno and the cipher's size; opened where a key is there."""

    def shape(walk: Walk, node: Node, name: str) -> TreeNode:
        made = sequence(_ENCRYPTED)(walk, node, name)
        try:
            data = kerberos_parts.encrypted_data(node)
        except DerError:
            return made
        return made if sealed is None else _opened(walk, made, sealed, data=data, depth=node.depth)

    return shape


def _opened(walk: Walk, made: TreeNode, sealed: Sealed, *, data: EncryptedData, depth: int) -> TreeNode:
    if not sealed.by_session_key and not walk.settings.keys:
        return made
    candidates = _candidates(walk, sealed, data)
    for candidate in candidates:
        plain = _decrypted(candidate, sealed.usages, data.cipher)
        if plain is not None:
            inside = _inside(walk, sealed, plain, depth=depth, label=candidate.label)
            return replace(made, children=(*made.children, inside))
    return replace(made, meaning=_unopened(sealed, data, candidates, walk))


def _candidates(walk: Walk, sealed: Sealed, data: EncryptedData) -> list[NamedKey]:
    keys = walk.session_keys if sealed.by_session_key else walk.settings.keys
    fitting = [candidate for candidate in keys if candidate.key.etype == data.etype]
    if not sealed.by_session_key:
        fitting.sort(key=lambda candidate: candidate.kvno != data.kvno)
    return fitting[:MAXIMUM_TRIES]


def _decrypted(candidate: NamedKey, usages: tuple[int, ...], cipher: bytes) -> bytes | None:
    for usage in usages:
        try:
            return decrypt(candidate.key, usage, cipher)
        except CryptoError:
            continue
    return None


def _inside(walk: Walk, sealed: Sealed, plain: bytes, *, depth: int, label: str) -> TreeNode:
    """The decrypted part in one line with what it is; its offsets are its own."""
    made = TreeNode(offset=0, length=len(plain), name=sealed.title)
    try:
        # Octets behind it are padding (RFC 3961 section 3, "decrypt").
        node, cut = piece(plain, 0, len(plain), depth + 1)
        made = noted(sealed.part(walk, node, sealed.title), cut)
    except DerError as error:
        made = replace(made, problem=str(error))
    return replace(
        made, name=f"decrypted {sealed.title}", value=f"with {label}", opens=f"the decrypted {sealed.title}"
    )


def _unopened(sealed: Sealed, data: EncryptedData, candidates: list[NamedKey], walk: Walk) -> str:
    if sealed.by_session_key:
        if not candidates:
            return f"not decrypted: the session key is not known ({_where_session_keys_are(walk)})"
        return "not decrypted: no session key of this input opens it"
    kvno = "" if data.kvno is None else f" kvno {data.kvno}"
    if not candidates:
        return f"not decrypted: the keytab has no key of etype {data.etype}"
    return (
        f"not decrypted: none of the keytab's {len(candidates)} keys of etype {data.etype} opens it:"
        f" it is for another account or key version than{kvno or ' those'}, or damaged"
        if not any(candidate.kvno == data.kvno for candidate in candidates)
        else f"not decrypted: the keytab has a key of etype {data.etype}{kvno}, but it is another one"
    )


def _where_session_keys_are(walk: Walk) -> str:
    return "no ticket was decrypted" if walk.settings.keys else "it is in the ticket: --keytab"


# --- a number that says what the octets beside it are ------------------------------------------------


def embedded(shape: Shape) -> Shape:
    """An OCTET STRING that holds DER, in one line with it."""

    def outer(walk: Walk, node: Node, name: str) -> TreeNode:
        if node.tag_class or node.tag_number != OCTET_STRING or node.constructed:
            return noted(anything(walk, node, name), f"OCTET STRING was due, {node.describe()} came")
        empty = line(node, name, (count(node.end - node.start), ""))
        if node.start == node.end:
            return empty
        try:
            inner, cut = piece(node.data, node.start, node.end, node.depth + 1)
        except DerError as error:
            return replace(empty, problem=str(error))
        made = noted(shape(walk, inner, name), cut)
        if inner.end < node.end:
            made = noted(made, f"{count(node.end - inner.end)} too many at offset {inner.end}")
        return replace(made, offset=node.offset, length=node.end - node.offset)

    return outer


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A SEQUENCE of a type and octets, with the tags and names of both fields."""

    type_tag: int
    type_name: str
    value_name: str
    kinds: Mapping[int, str]
    contents: Mapping[int, Shape]


def typed(table: Typed) -> Shape:
    """The shape of such a SEQUENCE: its line has the type's name."""

    def shape(walk: Walk, node: Node, name: str) -> TreeNode:
        kind = _integer_field(node, table.type_tag)
        value: Shape = octets if kind is None else table.contents.get(kind, octets)
        fields: dict[int, Field] = {
            table.type_tag: (table.type_name, number()),
            table.type_tag + 1: (table.value_name, value),
        }
        made = sequence(fields)(walk, node, name)
        if kind is None:
            return made
        return replace(made, value=f"type {kind}", meaning=table.kinds.get(kind, "not known here"))

    return shape


def _integer_field(node: Node, tag: int) -> int | None:
    try:
        return node.fields()[tag].inner().integer()
    except (DerError, KeyError):
        return None


# --- checksums ---------------------------------------------------------------------------------------


def _context_checksum(walk: Walk, node: Node, name: str) -> TreeNode:
    """The initiator's flags and bindings in place of a checksum, RFC 4121 section 4.1.1."""
    return collected(walk, line(node, name, (count(node.end - node.start), "")), _context_fields(walk, node))


def _context_fields(walk: Walk, node: Node) -> Iterator[TreeNode]:
    data, start, end = node.data, node.start, node.end
    length = little_endian(data, start, 4, end)
    problem = "" if length == 16 else "16 is due"
    yield TreeNode(offset=start, length=4, name="Lgth", value=str(length), problem=problem)
    little_endian(data, start + 4, 16, end)
    bindings = data[start + 4 : start + 20]
    meaning = "MD5 of the channel bindings" if any(bindings) else "no channel bindings"
    yield TreeNode(offset=start + 4, length=16, name="Bnd", value=bindings.hex(), meaning=meaning)
    flags = little_endian(data, start + 20, 4, end)
    told = flag_names(flags, known.CONTEXT_FLAGS.items())
    yield TreeNode(offset=start + 20, length=4, name="Flags", value=f"0x{flags:08X}", meaning=told)
    if start + 24 < end:
        rest = data[start + 24 : end]
        name = "delegated credentials" if flags & 1 else "extensions"
        yield TreeNode(offset=start + 24, length=len(rest), name=name, value=walk.octets(rest))


checksum = typed(
    Typed(
        type_tag=0,
        type_name="cksumtype",
        value_name="checksum",
        kinds=known.CHECKSUM_TYPES,
        contents={_GSS_CHECKSUM: _context_checksum},
    )
)


# --- small sequences ---------------------------------------------------------------------------------


def _iterations(_: Walk, node: Node) -> Told:
    content = node.octets()
    if len(content) != 4:
        return count(len(content)), "not an iteration count"
    return str(int.from_bytes(content, "big")), "iterations of PBKDF2 (RFC 3962 section 4)"


def _salt(walk: Walk, node: Node, name: str) -> TreeNode:
    """A character string in ETYPE-INFO2, octets in ETYPE-INFO (RFC 4120 section 5.2.7.4)."""
    return (octets if node.tag_number == OCTET_STRING else text)(walk, node, name)


etype_info = sequence_of(
    sequence({0: ("etype", etype), 1: ("salt", _salt), 2: ("s2kparams", leaf(_iterations))}), "entry"
)
addresses = sequence_of(
    sequence({0: ("addr-type", number(looked_up(known.ADDRESS_TYPES, "a type"))), 1: ("address", octets)}),
    "address",
)
last_requests = sequence_of(
    sequence(
        {
            0: ("lr-type", number(lambda value: known.LAST_REQUESTS.get(abs(value), "not known here"))),
            1: ("lr-value", time),
        }
    ),
    "last-req",
)
transited = sequence(
    {0: ("tr-type", number(looked_up(known.TRANSITED_TYPES, "a type"))), 1: ("contents", octets)}
)


def application(tag: int, title: str, body: Shape) -> Shape:
    """[APPLICATION tag] around a body, in one line with it."""

    def shape(walk: Walk, node: Node, name: str) -> TreeNode:
        if node.tag_class != 1 or node.tag_number != tag:
            return noted(
                anything(walk, node, name), f"{title}, application tag {tag}, was due: {node.describe()} came"
            )
        return explicit(walk, node, name, body)

    return shape
