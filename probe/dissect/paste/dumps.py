r"""Hex dumps with offsets: xxd, hexdump, od, Wireshark, tcpdump -X, Format-Hex, openssl, Java, Samba. PURE.

What they have in common: a column of offsets, and on each line as many octets as the next offset is further on. The
offsets may be hexadecimal, octal (od) or decimal (od -A d); which one, the lines themselves tell: in the right base
the steps are as long as the lines. What stands behind the octets (the same as text) is cut off by the step, too,
so that text which looks like hex is no octet.

    00000000: 4e54 4c4d 5353 5000 0200 ...  NTLMSSP.        xxd; with -e and in `hexdump`, `od -x` words are swapped
    00000000  4e 54 4c 4d 53 53 50 00  02 00 ...  |NTLMSSP.|  hexdump -C; a line of `*` repeats the one before
    0000000 4e 54 4c 4d                                      od -t x1; `116 124` od -b; at the end an offset alone
    0000 - 4e 54 4c 4d 53 53 50 00-02 00 ...   NTLMSSP.      openssl; WinDbg, with ` within the offset
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, takewhile

from probe.dissect.node import MAXIMUM_INPUT
from probe.dissect.paste.signs import begins
from probe.dissect.paste.values import Line

_ROW = re.compile(
    r"(?:[\s>|#;]{0,40}|.{0,80}?[\s\]](?=[0-9A-Fa-f]{8} ?: ))\[?(?:0[xX])?"
    r"(?P<offset>(?:[0-9A-Fa-f]{8}`)?[0-9A-Fa-f]{3,16})h?"
    r"(?P<mark>\]| ?:| -(?= )|)\s+(?P<rest>\S.*)"
)
_END = re.compile(r"[\s>|#;]{0,40}(?:0[xX])?([0-9A-Fa-f]{6,16})\s*")
_GROUP = re.compile(r"([0-9A-Fa-f]{2,16})(?=[\s|<>\-]|$)([ \t]*-?[ \t]*)")
_OCTAL_BYTE, _OCTAL_WORD = re.compile(r"[0-3][0-7]{2}"), re.compile(r"[01][0-7]{5}")
_CELL = re.compile(r" ([0-3][0-7]{2})|  \\([0abfnrtv])|   ([\x20-\x7e])")
_ESCAPES = {"0": 0, "a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_KINDS = ("straight", "swapped", "octal", "characters")
"""Octets in their order; words as a little-endian host shows them; od's octal; characters."""
_LONGEST_LINE = 400
_MOST_OCTETS = 64
"""On one line; 16 is usual, `xxd -c 32` known."""
_HALF = 8
_WIDER = (2, 3)
"""Blanks: hexdump -C (two) and Java (three) leave a wider gap behind the eighth octet."""
_BASES = (16, 10, 8)
_LEAST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """The octets of a dump, and where it stands: the numbers of its first line and of all its lines."""

    octets: bytes
    line: int
    lines: frozenset[int]
    form: str = "a hex dump"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    number: int
    offset: str
    marked: bool
    readings: Mapping[str, bytes]
    """What the row may mean, by one of `_KINDS`."""
    starred: bool = False
    """Whether a line of `*` stands before it."""

    @property
    def available(self) -> int:
        return max(map(len, self.readings.values()))


def dumps(lines: list[Line]) -> Iterator[Dump]:
    """The dumps among the lines, in order."""
    block: list[_Row] = []
    starred = False
    bases: tuple[int, ...] = _BASES
    for line in lines:
        if block and line.text.strip() == "*":
            starred = True
            continue
        row = _row(line, starred=starred)
        starred = False
        fitting = _fitting(bases, block[-1], row) if block and row else ()
        if block and fitting:
            bases = fitting
        else:
            end = _END.fullmatch(line.text) if block else None
            yield from _dump(block, bases, end[1] if end else "")
            block, bases = [], _BASES
        if row is not None:
            block.append(row)
    yield from _dump(block, bases, "")


def _row(line: Line, *, starred: bool) -> _Row | None:
    text = line.text[:_LONGEST_LINE]
    matched = _ROW.match(text)
    if matched is None:
        return None
    readings = _readings(_groups(matched["rest"]))
    if characters := _characters(text[matched.end("mark") :]):
        readings["characters"] = characters
    if not any(readings.values()):
        return None
    marked = matched["mark"] != ""
    return _Row(
        number=line.number, offset=matched["offset"], marked=marked, readings=readings, starred=starred
    )


