"""Labs by chance, played: the probe's verdict on each, and the truth by ablation.

One lab after the other in an event loop that skips what nobody needs (`fast_forward`), because a lab whose domain
controllers swallow what they are sent would take minutes. A lab is played once for its verdict, and once for each set
of faults that might be to blame with the log-on alone (the effort ``quick``).
"""

import asyncio
import random
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import probe
from simulator.faults import Fault
from simulator.fuzz.dice import Dice
from simulator.fuzz.generate import generate
from simulator.fuzz.parts import Part, parts, without
from simulator.fuzz.score import MISSES, Kind, Said, is_same, is_weaker, passed, said_in, score
from simulator.fuzz.surroundings import SENDER, logs_on
from simulator.fuzz.truth import Truth, Unsound, diagnose, truth_of
from simulator.lab import Lab
from simulator.ledger import Entry
from simulator.net.actions import Action, Send
from simulator.run.comparison import events, fired_faults, last_reply
from simulator.run.fast_forward import run_fast
from simulator.run.runner import lab_folder, probe_options
from simulator.scenario.values import ExpectedEvent, Scenario

Report = Mapping[str, Any]

KDC_STEP_S = 0.02
"""So much longer a domain controller's answers take than those of the one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Distances(Fault):
    """No fault: the later a domain controller is named, the farther away it is.

    The probe may go on with whoever answers first. Which that is must not be a matter of this machine's load, or two
    runs of a lab are not of the same one."""

    kdcs: tuple[str, ...]

    def kdc_answer(self, kdc: str, transport: str, number: int, answer: Action) -> Action:
        """The same, later."""
        if not isinstance(answer, Send):
            return answer
        return replace(answer, delay_s=answer.delay_s + KDC_STEP_S * self.kdcs.index(kdc))


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzOptions:
    """What is played."""

    seed: int
    effort: str = "default"
    twice: bool = False
    """Play each lab once more, for the same verdict."""
    compare_efforts: bool = False
    """Play each lab thoroughly as well, for a verdict that is not weaker."""
    minimise: bool = False
    """Take out of each miss the faults that it does not need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One lab."""

    index: int
    scenario: Scenario
    kinds: tuple[Kind, ...]
    said: Said | None = None
    again: Said | None = None
    """What was said at the second time."""
    thorough: Said | None = None
    """What a thorough run said."""
    truth: Truth | None = None
    fired: frozenset[int] = frozenset()
    """The places of the faults that changed something."""
    smtp: str = ""
    """The code of the reply that ended the log-on; empty for none."""
    event: ExpectedEvent | None = None
    """The first event of a refusal that the receiver logged."""
    logons: int = 0
    """How many log-ons the truth took."""
    problem: str = ""
    """What broke: a traceback."""

    @property
    def missed(self) -> frozenset[Kind]:
        """What is worth a look."""
        return MISSES & frozenset(self.kinds)


def draw(seed: int, index: int) -> Scenario:
    """Number ``index`` of the labs of ``seed``."""
    dice = Dice(random.Random(f"{seed}/{index}").random)  # noqa: S311 - chance, and no secret
    return generate(dice, f"fuzz-{seed}-{index}")


def play_index(options: FuzzOptions, index: int) -> Played:
    """Draw a lab and play it; a miss is made smaller where that is wanted. Whatever happens, there is a result."""
    scenario = draw(options.seed, index)
    try:
        played = run_fast(play(scenario, options, index=index))
        return _minimised(played, options) if options.minimise and played.missed else played
    except Exception:  # noqa: BLE001 - one lab that breaks must not end the others
        problem = traceback.format_exc()
    return Played(index=index, scenario=scenario, kinds=(Kind.BROKEN,), problem=problem)


async def play(scenario: Scenario, options: FuzzOptions, *, index: int = 0) -> Played:
    """A lab's verdict, its truth, and the one held against the other."""
    report, entries = await _report(scenario, effort=options.effort)
    said = said_in(report)
    seen = Played(
        index=index,
        scenario=scenario,
        kinds=(Kind.UNSOUND,),
        said=said,
        fired=fired_faults(entries) & frozenset(range(len(scenario.faults))),
        smtp=last_reply(report)[:3],
        event=next(map(_event, events(entries)), None),
    )
    try:
        truth, logons = await _truth(scenario, report)
    except Unsound:
        return seen
    seen = replace(seen, kinds=score(truth, said), truth=truth, logons=logons)
    if options.twice:
        again = said_in((await _report(scenario, effort=options.effort))[0])
        kinds: tuple[Kind, ...] = () if is_same(truth, said, again) else (Kind.UNSTEADY,)
        seen = replace(seen, kinds=_united(seen.kinds, kinds), again=again)
    if options.compare_efforts:
        thorough = said_in((await _report(scenario, effort="thorough"))[0])
        kinds = tuple(kind for kind in score(truth, thorough) if kind in MISSES)
        kinds += (Kind.WEAKER,) if is_weaker(truth, said, thorough) else ()
        seen = replace(seen, kinds=_united(seen.kinds, kinds), thorough=thorough)
    return seen


