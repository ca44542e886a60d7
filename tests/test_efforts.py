"""Every scenario as a quick, a usual and a thorough run: what is measured, and what the receiver has to refuse.

The ledger counts the refusals, not the probe.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from probe import run
from probe.measurements import Measurement, MeasurementContext, registry
from probe.run.plan import MAXIMUM_REFUSALS
from probe.trace import Trace
from simulator import scenario
from simulator.ledger import Entry
from simulator.run.runner import Result
from simulator.scenario.values import Scenario
from tests.support.lab_run import probed_lab
from tests.support.scenario_runs import Runs, each, wanted

MAIN = 2
"""Log-ons of a run beside its measurements: EXCHANGEAUTH, and X-EXPS GSSAPI after it."""
MADE: ContextVar[list[str]] = ContextVar("MADE")
"""The measurements of the run that this task is about: many go on side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run: what it saw, what really happened, and which measurements it made."""

    trace: Trace
    entries: Sequence[Entry]
    made: Sequence[str]


async def _noted(measurement: Measurement, context: MeasurementContext) -> None:
    MADE.get().append(measurement.name)
    await measurement.perform(context)


async def _both(found: Scenario) -> Mapping[str, Ran]:
    return {effort: await _ran(found, effort) for effort in ("quick", "thorough")}


async def _ran(found: Scenario, effort: str) -> Ran:
    made: list[str] = []
    MADE.set(made)
    with tempfile.TemporaryDirectory(prefix="exps-effort-") as folder:
        seen = await probed_lab(Path(folder), found, effort=effort)
    return Ran(trace=seen.trace, entries=seen.entries, made=made)


@pytest.fixture(scope="module")
def efforts(request: pytest.FixtureRequest) -> Iterator[Runs[Mapping[str, Ran]]]:
    noting = tuple(replace(one, perform=partial(_noted, one)) for one in registry())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "registry", lambda: noting)
        yield each(wanted(request, "efforts"), _both)


def refusals(entries: Sequence[Entry]) -> list[Entry]:
    """The log-ons that the receiver did not take, those included that the client broke off after its answer."""
    return [entry for entry in entries if entry.kind == "auth" and entry.detail["status"] != "OK"]


@pytest.mark.parametrize("effort", ["quick", "default", "thorough"])
@pytest.mark.parametrize("name", scenario.names())
def test_no_connection_sees_two_refusals_and_their_number_is_bounded(
    name: str, effort: str, efforts: Runs[Mapping[str, Ran]], scenario_results: Runs[Result]
) -> None:
    refused = refusals((scenario_results[name] if effort == "default" else efforts[name][effort]).entries)
    by_connection = Counter((entry.party, entry.detail["session"]) for entry in refused)
    assert not [connection for connection, count in by_connection.items() if count > 1]
    assert len(refused) <= MAIN + MAXIMUM_REFUSALS[effort]


@pytest.mark.parametrize("name", scenario.names())
def test_a_quick_run_measures_nothing(name: str, efforts: Runs[Mapping[str, Ran]]) -> None:
    assert efforts[name]["quick"].made == []


@pytest.mark.parametrize("name", scenario.names())
def test_a_thorough_run_makes_every_measurement_that_is_wanted(
    name: str, efforts: Runs[Mapping[str, Ran]]
) -> None:
    found = efforts[name]["thorough"]
    request = found.trace.request
    if request.inject or request.mechanism == "ntlm":
        assert found.made == []  # a fault of our own is to be seen alone; NTLM shows no ticket
        return
    known = {measurement.name: measurement for measurement in registry()}
    left = MAXIMUM_REFUSALS["thorough"] - sum(known[name].refusals for name in found.made)
    missed = [each for each in known.values() if each.name not in found.made and each.wanted(found.trace)]
    assert found.trace.unfinished or not [each.name for each in missed if each.refusals <= left]
    assert len(found.made) == len(set(found.made))
