"""Every scenario as a quick, a usual and a thorough run: what is measured, and what the receiver has to refuse.

The ledger counts the refusals, not the probe.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

import pytest

from probe import run
from probe.measurements import Measurement, MeasurementContext, registry
from probe.run.plan import MAXIMUM_REFUSALS
from probe.trace import Trace
from simulator import scenario
from simulator.ledger import Entry
from tests.support.lab_run import probed_lab
from tests.test_scenarios import result_of

MAIN = 2
"""Log-ons of a run beside its measurements: EXCHANGEAUTH, and X-EXPS GSSAPI after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run: what it saw, what really happened, and which measurements it made."""

    trace: Trace
    entries: Sequence[Entry]
    made: Sequence[str] = ()


async def _noted(made: list[str], measurement: Measurement, context: MeasurementContext) -> None:
    made.append(measurement.name)
    await measurement.perform(context)


@cache
def ran(name: str, effort: str) -> Ran:
    if effort == "default":  # what the other tests of the scenarios have run already
        result = result_of(name)
        return Ran(trace=result.trace, entries=result.entries)
    made: list[str] = []
    noting = tuple(replace(each, perform=partial(_noted, made, each)) for each in registry())

    with (
        tempfile.TemporaryDirectory(prefix="exps-effort-") as folder,
        patch.object(run, "registry", lambda: noting),
    ):
        found = scenario.load(scenario.find(name))
        seen = asyncio.run(probed_lab(Path(folder), found, effort=effort))
    return Ran(trace=seen.trace, entries=seen.entries, made=made)


def refusals(entries: Sequence[Entry]) -> list[Entry]:
    """The log-ons that the receiver did not take, those included that the client broke off after its answer."""
    return [entry for entry in entries if entry.kind == "auth" and entry.detail["status"] != "OK"]


@pytest.mark.parametrize("effort", ["quick", "default", "thorough"])
@pytest.mark.parametrize("name", scenario.names())
def test_no_connection_sees_two_refusals_and_their_number_is_bounded(name: str, effort: str) -> None:
    refused = refusals(ran(name, effort).entries)
    by_connection = Counter((entry.party, entry.detail["session"]) for entry in refused)
    assert not [connection for connection, count in by_connection.items() if count > 1]
    assert len(refused) <= MAIN + MAXIMUM_REFUSALS[effort]


@pytest.mark.parametrize("name", scenario.names())
def test_a_quick_run_measures_nothing(name: str) -> None:
    assert ran(name, "quick").made == []


@pytest.mark.parametrize("name", scenario.names())
def test_a_thorough_run_makes_every_measurement_that_is_wanted(name: str) -> None:
    found = ran(name, "thorough")
    request = found.trace.request
    if request.inject or request.mechanism == "ntlm":
        assert found.made == []  # a fault of our own is to be seen alone; NTLM shows no ticket
        return
    known = {measurement.name: measurement for measurement in registry()}
    left = MAXIMUM_REFUSALS["thorough"] - sum(known[name].refusals for name in found.made)
    missed = [each for each in known.values() if each.name not in found.made and each.wanted(found.trace)]
    assert found.trace.unfinished or not [each.name for each in missed if each.refusals <= left]
    assert len(found.made) == len(set(found.made))
