"""`--inject X` against a healthy lab connector: 454 4.7.0 on the wire, and the receiver's own reason in the ledger."""

from dataclasses import replace
from pathlib import Path

import pytest

import probe
from probe.trace.facts import Handshake
from simulator.lab import Lab
from simulator.run.comparison import events
from simulator.run.runner import probe_options
from simulator.scenario import find, load

CASES = {
    "skew=+6m": "TimeSkew",
    "skew=-6m": "TimeSkew",
    "wrong-spn": "WrongPrincipal",
    "cut-token": "IllegalMessage",
    "corrupt-token": "LogonDenied",
    "replay": "LogonDenied",
}


@pytest.mark.parametrize(("word", "reason"), CASES.items())
async def test_a_known_fault_of_ours(word: str, reason: str, tmp_path: Path) -> None:
    async with Lab(load(find("healthy")), tmp_path) as lab:
        options = replace(probe_options(lab), injection=probe.parse_injection(word))
        trace = await probe.run_probe(options)
        logged = [entry.detail["error"] for entry in events(tuple(lab.ledger.entries))]
    last = trace.of(Handshake)[-1].facts
    assert last.reply is not None
    assert (last.reply.code, last.reply.enhanced) == (454, "4.7.0")
    assert last.injected.partition("=")[0] == word.partition("=")[0]
    assert last.disconnected
    assert logged == [reason]


@pytest.mark.parametrize("word", CASES)
async def test_the_verdict_says_that_the_fault_is_ours(word: str, tmp_path: Path) -> None:
    async with Lab(load(find("healthy")), tmp_path) as lab:
        options = replace(probe_options(lab), injection=probe.parse_injection(word))
        judgement = probe.judge(await probe.run_probe(options))
    assert "our own" in judgement.verdict.summary
    assert judgement.verdict.certainty != "certain" or judgement.verdict.cause == "healthy"
