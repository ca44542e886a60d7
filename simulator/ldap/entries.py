"""An object of the directory, and the filters that choose among them (PURE; RFC 4511 section 4.5.1.7)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from simulator.ldap import names
from simulator.ldap.names import Name

NAME_ATTRIBUTES = frozenset({"distinguishedname", "memberof", "member", "objectcategory"})
"""Attributes of the syntax distinguished name, which are compared as names."""
BIT_AND, BIT_OR = "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804"
"""LDAP_MATCHING_RULE_BIT_AND and _OR (MS-ADTS section 3.1.1.3.4.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One object. ``attributes`` has their names as the schema spells them."""

    dn: str
    attributes: Mapping[str, tuple[bytes, ...]]
    constructed: frozenset[str] = frozenset()
    """The attributes that AD computes: given when they are asked for by name, and no filter finds them."""
    name: Name = field(init=False)
    _folded: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", names.parse(self.dn))
        object.__setattr__(self, "_folded", {spelled.lower(): spelled for spelled in self.attributes})

    def values(self, attribute: str) -> tuple[bytes, ...]:
        """What a filter sees; empty for what is not there."""
        spelled = self._folded.get(attribute.lower(), "")
        return () if spelled in self.constructed else self.attributes.get(spelled, ())

    def chosen(self, wanted: tuple[str, ...]) -> Iterator[tuple[str, tuple[bytes, ...]]]:
        """The attributes that a search asks for (RFC 4511 section 4.5.1.8): none named is all, ``1.1`` is none."""
        asked = {attribute.lower() for attribute in wanted}
        everything = not asked or "*" in asked
        for spelled, values in self.attributes.items():
            if spelled.lower() in asked or (everything and spelled not in self.constructed):
                yield spelled, values


def entry(
    dn: str, attributes: Mapping[str, str | Iterable[str]], *, constructed: Iterable[str] = ()
) -> Entry:
    """An object of text: one value or several an attribute; an attribute without values is left out."""
    found = {
        name: tuple(text.encode() for text in ((value,) if isinstance(value, str) else value))
        for name, value in attributes.items()
    }
    return Entry(
        dn=dn,
        attributes={name: values for name, values in found.items() if values},
        constructed=frozenset(constructed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Every part is true."""

    parts: tuple["Filter", ...]

    def matches(self, found: Entry) -> bool | None:
        """None when it cannot be said (RFC 4511: Undefined)."""
        opinions = [part.matches(found) for part in self.parts]
        return False if False in opinions else None if None in opinions else True


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """One part is true."""

    parts: tuple["Filter", ...]

    def matches(self, found: Entry) -> bool | None:
        """None when it cannot be said."""
        opinions = [part.matches(found) for part in self.parts]
        return True if True in opinions else None if None in opinions else False


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part is false."""

    part: "Filter"

    def matches(self, found: Entry) -> bool | None:
        """None when it cannot be said."""
        opinion = self.part.matches(found)
        return None if opinion is None else not opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The attribute has a value."""

    attribute: str

    def matches(self, found: Entry) -> bool | None:
        """Whether it has."""
        return bool(found.values(self.attribute))


@dataclass(frozen=True, slots=True, kw_only=True)
class Equality:
    """A value is ``value``, case aside."""

    attribute: str
    value: bytes

    def matches(self, found: Entry) -> bool | None:
        """Whether one is."""
        wanted = _comparable(self.attribute, self.value)
        return any(
            _comparable(self.attribute, value) == wanted for value in found.values(self.attribute)
        ) or (self.attribute.lower() == "objectcategory" and self._is_category(found))

    def _is_category(self, found: Entry) -> bool:
        """AD takes a class's name for its category (MS-ADTS section 3.1.1.3.1.3.5)."""
        wanted = ("cn", _text(self.value))
        return any(names.parse(_text(value)).parts[:1] == (wanted,) for value in found.values(self.attribute))


@dataclass(frozen=True, slots=True, kw_only=True)
class Substrings:
    """A value begins with ``initial``, has each of ``any`` behind it in this order, and ends with ``final``."""

    attribute: str
    initial: bytes = b""
    middle: tuple[bytes, ...] = ()
    final: bytes = b""

    def matches(self, found: Entry) -> bool | None:
        """Whether one does."""
        return any(self._fits(_text(value)) for value in found.values(self.attribute))

    def _fits(self, text: str) -> bool:
        initial, final = _text(self.initial), _text(self.final)
        if not text.startswith(initial):
            return False
        position = len(initial)
        for part in self.middle:
            position = text.find(_text(part), position)
            if position < 0:
                return False
            position += len(_text(part))
        return len(text) - len(final) >= position and text.endswith(final)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """A number is at least, or at most, ``value``."""

    attribute: str
    value: bytes
    at_least: bool

    def matches(self, found: Entry) -> bool | None:
        """Whether one is; None when the limit is no number."""
        limit = _number(self.value)
        if limit is None:
            return None
        numbers = [number for value in found.values(self.attribute) if (number := _number(value)) is not None]
        return any(number >= limit if self.at_least else number <= limit for number in numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensible:
    """A value fits by the matching rule ``rule``; the lab has the two of AD's that test bits."""

    rule: str
    attribute: str
    value: bytes

    def matches(self, found: Entry) -> bool | None:
        """Whether one does; None for any other rule."""
        mask = _number(self.value)
        if self.rule not in (BIT_AND, BIT_OR) or mask is None:
            return None
        bits = [
            number & mask for value in found.values(self.attribute) if (number := _number(value)) is not None
        ]
        return any(each == mask if self.rule == BIT_AND else each != 0 for each in bits)


Filter = And | Or | Not | Present | Equality | Substrings | Ordering | Extensible


def _text(value: bytes) -> str:
    return value.decode(errors="replace").lower()


def _comparable(attribute: str, value: bytes) -> object:
    text = _text(value)
    if attribute.lower() not in NAME_ATTRIBUTES:
        return text
    try:
        return names.parse(text)
    except names.InvalidName:
        return text


def _number(value: bytes) -> int | None:
    """At most 20 digits: AD's largest syntax has 64 bits."""
    text = value.decode("ascii", errors="replace").strip()
    return int(text) if len(text) <= 20 and text.lstrip("-").isdecimal() else None
