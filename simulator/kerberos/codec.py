"""DER octets <-> plain dictionaries through pyasn1 and impacket's ASN.1 classes (PURE).

The library is untyped: all that is `Any` in the lab's Kerberos is here and in `decode`'s converters.
Nothing but `SchemaError` leaves it, whatever the octets are.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from pyasn1.codec.der import decoder, encoder  # type: ignore[import-untyped]
from pyasn1.codec.native import decoder as from_native  # type: ignore[import-untyped]
from pyasn1.codec.native import encoder as to_native
from pyasn1.error import PyAsn1Error  # type: ignore[import-untyped]

MAXIMUM_BYTES = 1 << 20
"""No message is longer: MaxTokenSize, 48000 by default and 65535 at most (KB 327825), bounds a ticket."""

Fields = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KERBEROS_TIME = re.compile(r"\d{14}Z", re.ASCII)

DECODER_ERRORS = (
    PyAsn1Error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What pyasn1 0.6 lets out on hostile octets besides its own error: integers too long to print (ValueError), deep
nesting (RecursionError), contents that a type's constructor chokes on."""


class SchemaError(Exception):
    """Octets that are not the Kerberos message they should be, or a value that no message can carry."""


def element(data: bytes, *path: int) -> bytes:
    """The contents of the element at the end of `path`, a tag octet a level, as they were sent.

    A checksum is over the octets that were sent, not over those that our encoder would have sent. Raises
    `SchemaError`.
    """
    for tag in path:
        position = 0
        while position < len(data):
            start, end = _contents(data, position)
            if data[position] == tag:
                data = data[start:end]
                break
            position = end
        else:
            raise SchemaError(f"no element with tag {tag:#04x}")
    return data


def _contents(data: bytes, position: int) -> tuple[int, int]:
    """Where the contents of the element at `position` start and end; Kerberos' tags have one octet."""
    first = int.from_bytes(data[position + 1 : position + 2], "big")
    size = first & 0x7F if first & 0x80 else 0
    start = position + 2 + size
    end = start + (int.from_bytes(data[position + 2 : start], "big") if size else first)
    if end > len(data):
        raise SchemaError("an element that ends behind the message")
    return start, end


def from_der(data: bytes, specification: Any) -> Fields:
    """Decode a SEQUENCE: fields by ASN.1 name, without those that are absent. Raises `SchemaError`."""
    return dict(_decode(data, specification))


def list_from_der(data: bytes, specification: Any) -> list[Fields]:
    """Decode a SEQUENCE OF SEQUENCE. Raises `SchemaError`."""
    return list(_decode(data, specification))


def _decode(data: bytes, specification: Any) -> Any:
    name = type(specification).__name__
    if len(data) > MAXIMUM_BYTES:
        raise SchemaError(f"{name}: {len(data)} octets, at most {MAXIMUM_BYTES} are read")
    try:
        value, rest = decoder.decode(data, asn1Spec=specification)
        native = to_native.encode(value)
    except DECODER_ERRORS as error:
        # pyasn1's own text quotes the octets at length, secrets among them.
        raise SchemaError(f"{name}: not its DER encoding ({type(error).__name__})") from None
    if rest:
        raise SchemaError(f"{name}: {len(rest)} octets behind its end")
    return native


def to_der(value: Fields | list[Fields], specification: Any) -> bytes:
    """Encode fields, or a list of them for a SEQUENCE OF; None is left out. Raises `SchemaError`."""
    try:
        return bytes(encoder.encode(from_native.decode(_without_none(value), asn1Spec=specification)))
    except DECODER_ERRORS as error:
        raise SchemaError(
            f"{type(specification).__name__}: cannot be encoded ({type(error).__name__})"
        ) from None


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value


def text(octets: bytes) -> str:
    """A KerberosString; Windows and MIT both send UTF-8. Raises `SchemaError`."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise SchemaError("a KerberosString that is not UTF-8") from None


def time_from(octets: bytes) -> int:
    """Seconds since the epoch (UTC) of a KerberosTime. Raises `SchemaError`."""
    written = octets.decode("ascii", errors="replace")
    if _KERBEROS_TIME.fullmatch(written) is None:
        raise SchemaError("a KerberosTime that is not YYYYMMDDHHMMSSZ")
    try:
        moment = datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SchemaError("a KerberosTime that no calendar has") from None
    return int((moment - _EPOCH).total_seconds())


def time_to(seconds: int) -> str:
    """The KerberosTime of a moment. Raises `SchemaError` outside the years 1 to 9999."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise SchemaError(f"{seconds} s since the epoch is outside the calendar") from None
    # strftime does not pad the year on every platform.
    return f"{moment.year:04}{moment:%m%d%H%M%S}Z"


def flags_from(bits: str) -> int:
    """The first 32 bits of a KerberosFlags; missing ones are zero."""
    return int(bits[:32].ljust(32, "0"), 2)


def flags_to(flags: int) -> str:
    """Exactly 32 bits, as RFC 4120 section 5.2.8 has them sent."""
    return format(flags & 0xFFFFFFFF, "032b")
