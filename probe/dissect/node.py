"""The annotated tree that `exps decode` shows: offset, length, name, value, meaning, and what is inside. PURE.

A tree is for people who look at a token that somebody else made, perhaps damaged, so building one never fails:
where the octets stop making sense a node has a `problem` that says why. Octets are shown by their count; what
could be replayed (keys, ciphers, responses) is shown in full only when `Settings.include_secrets` says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from probe.wire.crypto import Key

MAXIMUM_NODES = 2000
"""Lines of a tree; a ticket in an AP-REQ in SPNEGO, decrypted, has about 120."""
MAXIMUM_VALUE = 256
"""Characters of one value or meaning."""
MAXIMUM_INPUT = 1024 * 1024
"""Octets of one token: MaxTokenSize of Windows is 48 000 by default and 65 535 at most."""
MAXIMUM_LEARNED_KEYS = 64

CUT = "cut: "
"""How the problem of a node begins that is longer than what it stands in."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """One line of the tree. `offset` and `length` are octets (characters in an EXCHANGEAUTH blob)."""

    offset: int
    length: int
    name: str
    value: str = ""
    meaning: str = ""
    problem: str = ""
    """Why decoding stopped here, or what is wrong with the value; "" when all is well."""
    opens: str = ""
    """Not "" where a new buffer begins, such as a decrypted part: the offsets below count within it."""
    children: tuple["TreeNode", ...] = ()

    def walk(self) -> Iterator["TreeNode"]:
        """This node and all below it, in the order of the lines."""
        yield self
        for child in self.children:
            yield from child.walk()

    def problems(self) -> Iterator["TreeNode"]:
        """The nodes at which something is wrong."""
        return (node for node in self.walk() if node.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKey:
    """A long-term key and whose it is, as a keytab has it."""

    label: str
    """Whose it is, for example `the key of EX1$@CONTOSO.LAB kvno 3`."""
    kvno: int
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the reader of the tree has given."""

    keys: tuple[NamedKey, ...] = ()
    include_secrets: bool = False


@dataclass(slots=True)
class Walk:
    """The state of building one tree: how many nodes may still come, and the session keys found so far."""

    settings: Settings = field(default_factory=Settings)
    nodes_left: int = MAXIMUM_NODES
    session_keys: list[NamedKey] = field(default_factory=list)
    """From tickets, authenticators and KDC replies that were decrypted; the newest first."""

    def spend(self) -> bool:
        """Whether there may be one more node."""
        self.nodes_left -= 1
        return self.nodes_left >= 0

    def learn(self, label: str, key: Key) -> None:
        """Keep a session key for what comes later in the same input."""
        if all(known.key != key for known in self.session_keys):
            self.session_keys.insert(0, NamedKey(label=label, kvno=0, key=key))
        del self.session_keys[MAXIMUM_LEARNED_KEYS:]

    def octets(self, content: bytes) -> str:
        """Octets that may be secret: their count, and themselves only when secrets were asked for."""
        shown = count(len(content))
        return f"{shown}: {content.hex()}" if self.settings.include_secrets and content else shown


def count(octets: int) -> str:
    """`1 octet`, `2 octets`."""
    return "1 octet" if octets == 1 else f"{octets} octets"


def printable(text: str, limit: int = MAXIMUM_VALUE) -> str:
    """Text of a peer's made harmless for a terminal and one line: what does not print becomes an escape."""
    head = text[:limit]
    if not head.isprintable():
        head = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in head)
    return head[:limit] + ("..." if len(text) > limit or len(head) > limit else "")


def quoted(text: str) -> str:
    """A peer's text in quotation marks, so that spaces and emptiness show."""
    return f'"{printable(text)}"'


def utc(seconds: float, fraction: str = "") -> str:
    """Seconds since the Unix epoch as `2026-11-23 21:44:53 UTC`; `fraction` is put behind the whole seconds."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds // 1)
    except OverflowError:
        return f"{seconds:.0f} s since 1970"
    # Not strftime: on Linux the year 1 is "1".
    return f"{moment.replace(tzinfo=None).isoformat(sep=' ')}{fraction} UTC"


def flag_names(value: int, names: Iterable[tuple[int, str]]) -> str:
    """The names of the bits that are set, uppermost first; of an unknown bit its value."""
    known = dict(names)
    bits = [1 << position for position in range(31, -1, -1) if value >> position & 1]
    return ", ".join(known.get(bit, f"0x{bit:X}") for bit in bits) or "none"


def condensed(node: TreeNode, cut_end: int | None = None) -> TreeNode:
    """The tree with one problem for a lost end, and where it stops, in place of one for each level.

    `cut_end` is where the outer node was cut: what else is cut there is the same loss.
    """
    parts = node.problem.split("; ") if node.problem else []
    cuts = [part for part in parts if part.startswith(CUT)]
    end = node.offset + node.length
    kept = [part for part in parts if part not in cuts]
    if cuts and end != cut_end:
        kept.append(cuts[-1])
    elif cuts and not node.children:
        kept.append("the token stops here")
    below = None if node.opens else end if cuts else cut_end
    children = tuple(condensed(child, below) for child in node.children)
    return replace(node, problem="; ".join(kept), children=children)


def to_json(node: TreeNode) -> dict[str, Any]:
    """The tree as plain values; what is empty is left out."""
    document: dict[str, Any] = {"offset": node.offset, "length": node.length, "name": node.name}
    for key in ("value", "meaning", "problem", "opens"):
        if text := getattr(node, key):
            document[key] = text
    if node.children:
        document["children"] = [to_json(child) for child in node.children]
    return document
