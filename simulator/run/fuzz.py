"""Labs by chance, played: the probe's verdict on each, and the truth by ablation."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import probe
from simulator.fuzz.dice import Dice
from simulator.fuzz.generate import generate
from simulator.fuzz.parts import Part, parts, without
from simulator.fuzz.score import Kind, passed, score
from simulator.fuzz.truth import Truth, Unsound, diagnose, truth_of
from simulator.lab import Lab
from simulator.ledger import Entry
from simulator.run.runner import lab_folder, probe_options
from simulator.scenario.values import ProbeSettings, Scenario

SENDER = ProbeSettings()
"""Who is played where the probe itself logs on as nobody: the sending server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One lab."""

    index: int
    scenario: Scenario
    truth: Truth | None
    """None: the lab does not even work with everything mended."""
    report: Mapping[str, Any]
    fired: frozenset[str]
    kinds: tuple[Kind, ...]
    logons: int
    """How many log-ons the truth took."""


def draw(seed: int, index: int) -> Scenario:
    """Number ``index`` of the labs of ``seed``."""
    return generate(Dice(random.Random(f"{seed}/{index}").random), f"fuzz-{seed}-{index}")  # noqa: S311 - chance, not secrets


async def play(scenario: Scenario, *, index: int, effort: str) -> Played:
    """A lab's verdict and its truth."""
    report, entries = await _report(scenario, effort=effort)
    found, logons = parts(scenario), 0
    ablation = diagnose(found)
    truth: Truth | None = None
    try:
        removed = next(ablation)
        while True:
            logons += 1
            removed = ablation.send(await _passes(scenario, removed))
    except StopIteration as end:
        truth = truth_of(scenario, end.value)
    except Unsound:
        pass
    return Played(
        index=index,
        scenario=scenario,
        truth=truth,
        report=report,
        fired=frozenset(str(entry.detail["fault"]) for entry in entries if entry.kind == "fault"),
        kinds=() if truth is None else score(truth, report),
        logons=logons,
    )


async def _passes(scenario: Scenario, removed: tuple[Part, ...]) -> bool:
    """Whether a sender's log-on passes with some parts mended."""
    mended = without(scenario, removed)
    settings = mended.probe
    if settings.mechanism == "none" or settings.credentials == "none":
        asking = replace(
            SENDER, connect=settings.connect, discover_kdcs=settings.discover_kdcs, ask_ntlm=False
        )
        mended = replace(mended, probe=asking)
    report, _ = await _report(mended, effort="quick")
    return passed(report, mechanism=mended.probe.mechanism)


async def _report(scenario: Scenario, *, effort: str) -> tuple[Mapping[str, Any], tuple[Entry, ...]]:
    with lab_folder() as folder:
        async with Lab(scenario, folder) as lab:
            host = replace(probe.this_host(), monotonic=asyncio.get_running_loop().time)
            trace = await probe.run_probe(replace(probe_options(lab), effort=effort), host)
        entries = tuple(lab.ledger.entries)
    return probe.report_json(trace, probe.judge(trace)), entries
