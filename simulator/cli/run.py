"""`exps lab run`: scenarios end to end, and a table, JSON or JUnit XML of what came out."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from simulator import scenario as scenarios
from simulator.cli.errors import EXIT_FAILED, BadInput, one_line
from simulator.cli.tables import console, load_all
from simulator.run.confusion_matrix import Case, case_of, confusion, confusion_lines, figures
from simulator.run.runner import Result, run_all

MARKS = {"not-applicable": "·", "pass": "+", "notice": "n", "suspect": "S", "confirmed": "C"}
"""What a check says, in the matrix' one column."""

Matrix = dict[str, dict[str, str]]


def run_scenarios(names: Sequence[str], *, as_json: bool, junit: Path | None, matrix: bool) -> int:
    """Run the scenarios of these names, or all; the exit status."""
    chosen = load_all(names or scenarios.names())
    # A progress bar is for people, on a terminal, beside the results on standard output.
    bar = Console(stderr=True)
    with one_line(), Progress(console=bar, transient=True, disable=not bar.is_terminal) as progress:
        shown = progress.add_task("running", total=len(chosen))
        results = run_all(chosen, done=lambda _: progress.advance(shown))
    if junit is not None:
        _write(junit, junit_xml(results))
    if as_json:
        document = matrices(results) if matrix else [result.to_json() for result in results]
        click.echo(json.dumps(document, indent=1))
    else:
        _print_matrix(results) if matrix else _print_results(results)
    return 0 if all(result.passed for result in results) else EXIT_FAILED


def matrices(results: Sequence[Result]) -> dict[str, Any]:
    """Both matrices and the figures, as ``--matrix --json`` prints them."""
    found = cases(results)
    return {
        "schema": "exps.matrix/1",
        "checks": to_matrix(results),
        "confusion": confusion(found),
        "figures": figures(found),
    }


def cases(results: Iterable[Result]) -> list[Case]:
    """Each result as what was wrong against what was said."""
    return [
        case_of(result.scenario.name, result.scenario.expect.true_causes, result.report) for result in results
    ]


def to_matrix(results: Iterable[Result]) -> Matrix:
    """Scenario x check -> status, as the golden file has it."""
    return {result.scenario.name: dict(sorted(result.checks().items())) for result in results}


def junit_xml(results: Sequence[Result]) -> str:
    """The results as build servers read them (JUnit's XML); times in seconds."""
    suite = ElementTree.Element(
        "testsuite",
        name="exps lab run",
        tests=str(len(results)),
        failures=str(sum(not result.passed for result in results)),
        time=f"{sum(result.ms for result in results) / 1000:.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname="scenario", name=result.scenario.name, time=f"{result.ms / 1000:.3f}"
        )
        if not result.passed:
            ElementTree.SubElement(case, "failure", message=result.reasons[0]).text = "\n".join(
                result.reasons
            )
    ElementTree.indent(suite)
    octets: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return octets.decode() + "\n"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None


def _print_results(results: Sequence[Result]) -> None:
    table = Table("scenario", "expected", "got", "certainty", "passed", "ms", box=None, pad_edge=False)
    table.columns[-1].justify = "right"
    for result in results:
        passed = "[green]yes" if result.passed else "[bold red]no"
        table.add_row(
            result.scenario.name,
            result.scenario.expect.cause,
            result.got,
            result.certainty,
            passed,
            f"{result.ms:.0f}",
        )
    output = console()
    output.print(table)
    for result in results:
        for reason in result.reasons:
            output.print(f"{result.scenario.name}: {reason}", markup=False)
    passed_count = sum(result.passed for result in results)
    output.print(f"{passed_count} of {len(results)} came out as expected")


def _print_matrix(results: Sequence[Result]) -> None:
    """One column a scenario's name, then one a check, under numbers that the legend explains."""
    matrix = to_matrix(results)
    checks = sorted({check for row in matrix.values() for check in row})
    width = max((len(name) for name in matrix), default=0)
    lines = [f"{'':{width}}  " + " ".join(f"{number:2}" for number in range(1, len(checks) + 1))]
    for name, row in matrix.items():
        lines.append(f"{name:{width}}  " + " ".join(f"{MARKS[row[check]]:>2}" for check in checks))
    lines += ["", *(f"{number:2} {check}" for number, check in enumerate(checks, 1)), ""]
    lines.append(", ".join(f"{mark} {status}" for status, mark in MARKS.items()))
    lines += ["", "What is wrong, and what was named first:", "", *confusion_lines(cases(results))]
    _echo("\n".join(lines))


def _echo(text: str) -> None:
    """Print, in ASCII where standard output has nothing better (a Windows console in an old code page)."""
    encoding = sys.stdout.encoding or "ascii"
    click.echo(text.encode(encoding, errors="replace").decode(encoding))
