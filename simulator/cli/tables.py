"""`exps lab list` and `exps lab show`."""

from collections.abc import Iterable
from dataclasses import fields
from importlib.resources import files

import click
from rich.console import Console
from rich.table import Table

from simulator import scenario as scenarios
from simulator.cli.errors import one_line
from simulator.scenario.values import Expect, Scenario

PIPE_WIDTH = 400
"""Columns where there is no terminal to ask: a table in a file must not wrap at 80."""


def console() -> Console:
    """Standard output: colours on a terminal only, and wide enough in a pipe."""
    found = Console(highlight=False, soft_wrap=False)
    return found if found.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def load_all(names: Iterable[str]) -> list[Scenario]:
    """The scenarios of these names or paths. Raises BadInput."""
    with one_line():
        return [scenarios.load(scenarios.find(name), causes=known_causes()) for name in names]


def print_list() -> None:
    """One line a scenario."""
    table = Table("name", "title", "cause", box=None, pad_edge=False)
    for scenario in load_all(scenarios.names()):
        table.add_row(scenario.name, scenario.title, scenario.expect.cause)
    console().print(table)


def print_scenario(name: str) -> None:
    """The story, what has to be seen, and the lesson."""
    (scenario,) = load_all([name])
    click.echo(f"{scenario.name}: {scenario.title}\n\n{scenario.story}\n")
    for fault in scenario.faults:
        settings = ", ".join(
            f"{item.name} = {getattr(fault, item.name)}"
            for item in fields(fault)
            if item.name != "may_not_fire" or fault.may_not_fire
        )
        click.echo(f"fault    {fault.KIND}: {settings}")
    for label, text in expected(scenario.expect):
        click.echo(f"{label:8} {text}")
    click.echo(f"\n{scenario.lesson.explain.strip()}\n")
    for command in scenario.lesson.check:
        click.echo(f"  > {command}")


def expected(expect: Expect) -> Iterable[tuple[str, str]]:
    """What has to come out, with a label each."""
    yield "cause", f"{expect.cause} ({expect.certainty})"
    yield "reply", expect.smtp or "none: no authentication is answered"
    if expect.event is not None:
        yield "event", f"{expect.event.id} {expect.event.error}"
    if expect.alternatives:
        yield "or", ", ".join(expect.alternatives)


def known_causes() -> tuple[str, ...]:
    """The codes of the probe's catalogue, which is data: one TOML file a cause, named by its code."""
    folder = files("probe") / "causes"
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    )