def _groups(rest: str) -> list[str]:
    """The groups of digits up to the gap before the text."""
    groups: list[str] = []
    at = octets = 0
    usual = 1
    while (matched := _GROUP.match(rest, at)) is not None and octets < _MOST_OCTETS:
        groups.append(matched[1])
        octets += len(matched[1]) // 2
        at = matched.end()
        gap, behind = len(matched[2]), _GROUP.match(rest, at)
        alike = behind is not None and len(behind[1]) == len(groups[0])
        if len(groups) == 1 and alike:
            usual = max(gap, usual)
        half = gap in _WIDER and octets == _HALF
        # `xxd -e` puts the octets of a last word that is not whole to the right.
        last_word = behind is not None and len(groups[0]) == 8 and gap + len(behind[1]) == 9
        if gap > usual and not half and not last_word:
            break
    return groups


def _readings(groups: list[str]) -> dict[str, bytes]:
    even = [bytes.fromhex(group) for group in takewhile(lambda group: len(group) % 2 == 0, groups)]
    readings = {"straight": b"".join(even)}
    if groups and len(groups[0]) > 2:
        readings["swapped"] = b"".join(octets[::-1] for octets in even)
    if groups and all(_OCTAL_BYTE.fullmatch(group) for group in groups):
        readings["octal"] = bytes(int(group, 8) for group in groups)
    elif groups and all(_OCTAL_WORD.fullmatch(group) for group in groups):
        readings["octal"] = b"".join(int(group, 8).to_bytes(2, "little") for group in groups)
    return readings


def _characters(cells: str) -> bytes:
    """What `od -c` and `hexdump -c` show: cells of four columns with a character, an escape or octal."""
    made = bytearray()
    for at in range(0, len(cells) - len(cells) % 4, 4):
        matched = _CELL.fullmatch(cells[at : at + 4])
        if matched is None:
            return b""
        octal, escape, letter = matched.groups()
        made.append(int(octal, 8) if octal else _ESCAPES.get(escape, 0) if escape else ord(letter))
    return bytes(made) if len(cells) % 4 == 0 else b""


def _value(offset: str, base: int) -> int | None:
    try:
        return int(offset.replace("`", ""), base)
    except ValueError:
        return None


def _fitting(bases: tuple[int, ...], before: _Row, row: _Row) -> tuple[int, ...]:
    """The bases in which the second row follows the first."""
    return tuple(base for base in bases if _follows(before, row, base))


def _follows(before: _Row, row: _Row, base: int) -> bool:
    step = _step(before, row, base)
    return step is not None and (0 < step <= before.available or (row.starred and step > 0))


def _step(before: _Row, row: _Row, base: int) -> int | None:
    first, second = _value(before.offset, base), _value(row.offset, base)
    return None if first is None or second is None else second - first


def _dump(rows: list[_Row], bases: tuple[int, ...], end: str) -> Iterator[Dump]:
    """The dump that the rows are; none when they are too few to be sure."""
    if not rows or (len(rows) == 1 and not _alone(rows[0])):
        return
    base = max(bases, key=lambda base: _exact(rows, base))
    read = {kind: _joined(rows, base, end, kind) for kind in _KINDS}
    kind = next((kind for kind in _KINDS if begins(read[kind])), "straight")
    octets = read[kind]
    if len(octets) < _LEAST:
        return
    yield Dump(
        octets=octets,
        line=rows[0].number,
        lines=frozenset(row.number for row in rows),
        form="a hex dump, its words swapped" if kind == "swapped" else "a hex dump",
    )


def _alone(row: _Row) -> bool:
    """Whether one line is enough: it begins at offset 0, and the octets are a token or the offset is marked."""
    zero = not row.offset.strip("0")
    return zero and row.available >= _LEAST and (row.marked or any(map(begins, row.readings.values())))


def _exact(rows: list[_Row], base: int) -> int:
    steps = ((before, _step(before, row, base)) for before, row in pairwise(rows))
    return sum(step in {len(reading) for reading in before.readings.values()} for before, step in steps)


def _joined(rows: list[_Row], base: int, end: str, kind: str) -> bytes:
    """The octets of the rows in one reading, as many of each as the next offset says, at most MAXIMUM_INPUT."""
    made: list[bytes] = []
    size = width = 0
    for before, row in zip(rows, [*rows[1:], None], strict=True):
        octets = before.readings.get(kind, b"")
        step = _last(before, base, end, width) if row is None else _step(before, row, base) or 0
        width = width or step
        if row is not None and row.starred and octets:
            period = octets[: width if width <= len(octets) else None]
            octets = period * (min(step, MAXIMUM_INPUT) // len(period) + 1)
        made.append(octets[:step])
        size += len(made[-1])
        if size > MAXIMUM_INPUT:
            break
    return b"".join(made)[:MAXIMUM_INPUT]


def _last(row: _Row, base: int, end: str, width: int) -> int:
    """How many octets the last row has: up to the end that is given, at most as many as the rows before."""
    start, stop = _value(row.offset, base), _value(end, base) if end else None
    if start is not None and stop is not None and 0 < stop - start <= row.available:
        return stop - start
    return width or min(row.available, _MOST_OCTETS)
