"""What an LDAP server sends (RFC 4511), from octets to values, with a bound on everything. PURE.

Active Directory writes lengths that are not minimal (``30 84 00 00 00 10``); BER allows it. Unknown operations are
kept by their tag, unknown fields are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from probe.wire.der import APPLICATION, CONTEXT, DerError, Node, read_message

MAXIMUM_MESSAGE_BYTES = 1 << 19
"""A group membership of 1500 values, the most that Active Directory gives at once, has about 300 KB."""
MAXIMUM_ATTRIBUTES = 64
MAXIMUM_VALUES = 500
"""Of one attribute. What is left out is told by `Entry.cut`."""
MAXIMUM_VALUE_BYTES = 1024
MAXIMUM_TEXT_BYTES = 512
"""Of a diagnostic message or a distinguished name that is no attribute."""
MAXIMUM_REFERENCES = 8

_SEQUENCE_OCTET = 0x30
_MAXIMUM_LENGTH_BYTES = 8


class LdapError(Exception):
    """Octets that are no LDAP message, or more of them than we read. The text quotes no contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An LDAPResult (RFC 4511 section 4.1.9)."""

    code: int
    text: str = ""
    """diagnosticMessage, cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindResponse:
    """The answer to a bind; ``credentials`` are the SASL mechanism's next token."""

    result: Result
    credentials: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One object. Attribute names are in lower case and without options (``;range=0-1499``)."""

    dn: str
    attributes: Mapping[str, tuple[bytes, ...]]
    cut: bool = False
    """Attributes or values were left out, by our limits or by the server's (a range)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """searchResultReference: another server has the rest. The probe never goes there."""

    uris: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDone:
    """The end of a search."""

    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedResponse:
    """The answer to an extended request; with message number 0 an unsolicited notification."""

    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Another operation, by its tag."""

    tag: int


Operation = BindResponse | Entry | Reference | SearchDone | ExtendedResponse | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One LDAPMessage; its controls are not looked at."""

    number: int
    operation: Operation


def message_octets(begin: bytes | bytearray) -> int | None:
    """How many octets the message has that begins here; None as long as that cannot be told.

    Raises LdapError for what is no message or a larger one than MAXIMUM_MESSAGE_OCTETS.
    """
    if not begin:
        return None
    if begin[0] != _SEQUENCE_OCTET:
        raise LdapError(f"a message begins with 30, not with {begin[0]:02x}")
    if len(begin) < 2:
        return None
    if not begin[1] & 0x80:
        return 2 + begin[1]
    count = begin[1] & 0x7F
    if not 0 < count <= _MAXIMUM_LENGTH_BYTES:
        raise LdapError(f"a length of 1 to {_MAXIMUM_LENGTH_BYTES} octets is due, {count} are announced")
    if len(begin) < 2 + count:
        return None
    total = 2 + count + int.from_bytes(begin[2 : 2 + count], "big")
    if total > MAXIMUM_MESSAGE_BYTES:
        raise LdapError(f"a message of {total} octets is announced, at most {MAXIMUM_MESSAGE_BYTES} are read")
    return total


def decode(data: bytes) -> Message:
    """One whole message. Raises LdapError."""
    try:
        parts = read_message(data).sequence().children()
        number, operation = next(parts, None), next(parts, None)
        if number is None or operation is None:
            raise LdapError("a message has a number and an operation")
        return Message(number=number.integer(), operation=_operation(operation))
    except DerError as error:
        raise LdapError(str(error)) from None


def _operation(node: Node) -> Operation:
    """By its application tag: RFC 4511 sections 4.2.2, 4.5.2 and 4.12."""
    if node.tag_class != APPLICATION or not node.constructed:
        return Unknown(tag=node.tag_number)
    match node.tag_number:
        case 1:
            return BindResponse(result=_result(node), credentials=_credentials(node))
        case 4:
            return _entry(node)
        case 5:
            return SearchDone(result=_result(node))
        case 19:
            uris = islice(node.children(), MAXIMUM_REFERENCES)
            return Reference(uris=tuple(_text(uri.content) for uri in uris))
        case 24:
            return ExtendedResponse(result=_result(node))
        case tag:
            return Unknown(tag=tag)


def _result(node: Node) -> Result:
    """LDAPResult ::= SEQUENCE { resultCode ENUMERATED, matchedDN LDAPDN, diagnosticMessage LDAPString, ... }."""
    parts = node.children()
    code, matched, text = next(parts, None), next(parts, None), next(parts, None)
    if code is None or matched is None or text is None:
        raise LdapError("a result has a code and two texts")
    return Result(code=code.enumerated(), text=_text(text.octets()))


def _credentials(node: Node) -> bytes | None:
    """``serverSaslCreds [7] OCTET STRING OPTIONAL`` behind the result."""
    for part in node.children():
        if part.tag_class == CONTEXT and part.tag_number == 7:
            return part.content
    return None


def _entry(node: Node) -> Entry:
    """SearchResultEntry ::= SEQUENCE { objectName LDAPDN, attributes SEQUENCE OF SEQUENCE { type, vals SET OF } }."""
    parts = node.children()
    name, attributes = next(parts, None), next(parts, None)
    if name is None or attributes is None:
        raise LdapError("an entry has a name and attributes")
    found: dict[str, tuple[bytes, ...]] = {}
    cut = False
    listed = attributes.sequence().children()
    for attribute in islice(listed, MAXIMUM_ATTRIBUTES):
        kind, values, shortened = _attribute(attribute)
        # A range comes beside an empty attribute of the same name: MS-ADTS section 3.1.1.3.1.3.3.
        found[kind] = found.get(kind, ()) + values
        cut = cut or shortened
    return Entry(dn=_text(name.octets()), attributes=found, cut=cut or next(listed, None) is not None)


def _attribute(node: Node) -> tuple[str, tuple[bytes, ...], bool]:
    parts = node.sequence().children()
    kind, values = next(parts, None), next(parts, None)
    if kind is None or values is None:
        raise LdapError("an attribute has a type and values")
    name, _, options = _text(kind.octets()).casefold().partition(";")
    kept, shortened = _values(values.children())
    partial = options.startswith("range=") and not options.endswith("-*")
    return name, kept, shortened or partial


def _values(nodes: Iterator[Node]) -> tuple[tuple[bytes, ...], bool]:
    kept: list[bytes] = []
    shortened = False
    for node in islice(nodes, MAXIMUM_VALUES):
        length = node.end - node.start
        shortened = shortened or length > MAXIMUM_VALUE_BYTES
        kept.append(node.data[node.start : min(node.end, node.start + MAXIMUM_VALUE_BYTES)])
    return tuple(kept), shortened or next(nodes, None) is not None


def _text(content: bytes) -> str:
    return content[:MAXIMUM_TEXT_BYTES].decode("utf-8", "replace").rstrip("\0\n")
