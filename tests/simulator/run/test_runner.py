import asyncio
import json

import pytest

import probe
from simulator.lab import LabError
from simulator.run.comparison import events, last_reply
from simulator.run.runner import AT_ONCE, HURRIED_AT_ONCE, run_all, run_scenario, side_by_side
from simulator.scenario import parse
from simulator.scenario.values import Scenario


def scenario(tables: str, expect: str) -> Scenario:
    text = f'title = "t"\nstory = "s"\n{tables}[expect]\n{expect}[lesson]\nexplain = "e"\n'
    return parse(text, name="small", file="small.toml")


MISSING = '[[fault]]\nkind = "missing-spn"\nspn = "SMTPSVC/ex1.contoso.lab"\n'


async def test_what_comes_out_as_expected_has_passed() -> None:
    result = await run_scenario(scenario(MISSING, 'cause = "spn-missing"\n'))
    assert result.passed, result.reasons
    summary = json.loads(json.dumps(result.to_json()))
    assert summary.pop("ms") > 0
    assert summary == {
        "scenario": "small",
        "expected": "spn-missing",
        "got": "spn-missing",
        "certainty": "certain",
        "passed": True,
        "reasons": [],
    }
    assert result.checks()["spn-missing"] == "confirmed"
    assert result.logged == ()


async def test_what_does_not_has_not_and_says_why() -> None:
    result = await run_scenario(scenario(MISSING, 'cause = "clock-skew-kdc"\nsmtp = "454"\n'))
    assert not result.passed
    assert result.reasons == (
        "the verdict is spn-missing, clock-skew-kdc was due",
        'the authentication was answered with "", "454" was due',
    )


async def test_a_fault_that_nothing_touched_did_not_fire() -> None:
    idle = '[[fault]]\nkind = "slow"\non = "EX1"\nat = "tls"\ndelay = 1\n[probe]\ntls = "none"\n'
    result = await run_scenario(scenario(idle, 'cause = "healthy"\nsmtp = "235"\n'))
    assert result.reasons == ("the fault slow did not fire",)


async def test_the_probe_is_told_what_the_scenario_says_and_nothing_of_its_faults() -> None:
    tables = (
        MISSING
        + '[probe]\ncredentials = "password"\ntls = "none"\nehlo = "jump.contoso.lab"\nspn = "HOST/ex1"\n'
    )
    result = await run_scenario(scenario(tables, 'cause = "healthy"\nsmtp = "235"\n'))
    assert result.passed, result.reasons
    request = result.trace.request
    assert (request.credentials, request.principal, request.realm) == ("password", "alice", "CONTOSO.LAB")
    assert (request.tls, request.ehlo_name, request.spn) == ("none", "jump.contoso.lab", "HOST/ex1")
    written = json.dumps(probe.trace_to_json(result.trace))
    assert "missing-spn" not in written
    assert "small" not in written


async def test_a_probe_without_an_account_and_with_less_effort() -> None:
    tables = '[probe]\ncredentials = "none"\neffort = "quick"\n'
    request = (await run_scenario(scenario(tables, 'cause = "undetermined"\n'))).trace.request
    assert (request.credentials, request.effort) == ("none", "quick")


async def test_the_event_that_the_receiver_logged_is_told() -> None:
    tables = '[[fault]]\nkind = "stale-key"\non = "EX1"\n'
    result = await run_scenario(scenario(tables, 'cause = "machine-key-stale"\ncertainty = "likely"\n'))
    assert result.logged
    assert result.logged[0].startswith(
        "Inbound authentication failed with error LogonDenied for Receive connector"
    )


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        # the receiver hands back a KRB-ERROR and asks for another token; the probe has none
        ("skew=+6m", "TimeSkew"),
        ("wrong-spn", "WrongPrincipal"),
        ("cut-token", "IllegalMessage"),
        ("corrupt-token", "LogonDenied"),
        ("replay", "LogonDenied"),
    ],
)
async def test_a_deliberate_fault_of_the_probe_gets_the_454_of_a_healthy_connector(
    fault: str, error: str
) -> None:
    result = await run_scenario(scenario(f'[probe]\ninject = "{fault}"\n', 'cause = "healthy"\n'))
    assert result.trace.request.inject.startswith(fault.partition("=")[0])
    assert last_reply(result.report).startswith("454 4.7.0 ")
    assert [entry.detail["error"] for entry in events(result.entries)] == [error]


async def test_an_injection_that_is_none_is_one_line() -> None:
    with pytest.raises(LabError, match=r"small: probe\.inject: .*'gremlin'"):
        await run_scenario(scenario('[probe]\ninject = "gremlin"\n', 'cause = "healthy"\n'))


def patient_and_hurried() -> list[Scenario]:
    tables = ("", '[probe]\ntimeout = "400ms"\n') * 2 * AT_ONCE
    return [scenario(each, 'cause = "healthy"\n') for each in tables]


async def test_several_run_side_by_side_and_come_back_in_order() -> None:
    running: list[float] = []
    most: dict[float, int] = {}

    async def job(found: Scenario) -> float:
        patience = found.probe.timeout
        running.append(patience)
        most[patience] = max(most.get(patience, 0), len(running))
        await asyncio.sleep(0.01)
        running.remove(patience)
        return patience

    assert await side_by_side(patient_and_hurried(), job) == [5.0, 0.4] * 2 * AT_ONCE
    assert most == {0.4: HURRIED_AT_ONCE, 5.0: AT_ONCE}


async def test_the_first_one_that_fails_ends_the_others() -> None:
    ended: list[Scenario] = []

    async def job(found: Scenario) -> None:
        if found is chosen[2]:
            await asyncio.sleep(0)
            raise LabError("no port")
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(found)

    chosen = patient_and_hurried()[::2]
    with pytest.raises(LabError, match="no port"):
        await side_by_side(chosen, job)
    assert ended


def test_results_are_in_the_order_of_the_scenarios_whichever_ends_first() -> None:
    slow, quick = (
        scenario(
            f'[[fault]]\nkind = "slow"\non = "EX1"\nat = "greeting"\ndelay = "{delay}"\n',
            'cause = "healthy"\n',
        )
        for delay in ("500ms", "1ms")
    )
    heard: list[Scenario] = []
    results = run_all([slow, quick], done=lambda result: heard.append(result.scenario))
    assert [result.scenario for result in results] == [slow, quick]
    assert heard == [quick, slow]


async def test_nobody_logs_on_without_credentials() -> None:
    result = await run_scenario(scenario('[probe]\ncredentials = "none"\n', 'cause = "undetermined"\n'))
    assert result.trace.request.credentials == "none"
    assert result.trace.request.principal == ""
    assert not [entry for entry in result.entries if entry.kind == "kdc-reply" and "TGS" in str(entry.detail)]
