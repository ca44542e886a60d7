"""One source of knowledge less: the certainty may fall, the cause must not become wrong.

The table is docs/deprivation.md; after a change that is meant: `make golden`. What is run is a seeded part of the
scenarios, and each one of which the probe says something else than in its golden file or its row of the table; all of
them with `--exhaustive`, and when the table is written.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import probe
from simulator import scenario
from simulator.run.runner import Result
from simulator.scenario.values import Scenario
from tests.support import golden_scenarios
from tests.support.deprivations import DEPRIVATIONS
from tests.support.exhaustive import drawn, exhaustive
from tests.support.golden_table import GoldenTable, Row, updating
from tests.support.lab_run import probed_lab
from tests.support.scenario_runs import Runs, each, wanted

UNDETERMINED, CERTAIN = "undetermined", "certain"
SAME, WITHOUT = "=", "-"
TOLD_TWICE = ("no UDP", "no banner date")
"""What a KDC says over UDP it says over TCP as well; the banner's clock is the NTLM challenge's, or SMB's."""
SHARE = 5
"""One scenario in so many is run in any case."""
ALIKE = {("spn-duplicate", "spn-missing"), ("spn-duplicate", "connector-fqdn-mismatch")}
"""A KDC says the same (error 7) to these: only the directory tells them apart. Without it the commoner one leads, never
as certain, and the other one must stand beside it."""

HEADER = ("scenario", "wrong is", "with everything")
INTRODUCTION = """Every scenario of the lab again, with one source of knowledge less each time: no UDP to the domain
controllers, no date in the banner, no NTLM challenge, no directory, no second opinion over SMB, no credentials.
`=` is the same verdict as with everything, `-` means that the source told nothing there in the first place. The
verdict may become less certain or open; it must not become wrong, which `tests/test_deprivation.py` holds it to while
it makes this table (`make golden`) or compares it.
"""


@pytest.fixture(scope="module")
def table() -> Iterator[GoldenTable]:
    found = GoldenTable(
        path=Path(__file__).parent.parent / "docs" / "deprivation.md",
        title="Verdicts with one source less",
        introduction=INTRODUCTION,
        header=(*HEADER, *(one.name for one in DEPRIVATIONS)),
        names=scenario.names(),
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def deprived(
    request: pytest.FixtureRequest, table: GoldenTable, scenario_results: Runs[Result]
) -> Runs[Sequence[probe.Trace | None]]:
    """The scenarios that are run again, with each source less."""

    async def again(found: Scenario) -> list[probe.Trace | None]:
        return await _less(found, scenario_results[found.name].trace)

    return each(
        [name for name in wanted(request, "deprived") if is_due(scenario_results[name], table)], again
    )


def is_due(result: Result, table: GoldenTable) -> bool:
    """Whether a scenario is to be run again."""
    name, kept = result.scenario.name, table.kept(result.scenario.name)
    if updating() or exhaustive() or drawn("deprivation", name, of=SHARE) == 0:
        return True
    changed = golden_scenarios.row_of(result) != golden_scenarios.kept(name)
    return changed or kept is None or kept[: len(HEADER)] != beginning(result)


def beginning(result: Result) -> Row:
    """What a row says before anything is taken away."""
    return (
        result.scenario.name,
        " and ".join(result.scenario.expect.true_causes),
        cell(report_of(result.trace)),
    )


async def _less(found: Scenario, full: probe.Trace) -> list[probe.Trace | None]:
    """With each source less, where it told anything; side by side with other scenarios, so one after the other."""
    made: list[probe.Trace | None] = []
    for one in DEPRIVATIONS:
        if not one.matters(full):
            made.append(None)
            continue
        with tempfile.TemporaryDirectory(prefix="exps-lab-") as folder:
            made.append((await probed_lab(Path(folder), one.scenario(found), **one.options)).trace)
    return made


def report_of(trace: probe.Trace) -> dict[str, Any]:
    report: dict[str, Any] = probe.report_json(trace, probe.judge(trace))
    return report


def cell(report: dict[str, Any]) -> str:
    return f"{report['verdict']['cause']}, {report['verdict']['certainty']}"


def certain(report: dict[str, Any]) -> set[str]:
    said = (report["verdict"], *report["alternatives"])
    return {verdict["cause"] for verdict in said if verdict["certainty"] == CERTAIN}


def not_made_wrong(found: Scenario, full: dict[str, Any], less: dict[str, Any]) -> None:
    """The rule of this file."""
    truth = {*found.expect.true_causes, UNDETERMINED}
    named = {verdict["cause"] for verdict in less["alternatives"]}
    if (full["verdict"]["cause"], less["verdict"]["cause"]) not in ALIKE or not truth & named:
        assert less["verdict"]["cause"] in {*truth, full["verdict"]["cause"]}, less["verdict"]["summary"]
    assert certain(less) <= {*truth, *certain(full)}
    if less["verdict"]["certainty"] == CERTAIN:
        assert full["verdict"]["certainty"] == CERTAIN or less["verdict"]["cause"] in truth


@pytest.mark.parametrize("name", scenario.names())
def test_less_is_known_and_nothing_wrong_is_said(
    name: str,
    table: GoldenTable,
    scenario_results: Runs[Result],
    deprived: Runs[Sequence[probe.Trace | None]],
) -> None:
    result = scenario_results[name]
    if name not in deprived:
        return  # nothing of what `is_due` reads has changed, and its share of the runs is another scenario's
    full = report_of(result.trace)
    cells = []
    for without in deprived[name]:
        if without is None:
            cells.append(WITHOUT)
            continue
        less = report_of(without)
        not_made_wrong(result.scenario, full, less)
        cells.append(SAME if cell(less) == cell(full) else cell(less))
    table.check((*beginning(result), *cells))


def test_the_table_has_every_scenario(table: GoldenTable) -> None:
    table.check_names()


def test_some_verdicts_do_become_less_certain(table: GoldenTable) -> None:
    """A source that never matters would be no source, unless another one tells the same."""
    text = table.path.read_text(encoding="utf-8")
    rows = [line.strip("|\n").split(" | ") for line in text.splitlines() if line.startswith("|")][2:]
    for number, deprivation in enumerate(DEPRIVATIONS, 3):
        differs = {row[number].strip() for row in rows} - {SAME, WITHOUT}
        assert bool(differs) is (deprivation.name not in TOLD_TWICE), deprivation.name
