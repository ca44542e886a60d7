"""impacket's filter -> ours, with a bound on its depth (PURE; RFC 4511 section 4.5.1)."""

from typing import Any

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


class FilterError(Exception):
    """A filter that cannot be read."""


def read(value: Any, *, depth: int = 0) -> Filter:
    """Read a filter. Raises FilterError."""
    if depth > MAXIMUM_DEPTH:
        raise FilterError(f"a filter of more than {MAXIMUM_DEPTH} levels")
    kind, inside = str(value.getName()), value.getComponent()
    if kind in ("and", "or", "not"):
        return _combined(kind, [read(part, depth=depth + 1) for part in inside])
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


def _combined(kind: str, parts: list[Filter]) -> Filter:
    if kind == "and":
        return And(parts=tuple(parts))
    if kind == "or":
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
