"""A sweep's files: the targets, a line each, and the results, a report a line."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from probe.cli.errors import MAX_FILE_BYTES, BadInput, blame, read_file
from probe.cli.targets import parse_target
from probe.cli.text_files import WINDOWS, decoded
from probe.diagnosis.verdict import Certainty, Overall

_RULE = re.compile(r"-{2,}")
"""The line under the heading of PowerShell's Format-Table."""

Address = tuple[str, int]
"""A target's name in lower case, and its port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the table at the end says of one target."""

    name: str
    port: int
    status: Overall
    cause: str
    certainty: Certainty
    ms: float

    @property
    def address(self) -> Address:
        """By which results and targets find each other."""
        return self.name.lower(), self.port

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> Self:
        """The row of a report object. Raises KeyError, TypeError or ValueError for something else."""
        target, verdict = report["target"], report["verdict"]
        return cls(
            name=str(target["name"]),
            port=int(target["port"]),
            status=Overall(report["status"]),
            cause=str(verdict["cause"]),
            certainty=Certainty(verdict["certainty"]),
            ms=float(report["duration_ms"] or 0),
        )


def read_targets(source: str) -> dict[Address, str]:
    """The targets of a file, or of standard input, in its order, each once. Raises BadInput with the line's number."""
    where = "standard input" if source == "-" else source
    data = sys.stdin.buffer.read(MAX_FILE_BYTES) if source == "-" else read_file(Path(source))
    try:
        said = decoded(data)
    except ValueError as error:
        raise BadInput(f"{where}: {error}") from None
    targets: dict[Address, str] = {}
    for number, text in _entries(said.text.splitlines()):
        if said.encoding == WINDOWS and not text.isascii():
            # A guess here would examine a host that nobody named.
            raise BadInput(
                f"{where}: line {number}: not UTF-8, but {WINDOWS} as it seems: save the file as UTF-8"
            )
        try:
            name, port = parse_target(text)
        except BadInput as error:
            raise BadInput(f"{where}: line {number}: {error.message}") from None
        targets.setdefault((name.lower(), port), text)
    if not targets:
        raise BadInput(f"{where}: no targets: one HOST[:PORT] a line is wanted")
    if said.encoding == WINDOWS:
        print(f"exps: {where}: not UTF-8, read as {WINDOWS}", file=sys.stderr)
    return targets


def _entries(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Line numbers and targets, without comments, and without the heading that PowerShell puts above a table."""
    bare = [line.partition("#")[0].strip() for line in lines]
    ruled = next((at for at, line in enumerate(bare) if line), -1) + 1
    heading = 0 < ruled < len(bare) and _RULE.fullmatch(bare[ruled]) is not None
    for number, text in enumerate(bare, 1):
        if text and not (heading and number <= ruled + 1):
            yield number, text


def read_results(path: Path) -> dict[Address, Row]:
    """What an earlier sweep wrote; the file is left ready for more. Raises BadInput.

    A last line without its end is what a killed sweep leaves: it is cut off, and its target examined again.
    """
    data = read_file(path) if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    rows: dict[Address, Row] = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            row = Row.of(json.loads(line))
        except (KeyError, TypeError, ValueError):
            raise BadInput(f"{path}: line {number}: no report of exps sweep") from None
        rows[row.address] = row
    if len(whole) < len(data):
        with blame(path), path.open("r+b") as file:
            file.truncate(len(whole))
    return rows


class Results:
    """The file of ``--out``: each report is in it, whole, as soon as it is there. None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            with blame(self._path):
                self._file = self._path.open("ab")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, report: Mapping[str, Any]) -> None:
        """Append a line. Raises BadInput when the disk does not take it."""
        if self._file is None or self._path is None:
            return
        with blame(self._path):
            self._file.write(json.dumps(report).encode() + b"\n")
            self._file.flush()
