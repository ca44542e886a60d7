"""What a run of the probe ended with, and how it stands in a table of such runs."""

from dataclasses import dataclass
from typing import Any

COLUMNS = ("verdict", "certainty", "alternatives", "exit status")
"""Of what the probe says: the last ones of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """An exit status and what `--json` printed."""

    status: int
    report: dict[str, Any]

    @property
    def cause(self) -> str:
        """The verdict's."""
        return str(self.report["verdict"]["cause"])

    @property
    def certainty(self) -> str:
        """The verdict's."""
        return str(self.report["verdict"]["certainty"])

    @property
    def alternatives(self) -> list[str]:
        """Their causes, best first."""
        return [str(verdict["cause"]) for verdict in self.report["alternatives"]]

    def cells(self, *first: str) -> tuple[str, ...]:
        """A row: those, then `COLUMNS`. What is empty becomes a dash."""
        said = (self.cause, self.certainty, ", ".join(self.alternatives), str(self.status))
        return tuple(cell or "-" for cell in (*first, *said))
