r"""Numbers that an editor or `grep -n`, `cat -n`, `nl`, `bat` put before each line, taken away. PURE.

    `     1<tab>TlRM...`   `1: TlRM...`   `12:334 TlRM...`   `log.txt:12:334 TlRM...`   ` 1 | TlRM...`   `1. TlRM...`

A number counts as one only beside a neighbour that is numbered alike and further on, so that neither a reply code, nor
a time, nor the offset of a dump is taken for one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from probe.dissect.paste.values import Line

_NUMBERED = re.compile(
    r"(?P<before>[\s>]{0,12}(?:(?!\d+:)[\w./\\-]{1,80}:(?=\d))?)(?P<number>[1-9]\d{0,5})"
    r"(?P<mark>\t|[:|.)\u2502](?=[ \t])|[:\-](?=\S)(?!\d\d[:\s])|[ ]{1,4}[|:\u2502](?=\s)|[ ]{1,4})"
    r"\s{0,3}(?P<rest>\S.*)"
)
_DIGITS = re.compile(r"[0-9A-Fa-fx\s:,;.\-]+")
_LONG_DIGITS = re.compile(r"[0-9A-Fa-f]{16,}\s*")
_LEAST_BARE = 3
"""Lines in a row that only a blank tells from their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    line: Line
    number: int
    kind: str
    """What separates number and rest, and what stands before the number: the same for all lines of a run."""
    rest: str
    weak: bool
    """Whether it may be an octet of an array or the offset of a dump: such a line begins no run, and ends one."""

    @property
    def bare(self) -> bool:
        return not self.kind.strip(" \n")


def without_numbers(lines: list[Line]) -> list[Line]:
    """The lines without the numbers that a program put before them; the others as they are."""
    bare: dict[int, Line] = {}
    for run in _runs(lines):
        least = _LEAST_BARE if run[0].bare and len(run) < len(lines) else 2
        if len(run) >= least:
            bare |= {each.line.number: replace(each.line, text=each.rest) for each in run}
    return [bare.get(line.number, line) for line in lines]


def _runs(lines: list[Line]) -> Iterator[list[_Numbered]]:
    run: list[_Numbered] = []
    for line in lines:
        numbered = _numbered(line)
        if run and (numbered is None or not _follows(run[-1], numbered)):
            yield run
            run = []
        if numbered is not None and (run or not numbered.weak):
            run.append(numbered)
    if run:
        yield run


def _numbered(line: Line) -> _Numbered | None:
    matched = _NUMBERED.fullmatch(line.text)
    if matched is None:
        return None
    mark = matched["mark"].strip(" ") or " "
    kind = f"{matched['before'].strip()}\n{mark}{'' if matched.end('mark') == matched.start('rest') else ' '}"
    rest = matched["rest"]
    weak = _DIGITS.fullmatch(rest) is not None and _LONG_DIGITS.fullmatch(rest) is None
    return _Numbered(line=line, number=int(matched["number"]), kind=kind, rest=rest, weak=weak)


def _follows(before: _Numbered, after: _Numbered) -> bool:
    """Whether a number is the next one; `grep` leaves lines out, and says so with nothing but a colon or a dash."""
    if before.weak:
        return False
    sparse = {before.kind[-1], after.kind[-1]} <= {":", "-"}
    if not sparse and before.kind != after.kind:
        return False
    step = after.number - before.number
    return step == 1 or (sparse and step > 1)
