"""`exps demo`: a healthy handshake and the three classic failures, each with what both sides saw."""

import click

import probe
from simulator.cli.errors import EXIT_FAILED, one_line
from simulator.cli.tables import console, load_all
from simulator.run.runner import Result, run

SCENARIOS = ("healthy", "clock-skew-receiver", "spn-missing", "illegal-message")
"""Microsoft KB 979174: what it looks like when all is well, and the article's three reasons."""


def run_demo() -> int:
    """Show each scenario; 0 if all came out as expected."""
    with one_line():
        chosen = load_all(SCENARIOS)
        results = []
        for number, scenario in enumerate(chosen, 1):
            result = run(scenario)
            _show(result, f"{number} of {len(chosen)}")
            results.append(result)
    missed = [result for result in results if not result.passed]
    for result in missed:
        for reason in result.reasons:
            click.echo(f"not as expected: {result.scenario.name}: {reason}")
    if missed:
        return EXIT_FAILED
    click.echo(
        "All four came out as expected. Every scenario:  exps lab list\nOne of them:     exps lab show NAME"
    )
    return 0


def _show(result: Result, place: str) -> None:
    """Story, verdict and ladder, the receiver's event, explanation."""
    output, scenario = console(), result.scenario
    output.rule(f"[bold]{place}: {scenario.title}", align="left")
    output.print(f"\n{scenario.story}\n", markup=False)
    output.print("[bold]What the probe says")
    probe.show_report(output, result.trace, result.judgement)
    output.print("\n[bold]What the receiver logged")
    for message in dict.fromkeys(result.logged or ("Nothing.",)):
        output.print(f"  {message}", markup=False)
    output.print("\n[bold]Why")
    output.print(f"{scenario.lesson.explain.strip()}\n", markup=False)
