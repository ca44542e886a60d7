"""One source of knowledge less: the certainty may fall, the cause must not become wrong.

The table is docs/deprivation.md. After a change that is meant::

    UPDATE_GOLDEN=1 python -m pytest tests/test_deprivation.py
"""

import asyncio
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import probe
from simulator import scenario
from simulator.scenario.values import Scenario
from tests.support.deprivations import DEPRIVATIONS, Deprivation
from tests.support.golden_table import GoldenTable
from tests.support.lab_run import probed_lab

UNDETERMINED, CERTAIN = "undetermined", "certain"
SAME, WITHOUT = "=", "-"
TOLD_TWICE = ("no UDP", "no banner date")
"""What a KDC says over UDP it says over TCP as well; the banner's clock is the NTLM challenge's, or SMB's."""
UNHURRIED_S = 5.0
"""The lab's own time-out for a peer."""
ALIKE = {("spn-duplicate", "spn-missing")}
"""A KDC says the same (error 7) to both: only the directory tells them apart. Without it the commoner one leads, never
as certain, and the other one must stand beside it."""

INTRODUCTION = """Every scenario of the lab again, with one source of knowledge less each time: no UDP to the domain
controllers, no date in the banner, no NTLM challenge, no directory, no second opinion over SMB, no credentials.
`=` is the same verdict as with everything, `-` means that the source told nothing there in the first place. The
verdict may become less certain or open; it must not become wrong, which `tests/test_deprivation.py` holds it to while
it makes this table (`UPDATE_GOLDEN=1`) or compares it.
"""


@pytest.fixture(scope="module")
def table() -> Iterator[GoldenTable]:
    found = GoldenTable(
        path=Path(__file__).parent.parent / "docs" / "deprivation.md",
        title="Verdicts with one source less",
        introduction=INTRODUCTION,
        header=("scenario", "wrong is", "with everything", *(each.name for each in DEPRIVATIONS)),
        names=scenario.names(),
    )
    yield found
    found.close()


@cache
def scenario_of(name: str) -> Scenario:
    return scenario.load(scenario.find(name))


async def _probed(lab_of: Scenario, **options: Any) -> probe.Trace:
    with tempfile.TemporaryDirectory(prefix="exps-lab-") as folder:
        return (await probed_lab(Path(folder), lab_of, **options)).trace


async def _all(found: Scenario) -> tuple[probe.Trace, list[probe.Trace | None]]:
    """With everything; then with each source less, where it told anything.

    Side by side to save time, except where a peer has little of it: that is for the fault and not for us to use up.
    """
    full = await _probed(found)
    at_once = asyncio.Semaphore(len(DEPRIVATIONS) if found.probe.timeout >= UNHURRIED_S else 1)

    async def less(deprivation: Deprivation) -> probe.Trace | None:
        if not deprivation.matters(full):
            return None
        async with at_once:
            return await _probed(deprivation.scenario(found), **deprivation.options)

    return full, await asyncio.gather(*[less(each) for each in DEPRIVATIONS])


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
def test_less_is_known_and_nothing_wrong_is_said(name: str, table: GoldenTable) -> None:
    found = scenario_of(name)
    trace, deprived = asyncio.run(_all(found))
    full = report_of(trace)
    cells = []
    for without in deprived:
        if without is None:
            cells.append(WITHOUT)
            continue
        less = report_of(without)
        not_made_wrong(found, full, less)
        cells.append(SAME if cell(less) == cell(full) else cell(less))
    table.check((name, " and ".join(found.expect.true_causes), cell(full), *cells))


def test_the_table_has_every_scenario(table: GoldenTable) -> None:
    table.check_names()


def test_some_verdicts_do_become_less_certain(table: GoldenTable) -> None:
    """A source that never matters would be no source, unless another one tells the same."""
    text = table.path.read_text(encoding="utf-8")
    rows = [line.strip("|\n").split(" | ") for line in text.splitlines() if line.startswith("|")][2:]
    for number, deprivation in enumerate(DEPRIVATIONS, 3):
        differs = {row[number].strip() for row in rows} - {SAME, WITHOUT}
        assert bool(differs) is (deprivation.name not in TOLD_TWICE), deprivation.name
