"""A table of results that lives in the documentation: written with UPDATE_GOLDEN=1, otherwise compared row by row."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

Row = tuple[str, ...]


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
        if not self._updating:
            kept = self._rows()
            assert row[0] in kept, (
                f"{self.path} has no row {row[0]!r}: run with UPDATE_GOLDEN=1 and read the difference"
            )
            assert row == kept[row[0]]

    def check_names(self) -> None:
        """The file has the rows that it should have, no others, and its introduction is the present one."""
        if self._updating:
            return
        assert list(self._rows()) == list(self.names)
        assert self.path.read_text(encoding="utf-8").startswith(self._beginning())

    def close(self) -> None:
        """Write the file, when that was asked for and every row is there."""
        if self._updating and set(self._seen) == set(self.names):
            lines = [_line(self._seen[name]) for name in self.names]
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_text(self._beginning() + "".join(lines), encoding="utf-8")

    @property
    def _updating(self) -> bool:
        return os.environ.get("UPDATE_GOLDEN") == "1"

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
