"""What holds scenarios, faults, causes and checks together."""

import pytest

from probe import causes
from probe.checks import registry as checks
from simulator import scenario
from simulator.cli.tables import known_causes
from simulator.faults import registry as faults
from simulator.scenario.values import Scenario

SEVERAL_ROADS = (
    *("bindings-rejected", "clock-skew-receiver", "etype-unsupported", "exchange-auth-not-offered"),
    *("illegal-message", "kdc-tcp-blocked", "kdc-unreachable", "machine-key-stale", "mechanism-refused"),
    *("not-authorized", "replication-diverged", "smtp-inspection", "ticket-time", "tls-failed"),
    *("tls-terminated-in-path", "too-many-failures"),
)

SCENARIOS = [scenario.load(scenario.find(name)) for name in scenario.names()]


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) >= 50


@pytest.mark.parametrize("kind", sorted(faults()))
def test_every_fault_is_used(kind: str) -> None:
    assert [found.name for found in SCENARIOS for fault in found.faults if kind == fault.KIND]


@pytest.mark.parametrize("cause", sorted(causes.codes()))
def test_every_cause_is_reached(cause: str) -> None:
    assert [found.name for found in SCENARIOS if found.expect.cause == cause]


@pytest.mark.parametrize("cause", SEVERAL_ROADS)
def test_some_causes_are_reached_by_more_than_one_road(cause: str) -> None:
    """Scenarios that differ in their faults or in the connector, not only in the probe's options."""
    roads = {
        (tuple(map(repr, found.faults)), repr(found.connectors), repr(found.kdcs), repr(found.accounts))
        for found in SCENARIOS
        if found.expect.cause == cause
    }
    assert len(roads) > 1


def test_every_expected_cause_is_in_the_catalogue() -> None:
    catalogue = set(causes.codes())
    assert catalogue == set(known_causes())
    expected = {cause for found in SCENARIOS for cause in (found.expect.cause, *found.expect.alternatives)}
    assert expected <= catalogue


def test_every_cause_that_a_check_looks_for_is_in_the_catalogue() -> None:
    assert {check.cause for check in checks()} <= set(known_causes())


@pytest.mark.parametrize("found", SCENARIOS, ids=lambda found: found.name)
def test_healthy_scenarios_expect_health_and_no_other_does(found: Scenario) -> None:
    named = found.name.split("-")[0] == "healthy"
    assert named == (found.expect.cause == "healthy")
    if named:
        assert (found.expect.smtp[:3], found.expect.event, found.expect.status) == ("235", None, "")


@pytest.mark.parametrize("found", SCENARIOS, ids=lambda found: found.name)
def test_every_scenario_teaches_something(found: Scenario) -> None:
    assert len(found.story) > 60
    assert found.lesson.explain.count(".") >= 3
    assert found.lesson.check
    assert found.title[0].isupper()
    assert not found.title.endswith(".")
