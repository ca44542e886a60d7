"""What came out of each scenario when somebody last looked: a small file each, the verdict and every check's status."""

import json
from pathlib import Path
from typing import Any

from simulator.run.confusion_matrix import Case, case_of
from simulator.run.runner import Result
from simulator.scenario.values import Scenario

FOLDER = Path(__file__).parents[1] / "golden" / "scenarios"

Row = dict[str, Any]


def row_of(result: Result) -> Row:
    """The file's contents for what came out now."""
    case = case_of(result.scenario.name, result.scenario.expect.true_causes, result.report)
    return {
        "cause": case.got,
        "certainty": case.certainty,
        "certain": sorted(case.certain),
        "accused": case.accused,
        "checks": dict(sorted(result.checks().items())),
    }


def kept(name: str) -> Row | None:
    """The file's contents, if there is one."""
    path = _path(name)
    if not path.exists():
        return None
    row: Row = json.loads(path.read_text(encoding="utf-8"))
    return row


def keep(name: str, row: Row) -> None:
    """Write the file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _path(name).write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")


def names() -> tuple[str, ...]:
    """Whom there are files of."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def forget(name: str) -> None:
    """Remove the file."""
    _path(name).unlink()


def case_kept(scenario: Scenario) -> Case:
    """The file as a case of the confusion matrix. Raises AssertionError."""
    row = kept(scenario.name)
    assert row is not None, f"make golden NAME={scenario.name}"
    return Case(
        name=scenario.name,
        truth=scenario.expect.true_causes,
        got=row["cause"],
        certainty=row["certainty"],
        certain=tuple(row["certain"]),
        accused=row["accused"],
    )


def _path(name: str) -> Path:
    return FOLDER / f"{name}.json"
