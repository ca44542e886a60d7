"""Definite-length BER and DER: a reader that keeps byte offsets and a writer, both over plain octets.

PURE. Only what Kerberos (RFC 4120 section 5), GSS-API framing (RFC 2743 section 3.1) and SPNEGO (RFC 4178)
use; the encoding rules are those of ITU-T X.690. The reader is tolerant where peers are known to differ
(lengths that are not minimal, unknown fields) and strict where a length runs out of its container, for then
nothing after it can be trusted. `DerError` is the only exception that leaves this module on bad input.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

UNIVERSAL, APPLICATION, CONTEXT, PRIVATE = 0, 1, 2, 3
"""Tag classes, X.690 section 8.1.2.2 (the two uppermost bits of the identifier octet)."""

INTEGER, BIT_STRING, OCTET_STRING, OBJECT_IDENTIFIER, ENUMERATED = 2, 3, 4, 6, 10
UTF8_STRING, SEQUENCE, IA5_STRING, GENERALIZED_TIME, VISIBLE_STRING, GENERAL_STRING = 12, 16, 22, 24, 26, 27
"""Universal tag numbers, X.680 section 8.4."""

MAXIMUM_DEPTH = 32
"""Levels of nesting followed. A KDC-REP with its ticket needs nine; the bound is there for hostile input."""

MAXIMUM_INTEGER_BYTES = 8
"""Kerberos has nothing over 32 bits (RFC 4120 section 5.2.4); eight octets leave room for the unknown."""

MAXIMUM_OID_BYTES = 128

_TEXT_TAGS = frozenset({GENERAL_STRING, UTF8_STRING, IA5_STRING, VISIBLE_STRING})
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLASS_NAMES = ("universal", "application", "context", "private")


class DerError(Exception):
    """Octets that are not the message they should be.

    `offset` is the octet (from 0, within the buffer that was decoded) where it shows, `due` what had to be
    there and `came` what was there instead. Neither ever quotes contents, which may be secret.
    """

    def __init__(self, *, offset: int, due: str, came: str) -> None:
        super().__init__(offset, due, came)
        self.offset = offset
        self.due = due
        self.came = came

    def __str__(self) -> str:
        return f"at octet {self.offset}: {self.due} was due, {self.came} came"


class Node(NamedTuple):
    """One tag-length-value within `data`. All offsets count from the start of `data`.

    A NamedTuple and not a dataclass: it is as immutable and costs a third, and a message has dozens of them.
    """

    data: bytes
    tag_class: int
    constructed: bool
    tag_number: int
    offset: int
    start: int
    end: int
    depth: int

    def __repr__(self) -> str:
        return f"Node({self.describe()}, offset={self.offset}, length={self.end - self.start})"

    @property
    def header_length(self) -> int:
        """Octets of identifier and length."""
        return self.start - self.offset

    @property
    def content(self) -> bytes:
        """The contents octets."""
        return self.data[self.start : self.end]

    @property
    def raw(self) -> bytes:
        """Identifier, length and contents, verbatim."""
        return self.data[self.offset : self.end]

    def describe(self) -> str:
        """The tag in words, for an error message."""
        return f"{_CLASS_NAMES[self.tag_class]} tag {self.tag_number}"

    def refuse(self, due: str) -> DerError:
        """The error that says this node is not what was due."""
        return DerError(offset=self.offset, due=due, came=self.describe())

    def children(self) -> Iterator["Node"]:
        """The nodes inside a constructed one, in order. Raises DerError at the first that does not fit."""
        if not self.constructed:
            raise self.refuse("a constructed value")
        offset = self.start
        while offset < self.end:
            child = read_node(self.data, offset, self.end, self.depth + 1)
            yield child
            offset = child.end

    def inner(self) -> "Node":
        """The one node inside an explicit tag. Raises DerError if there is none or more than one."""
        if not self.constructed:
            raise self.refuse("an explicit tag")
        child = read_node(self.data, self.start, self.end, self.depth + 1)
        if child.end != self.end:
            raise DerError(offset=child.end, due="the end of an explicit tag", came="further octets")
        return child

    def sequence(self) -> "Node":
        """Itself, when it is a SEQUENCE (or SEQUENCE OF)."""
        if self.tag_number != SEQUENCE or self.tag_class or not self.constructed:
            raise self.refuse("SEQUENCE")
        return self

    def fields(self) -> dict[int, "Node"]:
        """Context tag number -> explicit tag, of a SEQUENCE.

        Unknown numbers stay in; of a repeated one the first.
        """
        found: dict[int, Node] = {}
        for child in self.sequence().children():
            if child.tag_class == CONTEXT:
                found.setdefault(child.tag_number, child)
        return found

    def _primitive(self, tag_number: int, name: str) -> bytes:
        if self.tag_number != tag_number or self.tag_class or self.constructed:
            raise self.refuse(name)
        return self.data[self.start : self.end]

    def integer(self) -> int:
        """An INTEGER, with its sign."""
        return self._number(self._primitive(INTEGER, "INTEGER"))

    def unsigned32(self) -> int:
        """A UInt32 (RFC 4120 section 5.2.4).

        Some peers send the upper half as a negative number: taken as 32 bits.
        """
        return self.integer() & 0xFFFFFFFF

    def enumerated(self) -> int:
        """An ENUMERATED; an INTEGER in its place is taken too."""
        if self.tag_number == INTEGER:
            return self.integer()
        return self._number(self._primitive(ENUMERATED, "ENUMERATED"))

    def _number(self, content: bytes) -> int:
        if not 0 < len(content) <= MAXIMUM_INTEGER_BYTES:
            due = f"1 to {MAXIMUM_INTEGER_BYTES} octets of integer"
            raise DerError(offset=self.offset, due=due, came=f"{len(content)} octets")
        return int.from_bytes(content, "big", signed=True)

    def octets(self) -> bytes:
        """The contents of an OCTET STRING."""
        return self._primitive(OCTET_STRING, "OCTET STRING")

    def text(self) -> str:
        """A GeneralString (KerberosString) or another character string: UTF-8 if it is that, else Latin-1.

        RFC 4120 section 5.2.1 allows IA5String only, but implementations send UTF-8 and, older ones, their
        code page.
        """
        if self.tag_class or self.constructed or self.tag_number not in _TEXT_TAGS:
            raise self.refuse("GeneralString")
        content = self.data[self.start : self.end]
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content.decode("latin-1")

    def time(self) -> float:
        """A GeneralizedTime as seconds since the Unix epoch, UTC.

        A fraction (against RFC 4120 5.2.3) is tolerated.
        """
        content = self._primitive(GENERALIZED_TIME, "GeneralizedTime")
        try:
            return _seconds(content)
        except (ValueError, OverflowError):
            pass
        raise DerError(
            offset=self.offset, due="a time like 20260131235959Z", came=f"{len(content)} other octets"
        )

    def flags(self) -> int:
        """The first 32 bits of a BIT STRING, bit 0 uppermost (RFC 4120 section 5.2.8); missing ones are 0."""
        content = self._primitive(BIT_STRING, "BIT STRING")
        if not content or content[0] > 7:
            raise DerError(
                offset=self.offset, due="a count of unused bits, 0 to 7", came="none or a larger one"
            )
        return int.from_bytes(content[1:5].ljust(4, b"\0"), "big")

    def oid(self) -> str:
        """An OBJECT IDENTIFIER, dotted."""
        content = self._primitive(OBJECT_IDENTIFIER, "OBJECT IDENTIFIER")
        if not 0 < len(content) <= MAXIMUM_OID_BYTES or content[-1] & 0x80:
            raise DerError(offset=self.offset, due="a whole object identifier", came=f"{len(content)} octets")
        return _dotted(content)


def _seconds(content: bytes) -> float:
    text = content.decode("ascii")
    whole, _, fraction = text[:-1].partition(".")
    if len(whole) != 14 or text[-1] != "Z" or not (whole + fraction).isdecimal():
        raise ValueError(text)
    day = date(int(whole[0:4]), int(whole[4:6]), int(whole[6:8])).toordinal() - _EPOCH_ORDINAL
    hour, minute, second = int(whole[8:10]), int(whole[10:12]), int(whole[12:14])
    if hour > 23 or minute > 59 or second > 60:  # 60: a leap second
        raise ValueError(text)
    return day * 86400.0 + hour * 3600 + minute * 60 + second + (float("0." + fraction) if fraction else 0.0)


def _dotted(content: bytes) -> str:
    """The dotted form of an object identifier's contents octets (X.690 section 8.19)."""
    arcs: list[int] = []
    value = 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def read_node(data: bytes, offset: int = 0, end: int | None = None, depth: int = 0) -> Node:
    """The node that begins at `offset` and must be over at `end` (default: the end of `data`).

    Raises DerError.
    """
    limit = len(data) if end is None else end
    if depth > MAXIMUM_DEPTH:
        raise DerError(offset=offset, due=f"at most {MAXIMUM_DEPTH} levels", came="a deeper one")
    if offset + 2 > limit:
        raise DerError(offset=offset, due="a tag and a length", came=f"{max(limit - offset, 0)} octets")
    first, length, start = data[offset], data[offset + 1], offset + 2
    number = first & 0x1F
    if number == 0x1F:
        number, start = _long_tag(data, offset + 1, limit)
        length = data[start - 1]
    if length & 0x80:
        length, start = _long_length(data, start - 1, limit)
    if start + length > limit:
        raise DerError(offset=offset, due=f"{length} octets of contents", came=f"{limit - start}")
    return Node(data, first >> 6, first & 0x20 != 0, number, offset, start, start + length, depth)


