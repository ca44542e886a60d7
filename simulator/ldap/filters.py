"""A search filter's octets -> our values, with a bound on its depth (PURE; RFC 4511 section 4.5.1).

impacket's ``Filter`` class reads one condition; it does not read those that ``&``, ``|`` and ``!`` are made of.
"""

from typing import Any

from impacket.ldap import ldapasn1
from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]

from simulator.acceptors.messages import TokenError, split_element
from simulator.ldap.entries import (
    And,
    Equality,
    Extensible,
    Filter,
    Not,
    Or,
    Ordering,
    Present,
    Substrings,
)

MAXIMUM_DEPTH = 16
"""No administrator's filter is deeper."""
_AND, _OR, _NOT = 0xA0, 0xA1, 0xA2


class FilterError(Exception):
    """A filter that cannot be read."""


def read(data: bytes, *, depth: int = 0) -> Filter:
    """Read a filter that is all of ``data``. Raises FilterError, and pyasn1's errors for a bad condition."""
    if depth > MAXIMUM_DEPTH:
        raise FilterError(f"a filter of more than {MAXIMUM_DEPTH} levels")
    if data[:1] and data[0] in (_AND, _OR, _NOT):
        return _combined(data[0], [read(part, depth=depth + 1) for part in _elements(_contents(data))])
    value, rest = decoder.decode(data, asn1Spec=ldapasn1.Filter())
    if rest:
        raise FilterError("octets behind a filter")
    return _condition(str(value.getName()), value.getComponent())


def _contents(data: bytes) -> bytes:
    try:
        contents, rest = split_element(data, tag=data[0])
    except TokenError as error:
        raise FilterError(str(error)) from None
    if rest:
        raise FilterError("octets behind a filter")
    return contents


def _elements(data: bytes) -> list[bytes]:
    """The elements that ``data`` is made of, each with its tag and length."""
    found = []
    while data:
        try:
            _, rest = split_element(data, tag=data[0])
        except TokenError as error:
            raise FilterError(str(error)) from None
        found.append(data[: len(data) - len(rest)])
        data = rest
    return found


def _condition(kind: str, inside: Any) -> Filter:
    if kind == "present":
        return Present(attribute=_text(inside))
    if kind == "substrings":
        return _substrings(inside)
    if kind == "extensibleMatch":
        return Extensible(
            rule=_optional(inside["matchingRule"]),
            attribute=_optional(inside["type"]),
            value=bytes(inside["matchValue"]),
        )
    attribute, asserted = _text(inside["attributeDesc"]), bytes(inside["assertionValue"])
    if kind in ("greaterOrEqual", "lessOrEqual"):
        return Ordering(attribute=attribute, value=asserted, at_least=kind == "greaterOrEqual")
    # approxMatch is equality, as in AD (MS-ADTS section 3.1.1.3.1.3.1).
    return Equality(attribute=attribute, value=asserted)


def _combined(kind: int, parts: list[Filter]) -> Filter:
    if kind == _AND:
        return And(parts=tuple(parts))
    if kind == _OR:
        return Or(parts=tuple(parts))
    if len(parts) != 1:
        raise FilterError("a negation is of one filter")
    return Not(part=parts[0])


def _substrings(value: Any) -> Substrings:
    given: dict[str, list[bytes]] = {"initial": [], "any": [], "final": []}
    for part in value["substrings"]:
        given[str(part.getName())].append(bytes(part.getComponent()))
    if len(given["initial"]) > 1 or len(given["final"]) > 1 or not any(given.values()):
        raise FilterError("a substring filter has parts, one of them first and one last")
    return Substrings(
        attribute=_text(value["type"]),
        initial=b"".join(given["initial"]),
        middle=tuple(given["any"]),
        final=b"".join(given["final"]),
    )


def _optional(value: Any) -> str:
    return _text(value) if value.hasValue() else ""


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace")
