"""Which mechanism comes first, and what follows it: against the lab, as a sending server and as a user."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import probe
from probe.report.text import render
from probe.trace import Trace
from probe.trace.facts import Handshake, Negotiation, Outcome
from simulator.faults import Fault
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.missing_spn import MissingSpn
from simulator.faults.stale_key import StaleKey
from simulator.faults.values import Seconds
from simulator.lab import Lab
from simulator.run.runner import probe_options
from simulator.scenario import find, load
from simulator.scenario.values import ProbeSettings

EX2 = "ex2.contoso.lab"
ALICE = ProbeSettings(credentials="password", user="alice")


async def run(folder: Path, *faults: Fault, settings: ProbeSettings | None = None, **options: Any) -> Trace:
    scenario = replace(load(find("healthy")), faults=faults, probe=settings or ProbeSettings())
    async with Lab(scenario, folder) as lab:
        return await probe.run_probe(replace(probe_options(lab), ask_ntlm=False, **options))


def told(trace: Trace) -> list[tuple[str, str, Outcome]]:
    """Each log-on on the sender's own way: verb, mechanism, and how it ended."""
    return [
        (step.facts.verb, step.facts.mechanism, step.outcome)
        for step in trace.of(Handshake)
        if not step.facts.contrast
    ]


BOUND, GSSAPI = ("X-EXPS", "EXCHANGEAUTH"), ("X-EXPS", "GSSAPI")


async def test_a_sender_takes_exchangeauth_and_needs_nothing_else(tmp_path: Path) -> None:
    trace = await run(tmp_path)
    assert told(trace) == [(*BOUND, Outcome.OK)]
    assert trace.of(Handshake)[0].facts.return_leg == "verified"
    assert probe.judge(trace).verdict.cause == "healthy"


async def test_without_the_machines_key_gssapi_brings_the_proof(tmp_path: Path) -> None:
    trace = await run(tmp_path, settings=ProbeSettings(credentials="ccache", user="EX2$"))
    assert told(trace) == [(*BOUND, Outcome.OK), (*GSSAPI, Outcome.OK)]
    assert [step.facts.return_leg for step in trace.of(Handshake)] == ["unproven", ""]
    judgement = probe.judge(trace)
    assert (judgement.verdict.cause, judgement.verdict.certainty) == ("healthy", "certain")


async def test_a_user_whose_host_nobody_knows_does_not_try_it(tmp_path: Path) -> None:
    trace = await run(tmp_path, settings=ALICE)
    assert told(trace) == [(*BOUND, Outcome.SKIPPED), (*GSSAPI, Outcome.OK)]
    skipped, proved = (step.facts for step in trace.of(Handshake))
    says = "no KDC knows SMTPSVC/jump.contoso.lab, so the receiver could not answer"
    assert (skipped.problem, skipped.token_octets, skipped.reply) == (says, 0, None)
    assert proved.ap_rep_verified
    judgement = probe.judge(trace)
    assert (judgement.status, judgement.verdict.cause) == ("ok", "healthy")
    assert says in " ".join(render(trace, judgement, 200).split())


async def test_a_user_who_gives_a_known_name_proves_what_can_be_proved(tmp_path: Path) -> None:
    trace = await run(tmp_path, settings=replace(ALICE, ehlo=EX2))
    assert told(trace) == [(*BOUND, Outcome.OK), (*GSSAPI, Outcome.OK)]
    assert trace.of(Handshake)[0].facts.return_leg == "unproven"
    assert probe.judge(trace).verdict.cause == "healthy"


async def test_who_is_asked_for_exchangeauth_gets_nothing_else(tmp_path: Path) -> None:
    trace = await run(tmp_path, settings=replace(ALICE, ehlo=EX2), mechanism="exchangeauth")
    assert told(trace) == [(*BOUND, Outcome.OK)]


async def test_who_is_asked_for_gssapi_gets_no_exchangeauth(tmp_path: Path) -> None:
    assert told(await run(tmp_path, mechanism="exps-gssapi")) == [(*GSSAPI, Outcome.OK)]


@pytest.mark.parametrize("tls", ["none", "starttls"])
async def test_where_it_is_not_offered_gssapi_is_what_a_sender_takes(tmp_path: Path, tls: str) -> None:
    assert told(await run(tmp_path, tls=tls)) == [(*GSSAPI, Outcome.OK)]


async def test_our_missing_name_shows_in_exchangeauth_alone(tmp_path: Path) -> None:
    trace = await run(tmp_path, MissingSpn(spn=f"SMTPSVC/{EX2}"))
    assert told(trace) == [(*BOUND, Outcome.REFUSED), (*GSSAPI, Outcome.OK)]
    assert not trace.of(Negotiation)
    judgement = probe.judge(trace)
    assert (judgement.verdict.cause, judgement.verdict.certainty) == ("return-spn-missing", "certain")
    suspected = {found.check for found in judgement.findings if found.status in ("suspect", "confirmed")}
    assert suspected == {"return-spn-missing"}
    noticed = {found.cause for found in judgement.alternatives}
    assert noticed <= {"tls-terminated-in-path"}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (StaleKey(on="EX1"), "machine-key-stale"),
        (ClockSkew(on="EX1", offset=Seconds(600.0)), "clock-skew-receiver"),
    ],
)
async def test_what_breaks_both_is_not_about_the_channel(tmp_path: Path, fault: Fault, cause: str) -> None:
    trace = await run(tmp_path, fault)
    assert told(trace) == [(*BOUND, Outcome.REFUSED), (*GSSAPI, Outcome.REFUSED)]
    judgement = probe.judge(trace)
    assert judgement.verdict.cause == cause
    assert "tls-terminated-in-path" not in {found.cause for found in judgement.alternatives}


@pytest.mark.parametrize(
    ("word", "mechanism"),
    [
        ("bad-hash", BOUND),
        ("skew=+6m", GSSAPI),
        ("cut-token", GSSAPI),
    ],
)
async def test_a_fault_of_ours_is_committed_once_and_where_it_shows(
    tmp_path: Path, word: str, mechanism: tuple[str, str]
) -> None:
    trace = await run(tmp_path, injection=probe.parse_injection(word))
    assert told(trace) == [(*mechanism, Outcome.REFUSED)]


async def test_a_replay_is_of_gssapi_because_a_hash_binds_a_token_to_its_channel(tmp_path: Path) -> None:
    trace = await run(tmp_path, mechanism="exchangeauth", injection=probe.parse_injection("replay"))
    assert told(trace) == [(*GSSAPI, Outcome.OK), (*GSSAPI, Outcome.REFUSED)]
    assert [step.facts.injected for step in trace.of(Handshake)] == ["", "replay"]


async def test_no_credentials_no_log_on(tmp_path: Path) -> None:
    assert told(await run(tmp_path, credentials=probe.Credentials())) == []