def _long_tag(data: bytes, offset: int, limit: int) -> tuple[int, int]:
    """Tag number and the offset behind the first length octet (X.690 section 8.1.2.4; four at most)."""
    number = 0
    for position in range(offset, min(offset + 4, limit - 1)):
        number = number << 7 | data[position] & 0x7F
        if not data[position] & 0x80:
            return number, position + 2
    raise DerError(
        offset=offset, due="a tag number of 1 to 4 octets and a length", came="an endless or cut one"
    )


def _long_length(data: bytes, offset: int, limit: int) -> tuple[int, int]:
    """Length and the offset of the contents (X.690 section 8.1.3.5)."""
    count = data[offset] & 0x7F
    if not count:
        raise DerError(offset=offset, due="a definite length", came="an indefinite one")
    start = offset + 1 + count
    if start > limit:
        raise DerError(offset=offset, due=f"{count} octets of length", came=f"{limit - offset - 1}")
    return int.from_bytes(data[offset + 1 : start], "big"), start


def read_message(data: bytes | bytearray | memoryview) -> Node:
    """The one node that `data` is. Raises DerError if octets follow it."""
    node = read_node(bytes(data))
    if node.end != len(node.data):
        raise DerError(
            offset=node.end, due="the end of the message", came=f"{len(node.data) - node.end} more octets"
        )
    return node


