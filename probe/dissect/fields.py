"""Fields of fixed size, little-endian, as Microsoft's structures have them, for annotated trees. PURE.

Each function raises DerError, with the offset, when the field is not whole; `collected` turns that into the
problem of the line that the fields belong to.
"""

from collections.abc import Iterator
from dataclasses import replace

from probe.dissect.der import FULL
from probe.dissect.node import TreeNode, Walk, utc
from probe.wire.der import DerError

_FILETIME_EPOCH = 11_644_473_600
"""Seconds from 1601 to 1970, MS-DTYP section 2.3.3."""
_NEVER = (0, 0x7FFFFFFFFFFFFFFF)


def take(data: bytes, offset: int, size: int, end: int) -> bytes:
    """`size` octets at `offset`. Raises DerError when they are not all before `end`."""
    if offset < 0 or offset + size > end:
        raise DerError(offset=offset, due=f"{size} octets", came=f"{max(end - offset, 0)}")
    return data[offset : offset + size]


def unsigned(data: bytes, offset: int, size: int, end: int) -> int:
    """A little-endian number. Raises DerError."""
    return int.from_bytes(take(data, offset, size, end), "little")


def filetime(ticks: int) -> str:
    """A FILETIME (100 ns since 1601, UTC) with all its digits."""
    if ticks in _NEVER:
        return "never"
    return utc(ticks // 10_000_000 - _FILETIME_EPOCH, f".{ticks % 10_000_000:07}")


def collected(walk: Walk, node: TreeNode, children: Iterator[TreeNode]) -> TreeNode:
    """The node with as many children as could be read, and why there are no more."""
    made: list[TreeNode] = []
    problem = node.problem
    try:
        for child in children:
            if not walk.spend():
                problem = FULL
                break
            made.append(child)
    except DerError as error:
        problem = f"stopped {error}"
    return replace(node, children=tuple(made), problem=problem)