def _united(kinds: Sequence[Kind], more: Sequence[Kind]) -> tuple[Kind, ...]:
    return tuple(dict.fromkeys((*kinds, *more)))


async def _truth(scenario: Scenario, report: Report) -> tuple[Truth, int]:
    """The truth and how many log-ons it took. Raises Unsound."""
    ablation, logons = diagnose(parts(scenario)), 0
    removed = next(ablation)
    try:
        while True:
            if not removed and logs_on(scenario.probe):
                # The log-on that was judged is the one to explain.
                passes = passed(report["steps"], mechanism=scenario.probe.mechanism)
            else:
                passes = await _passes(scenario, removed)
                logons += 1
            removed = ablation.send(passes)
    except StopIteration as end:
        return truth_of(scenario, end.value), logons


async def _passes(scenario: Scenario, removed: tuple[Part, ...]) -> bool:
    """Whether a sender's log-on passes with some parts mended."""
    mended = without(scenario, removed)
    settings = mended.probe
    if not logs_on(settings):
        settings = replace(SENDER, connect=settings.connect, discover_kdcs=settings.discover_kdcs)
        mended = replace(mended, probe=settings)
    report, _ = await _report(mended, effort="quick")
    return passed(report["steps"], mechanism=settings.mechanism)


async def _report(scenario: Scenario, *, effort: str) -> tuple[Report, tuple[Entry, ...]]:
    """The object of `exps probe --json`, and the lab's ledger."""
    distances = _Distances(kdcs=tuple(kdc.name for kdc in scenario.kdcs))
    played = replace(scenario, faults=(*scenario.faults, distances))
    with lab_folder() as folder:
        async with Lab(played, folder) as lab:
            host = replace(probe.this_host(), monotonic=asyncio.get_running_loop().time)
            trace = await probe.run_probe(replace(probe_options(lab), effort=effort), host)
        entries = tuple(lab.ledger.entries)
    return probe.report_json(trace, probe.judge(trace)), entries


def _event(entry: Entry) -> ExpectedEvent:
    return ExpectedEvent(id=int(str(entry.detail["id"])), error=str(entry.detail["error"]))


def _minimised(played: Played, options: FuzzOptions) -> Played:
    """The same miss with no fault that it does not need; as it was drawn, where it does not come again."""
    smallest = played
    for part in parts(played.scenario):
        if part.fault is None:
            continue
        left = tuple(fault for fault in smallest.scenario.faults if fault is not part.fault)
        tried = run_fast(play(replace(smallest.scenario, faults=left), options, index=played.index))
        if tried.missed == played.missed and _said(tried) == _said(played):
            smallest = tried
    return smallest


def _said(played: Played) -> tuple[str, str]:
    return ("", "") if played.said is None else (played.said.status, played.said.cause)
