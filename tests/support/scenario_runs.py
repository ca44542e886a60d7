"""The scenarios that a run of the tests needs, each in a lab of its own, side by side and once for all tests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

import pytest

from simulator import scenario
from simulator.cli.tables import known_causes
from simulator.run.runner import Result, run_scenario, side_by_side
from simulator.scenario.values import Scenario

T = TypeVar("T")


@cache
def scenario_of(name: str) -> Scenario:
    """A scenario that comes with the lab."""
    return scenario.load(scenario.find(name), causes=known_causes())


@dataclass(frozen=True, slots=True)
class Runs(Generic[T]):
    """What was made of each scenario; the exception that ended one is raised to those who ask for that one."""

    _made: Mapping[str, T | Exception]

    def __getitem__(self, name: str) -> T:
        made = self._made[name]
        if isinstance(made, Exception):
            raise made
        return made

    def __contains__(self, name: str) -> bool:
        return name in self._made


def each(names: Sequence[str], job: Callable[[Scenario], Awaitable[T]]) -> Runs[T]:
    """Do the job for all of them."""

    async def kept(found: Scenario) -> T | Exception:
        try:
            return await job(found)
        except Exception as error:  # noqa: BLE001 - it is raised in the test that wants this one
            return error

    made = asyncio.run(side_by_side([scenario_of(name) for name in names], kept))
    return Runs(dict(zip(names, made, strict=True)))


def run_each(names: Sequence[str]) -> Runs[Result]:
    """As `exps lab run` does."""
    return each(names, run_scenario)


def wanted(request: pytest.FixtureRequest, fixture: str) -> list[str]:
    """The scenarios that are named by the parameter ``name`` of any collected test that uses the fixture."""
    asking = [item for item in request.session.items if fixture in getattr(item, "fixturenames", ())]
    named = {item.callspec.params["name"] for item in asking if hasattr(item, "callspec")}
    return sorted(named)
