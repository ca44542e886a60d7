"""`exps lab fuzz`: labs by chance, and a score."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from simulator.cli.errors import EXIT_FAILED
from simulator.fuzz.score import Kind
from simulator.run.fast_forward import run_fast
from simulator.run.fuzz import Played, draw, play
from simulator.scenario.write import fault_line, to_toml

VIOLATIONS = {Kind.CERTAIN_UNTRUE, Kind.HEALTHY_ACCUSED, Kind.WRONG, Kind.MISSED, Kind.TOO_CERTAIN}


def fuzz_labs(
    runs: int, seed: int, *, effort: str, keep: Path | None, as_json: bool, only: Sequence[int]
) -> int:
    """Play the labs; the exit status."""
    played: list[Played] = []
    for index in only or range(runs):
        one = run_fast(play(draw(seed, index), index=index, effort=effort))
        played.append(one)
        if one.kinds != (Kind.RIGHT,) or only:
            click.echo(line(one), err=as_json)
            if keep is not None:
                _keep(keep, one)
    if as_json:
        click.echo(json.dumps([to_json(one) for one in played], indent=1))
    else:
        click.echo(totals(played))
    return EXIT_FAILED if any(VIOLATIONS & set(one.kinds) for one in played) else 0


def line(one: Played) -> str:
    """One lab for people."""
    report, verdict = one.report, one.report["verdict"]
    beside = ", ".join(f"{each['cause']} {each['certainty']}" for each in report["alternatives"])
    faults = "; ".join(map(fault_line, one.scenario.faults)) or "no fault"
    truth = "unsound"
    if one.truth is not None:
        told = " | ".join("+".join(sorted(causes)) for causes in one.truth.causes)
        truth = told or f"passes (true: {', '.join(sorted(one.truth.true)) or 'nothing'})"
    kinds = ", ".join(one.kinds) or "unsound"
    settings = one.scenario.probe
    return (
        f"#{one.index} {kinds}: {faults} [{len(one.scenario.kdcs)} DC, {settings.credentials} {settings.principal},"
        f" {settings.mechanism}/{settings.tls}, {one.scenario.connectors[0].profile}]"
        f" -> truth {truth}; verdict {report['status']} {verdict['cause']} {verdict['certainty']}"
        + (f" (beside: {beside})" if beside else "")
    )


def to_json(one: Played) -> dict[str, Any]:
    """One lab as data."""
    return {
        "index": one.index,
        "kinds": [str(kind) for kind in one.kinds],
        "faults": [fault_line(fault) for fault in one.scenario.faults],
        "fired": sorted(one.fired),
        "truth": None
        if one.truth is None
        else {
            "diagnoses": one.truth.diagnoses,
            "causes": [sorted(causes) for causes in one.truth.causes],
            "true": sorted(one.truth.true),
        },
        "status": one.report["status"],
        "verdict": {key: one.report["verdict"][key] for key in ("cause", "certainty", "summary")},
        "alternatives": [
            {key: each[key] for key in ("cause", "certainty")} for each in one.report["alternatives"]
        ],
        "logons": one.logons,
    }


def totals(played: Sequence[Played]) -> str:
    """The figures."""
    lines = ["", "by kind:"]
    kinds = Counter(str(kind) for one in played for kind in (one.kinds or ("unsound",)))
    lines += [f"  {kind:16} {number}" for kind, number in kinds.most_common()]
    lines.append("by number of faults (right/labs):")
    for number in sorted({len(one.scenario.faults) for one in played}):
        those = [one for one in played if len(one.scenario.faults) == number]
        right = sum(Kind.RIGHT in one.kinds for one in those)
        lines.append(f"  {number}  {right}/{len(those)}")
    lines.append("by fault (right/labs):")
    for kind in sorted({fault.KIND for one in played for fault in one.scenario.faults}):
        those = [one for one in played if any(kind == fault.KIND for fault in one.scenario.faults)]
        right = sum(Kind.RIGHT in one.kinds for one in those)
        lines.append(f"  {kind:28} {right}/{len(those)}")
    right = sum(Kind.RIGHT in one.kinds for one in played)
    certain = kinds[str(Kind.CERTAIN_UNTRUE)]
    percent = 100 * right / len(played) if played else 0.0
    lines.append(f"score: {right} of {len(played)} right ({percent:.1f} %), {certain} certain and untrue")
    return "\n".join(lines)


def _keep(folder: Path, one: Played) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = replace(one.scenario, story=f"{one.scenario.story}\n{line(one)}")
    (folder / f"{one.scenario.name}.toml").write_text(to_toml(told), encoding="utf-8")
