"""Sweeps of the lab's connector under several names, and of scripted runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

import probe
from probe.diagnosis.verdict import Overall
from probe.run import run_probe
from probe.run.sweep import Examined, log_on_once, sweep, worst
from probe.settings.injection import parse_injection
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.results import Problem, TicketError
from probe.trace import Trace
from probe.trace.facts import Bug, Handshake, Ticket
from simulator.lab import Lab
from simulator.run.runner import probe_options
from simulator.scenario import find, load
from simulator.scenario.values import ProbeSettings
from tests.support.traces import failing, healthy

Source = Literal["password", "keytab"]
SOURCES: tuple[Source, ...] = ("password", "keytab")


class Free:
    """Counts how often a job may begin."""

    def __init__(self) -> None:
        self.asked = 0

    async def acquire(self) -> None:
        self.asked += 1


@asynccontextmanager
async def lab(folder: Path, settings: ProbeSettings) -> AsyncIterator[Lab]:
    scenario = replace(load(find("healthy")), probe=settings)
    async with Lab(scenario, folder) as running:
        yield running


def options_of(running: Lab) -> ProbeOptions:
    return replace(probe_options(running), ask_ntlm=False)


def tried(running: Lab) -> list[object]:
    """Each time a KDC judged the probe's secret: 0, a ticket-granting ticket; 24, KDC_ERR_PREAUTH_FAILED.

    The receiver logs on as well, for its half of EXCHANGEAUTH.
    """
    ours = running.scenario.probe.principal
    replies = [entry.detail for entry in running.ledger.of("kdc-reply")]
    return [
        detail["error"]
        for detail in replies
        if detail["error"] == 24
        or (detail["message"] == "AS-REP" and detail["error"] == 0 and detail["client"] == ours)
    ]


async def everything(*targets: ProbeOptions) -> list[Examined]:
    return [result async for result in sweep(targets, throttle=Free(), concurrency=2)]


@pytest.mark.parametrize("source", SOURCES)
async def test_a_secret_is_tried_once_for_all_targets(tmp_path: Path, source: Source) -> None:
    async with lab(tmp_path, ProbeSettings(credentials=source)) as running:
        single = options_of(running)
        ready = replace(single, credentials=await log_on_once(single))
        results = await everything(ready, ready, ready)
        assert tried(running) == [0]
        await run_probe(single)
        assert tried(running) == [0, 0], "as it would have been once a target"
    for result in results:
        assert (result.judgement.status, result.judgement.verdict.cause) == (Overall.OK, "healthy")
        assert result.trace.request.credentials == source
        assert [step.facts.source for step in result.trace.of(Ticket)] == [source]
        replies = [step.facts.reply for step in result.trace.of(Handshake)]
        assert [reply.code for reply in replies if reply is not None][-1] == 235


async def test_a_wrong_password_is_tried_once_and_no_target_is_examined(tmp_path: Path) -> None:
    async with lab(tmp_path, ProbeSettings(credentials="password", password="guess")) as running:
        with pytest.raises(TicketError) as refused:
            await log_on_once(options_of(running))
        assert refused.value.problem is Problem.CREDENTIALS_REJECTED
        assert tried(running) == [24]
        assert not running.ledger.of("smtp-connect")


async def test_a_cache_and_no_credentials_stay_what_they_are() -> None:
    for credentials in (Credentials(), Credentials(source="ccache", cache=b"\x05\x04")):
        options = ProbeOptions(name="mail1", credentials=credentials)
        assert await log_on_once(options) is credentials


async def test_ntlm_is_refused() -> None:
    credentials = Credentials(source="password", secret=probe.Password("secret"))
    with pytest.raises(ValueError, match="NTLM"):
        await log_on_once(ProbeOptions(name="mail1", mechanism="ntlm", credentials=credentials))


@pytest.mark.parametrize(
    "options",
    [
        ProbeOptions(name="mail1", injection=parse_injection("replay")),
        ProbeOptions(name="mail1", credentials=Credentials(source="password", secret=probe.Password("x"))),
    ],
    ids=["injection", "secret"],
)
async def test_neither_damage_nor_a_secret_is_for_many(options: ProbeOptions) -> None:
    with pytest.raises(ValueError, match="a sweep"):
        await everything(options)


async def test_an_error_that_nobody_foresaw_ends_no_other_target() -> None:
    async def examine(options: ProbeOptions) -> Trace:
        if options.name == "broken":
            raise ZeroDivisionError("perhaps a secret")
        return healthy() if options.name == "good" else failing()

    targets, throttle = [ProbeOptions(name=name) for name in ("good", "broken", "bad")], Free()
    results = {
        result.options.name: result
        async for result in sweep(targets, throttle=throttle, concurrency=1, examine=examine)
    }
    assert throttle.asked == 3
    assert results["good"].judgement.status is Overall.OK
    assert results["bad"].judgement.status is not Overall.OK
    broken = results["broken"]
    assert (broken.judgement.status, broken.trace.target.name) == (Overall.UNKNOWN, "broken")
    (step,) = broken.trace.of(Bug)
    assert (step.facts.where, step.facts.error) == ("sweep", "ZeroDivisionError")
    assert any(line.startswith("examine:") for line in step.facts.traceback)
    assert "perhaps a secret" not in repr(broken.trace)


def test_a_failure_is_worse_than_what_could_not_be_examined() -> None:
    ok, warning, failure, unknown = Overall.OK, Overall.WARNING, Overall.FAILURE, Overall.UNKNOWN
    assert worst([ok, unknown, failure, warning]) is failure
    assert worst([warning, unknown, ok]) is unknown
    assert worst([ok, warning]) is warning
    assert worst([ok]) is ok
