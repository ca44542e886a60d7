"""What was wrong against what the probe said, over many cases: the figures that a diagnosis is judged by (PURE)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEALTHY, UNDETERMINED, CERTAIN = "healthy", "undetermined", "certain"
ACCUSING = ("suspect", "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: what is really wrong, and what was said. Causes are codes of the catalogue."""

    name: str
    truth: tuple[str, ...]
    """Every cause that would be right; ``undetermined`` where nothing could tell from where the probe stands."""
    got: str
    certainty: str
    certain: tuple[str, ...] = ()
    """Every cause that was called certain, in the verdict or beside it."""
    accused: bool = False
    """Somebody was accused: a failure's status, or a check that suspects."""

    @property
    def right(self) -> bool:
        """A right cause came first."""
        return self.got in self.truth

    @property
    def wrong_certain(self) -> tuple[str, ...]:
        """What was called certain and is not so."""
        return tuple(cause for cause in self.certain if cause not in self.truth)

    @property
    def healthy_accused(self) -> bool:
        """Nothing is wrong, and yet somebody was accused."""
        return self.truth == (HEALTHY,) and self.accused


def case_of(name: str, truth: Sequence[str], report: Mapping[str, Any]) -> Case:
    """A case from the JSON report of `exps probe --json`."""
    verdicts = (report["verdict"], *report["alternatives"])
    suspected = any(finding["status"] in ACCUSING for finding in report["findings"])
    return Case(
        name=name,
        truth=tuple(truth),
        got=str(report["verdict"]["cause"]),
        certainty=str(report["verdict"]["certainty"]),
        certain=tuple(str(verdict["cause"]) for verdict in verdicts if verdict["certainty"] == CERTAIN),
        accused=report["status"] == "failure" or suspected,
    )


def confusion(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """True cause -> cause that was named first -> how often. Two faults at once are one row, joined by ``+``."""
    table: dict[str, dict[str, int]] = {}
    for case in cases:
        row = table.setdefault("+".join(case.truth), {})
        row[case.got] = row.get(case.got, 0) + 1
    return {truth: dict(sorted(row.items())) for truth, row in sorted(table.items())}


def figures(cases: Sequence[Case]) -> dict[str, Any]:
    """How many were right first, and the names of those that were not, by what went wrong."""
    right = sum(case.right for case in cases)
    return {
        "cases": len(cases),
        "right_first": right,
        "right_first_percent": round(100 * right / len(cases), 1) if cases else None,
        "undetermined": [case.name for case in cases if case.got == UNDETERMINED and not case.right],
        "wrong": [case.name for case in cases if case.got != UNDETERMINED and not case.right],
        "wrong_certain": [case.name for case in cases if case.wrong_certain],
        "healthy_accused": [case.name for case in cases if case.healthy_accused],
    }


def confusion_lines(cases: Sequence[Case]) -> list[str]:
    """The same for people: a line a true cause, and the figures."""
    table = confusion(cases)
    width = max((len(truth) for truth in table), default=0)
    lines = []
    for truth, row in table.items():
        said = ", ".join(f"{got} {count}" for got, count in sorted(row.items(), key=lambda item: -item[1]))
        lines.append(f"{truth:{width}}  {said}")
    found = figures(cases)
    lines += [
        "",
        f"right cause first: {found['right_first']} of {found['cases']} ({found['right_first_percent']} %)",
    ]
    for key in ("undetermined", "wrong", "wrong_certain", "healthy_accused"):
        names = found[key]
        lines.append(f"{key.replace('_', ' ')}: {len(names)}" + (f" ({', '.join(names)})" if names else ""))
    return lines
