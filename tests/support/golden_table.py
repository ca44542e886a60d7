"""A table of results that lives in the documentation: written with UPDATE_GOLDEN=1, otherwise compared row by row.

Rows that were not run stay as they are, so that a part of the tests renews a part of the table. All tests of one table
run in one process (tests/conftest.py).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

Row = tuple[str, ...]


def updating() -> bool:
    """Whether golden files are written instead of compared."""
    return os.environ.get("UPDATE_GOLDEN") == "1"


@dataclass(slots=True)
class GoldenTable:
    """A Markdown file with one table. The first cell of a row is its name."""

    path: Path
    title: str
    introduction: str
    header: Row
    names: Sequence[str]
    """Every row that the table has, in order."""
    _seen: dict[str, Row] = field(default_factory=dict)

    def check(self, row: Row) -> None:
        """Compare a row with the file's, or keep it to be written."""
        self._seen[row[0]] = row
        if not updating():
            assert row == self.kept(row[0]), (
                f"{self.path}, {row[0]!r}: if that is meant, run with UPDATE_GOLDEN=1 and read the difference"
            )

    def kept(self, name: str) -> Row | None:
        """The file's row, if there is one."""
        return self._rows().get(name)

    def check_names(self) -> None:
        """The file has the rows that it should have, no others, and its introduction is the present one."""
        if updating():
            return
        assert list(self._rows()) == list(self.names)
        assert self.path.read_text(encoding="utf-8").startswith(self._beginning())

    def close(self) -> None:
        """Write the file with the rows that were seen in place of its own, when that was asked for."""
        if updating() and self._seen:
            rows = {
                name: row for name, row in self._rows().items() if len(row) == len(self.header)
            } | self._seen
            lines = [_line(rows[name]) for name in self.names if name in rows]
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_text(self._beginning() + "".join(lines), encoding="utf-8")

    def _beginning(self) -> str:
        rule = _line(tuple("---" for _ in self.header))
        return f"# {self.title}\n\n{self.introduction}\n{_line(self.header)}{rule}"

    def _rows(self) -> dict[str, Row]:
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        lines = [line for line in text.splitlines() if line.startswith("|")][2:]
        rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
        return {row[0]: row for row in rows}


def _line(row: Row) -> str:
    assert not any("|" in cell or "\n" in cell for cell in row), row
    return f"| {' | '.join(row)} |\n"
