"""Distinguished names (PURE; RFC 4514): written with their escapes, compared without case."""

import re
from dataclasses import dataclass

MAXIMUM_BYTES = 4096
"""No name of a directory this small is longer; AD has no such limit of its own."""

_SPECIAL = re.compile(r'([,+"\\<>;=]|^[ #]|[ ]$)')
_PART = re.compile(r"(?:\\.|[^,\\])*", re.DOTALL)
_OUTER_SPACE = re.compile(r"^ +|(?<!\\) +$")
_ESCAPED = re.compile(r"\\(?:([0-9A-Fa-f]{2})|(.))", re.DOTALL)


class InvalidName(ValueError):
    """Text that is no distinguished name."""


@dataclass(frozen=True, slots=True)
class Name:
    """A distinguished name, first component first: ``(("cn", "ex1"), ("cn", "computers"), ...)`` in lower case."""

    parts: tuple[tuple[str, str], ...]

    def is_in(self, base: "Name") -> bool:
        """Whether it is ``base`` or below it."""
        return self.parts[max(len(self.parts) - len(base.parts), 0) :] == base.parts

    def parent(self) -> "Name":
        """The name without its first component."""
        return Name(self.parts[1:])


def escaped(value: str) -> str:
    """A value as it is written inside a name (RFC 4514 section 2.4)."""
    return _SPECIAL.sub(r"\\\1", value)


def parse(text: str) -> Name:
    """Read a name; the empty one has no components. Raises InvalidName."""
    if len(text) > MAXIMUM_BYTES:
        raise InvalidName(f"{len(text)} characters, at most {MAXIMUM_BYTES} are read")
    if not text.strip():
        return Name(())
    return Name(tuple(_component(part) for part in _split(text)))


def _split(text: str) -> list[str]:
    parts, position = [], 0
    while True:
        found = _PART.match(text, position)
        end = position if found is None else found.end()
        parts.append(text[position:end])
        if end >= len(text):
            return parts
        if text[end] != ",":
            raise InvalidName("a backslash at the end")
        position = end + 1


def _component(text: str) -> tuple[str, str]:
    kind, equals, value = text.partition("=")
    if not equals or not kind.strip():
        raise InvalidName("a component without =")
    kept = _OUTER_SPACE.sub("", value)
    plain = _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], kept)
    return kind.strip().lower(), plain.lower()


def of_domain(domain: str) -> str:
    """``DC=contoso,DC=lab`` for ``contoso.lab`` (RFC 2247)."""
    return ",".join(f"DC={escaped(label)}" for label in domain.split("."))