def required(fields: dict[int, Node], number: int, name: str, parent: Node) -> Node:
    """The contents of the explicit context tag `number`; DerError names the field when it is not there."""
    field = fields.get(number)
    if field is None:
        raise DerError(offset=parent.offset, due=f"field [{number}] {name}", came="a SEQUENCE without it")
    return field.inner()


def optional(fields: dict[int, Node], number: int) -> Node | None:
    """The contents of the explicit context tag `number`, or None."""
    field = fields.get(number)
    return None if field is None else field.inner()


# --- writer ------------------------------------------------------------------------------------------


def tlv(identifier: int, content: bytes) -> bytes:
    """Identifier octet, DER length, contents."""
    length = len(content)
    if length < 0x80:
        return bytes((identifier, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((identifier, 0x80 | len(octets))) + octets + content


def context(number: int, content: bytes) -> bytes:
    """An explicit context tag, number 0 to 30."""
    return tlv(0xA0 | number, content)


def application(number: int, content: bytes) -> bytes:
    """A constructed application tag, number 0 to 30."""
    return tlv(0x60 | number, content)


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of encoded parts; b"" stands for a field that is left out."""
    return tlv(0x30, b"".join(parts))


def integer(value: int) -> bytes:
    """An INTEGER of any sign."""
    if 0 <= value < 0x80:
        return bytes((INTEGER, 1, value))
    # A negative number needs the octets of its complement: -129 two, -128 one.
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(INTEGER, value.to_bytes(size, "big", signed=True))


def enumerated(value: int) -> bytes:
    """An ENUMERATED."""
    return bytes((ENUMERATED,)) + integer(value)[1:]


def octet_string(value: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(OCTET_STRING, value)


def general_string(value: str) -> bytes:
    """A GeneralString of UTF-8, as Windows and MIT write a KerberosString."""
    return tlv(GENERAL_STRING, value.encode())


def bit_string(flags: int) -> bytes:
    """A BIT STRING of exactly 32 bits, bit 0 uppermost (KerberosFlags, RFC 4120 section 5.2.8)."""
    return b"\x03\x05\x00" + flags.to_bytes(4, "big")


def generalized_time(seconds: float) -> bytes:
    """A KerberosTime from seconds since the Unix epoch, UTC; the fraction is cut off (it has its own field).

    Raises ValueError outside the years 1 to 9999.
    """
    return _generalized_time(int(seconds // 1))


@lru_cache(maxsize=256)
def _generalized_time(seconds: int) -> bytes:
    # Not datetime.fromtimestamp: on Windows it fails before 1970. Not strftime: on Linux year 1 is "1".
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError("a KerberosTime is within the years 1 to 9999") from None
    day = f"{moment.year:04}{moment.month:02}{moment.day:02}"
    return tlv(GENERALIZED_TIME, f"{day}{moment.hour:02}{moment.minute:02}{moment.second:02}Z".encode())


@lru_cache(maxsize=64)
def object_identifier(text: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form. Raises ValueError for what is none."""
    first, second, *rest = (int(arc) for arc in text.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        groups = range((max(arc.bit_length(), 1) - 1) // 7, -1, -1)
        content += bytes((arc >> 7 * group & 0x7F) | (0x80 if group else 0) for group in groups)
    return tlv(OBJECT_IDENTIFIER, bytes(content))
