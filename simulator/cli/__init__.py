"""`exps lab ...` and `exps demo`: what is typed. What is done is in the other modules of this package.

The probe's program finds these commands as entry points, so that it needs nothing of the lab. `exps --help` imports
this module, so it imports click and nothing heavy of ours: each command's module is imported when it is asked for,
and where the extra ``lab`` is not installed one line says so.

`up` runs a lab until somebody ends it, and says READY with one JSON object; `run` plays scenarios against the probe
and prints a table, JSON, JUnit's XML or the matrices; `fuzz` does so with labs by chance; `send` shows the sender's
side of one; `tables` lists and shows scenarios; `demonstration` tells a healthy handshake and the classic failures.
What was typed wrong is one line that names the option, file or key (`errors`).
"""

from pathlib import Path
from typing import Literal

import click

from simulator.cli.errors import LabCommand, LabGroup

DEFAULT_SMTP = "127.0.0.1:2525"
DEFAULT_KDC = "127.0.0.1:8888"

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=LabGroup)
def lab() -> None:
    """A lab in one process: receive connectors, domain controllers, faults.

    A SCENARIO is the name of one that comes with the lab (`exps lab list`), or the path of a .toml file.
    """


@lab.command()
@click.argument("scenario", default="healthy")
@click.option(
    "--state", type=_FOLDER, metavar="DIR", help="Where keytabs, krb5.conf and logs go; kept at the end."
)
@click.option("--smtp", default=DEFAULT_SMTP, show_default=True, metavar="HOST:PORT", help="First connector.")
@click.option(
    "--kdc", default=DEFAULT_KDC, show_default=True, metavar="HOST:PORT", help="First domain controller."
)
@click.option("--allow-remote", is_flag=True, help="Let it listen where other hosts can reach it.")
def up(*, scenario: str, state: Path | None, smtp: str, kdc: str, allow_remote: bool) -> None:
    """Run a lab until it is interrupted; prints READY and a JSON object when it accepts connections.

    Several connectors or domain controllers take one port after the other. Port 0 is any free one. Without
    --state the files go to a temporary folder that is removed at the end.
    """
    from simulator.cli.up import run_lab

    run_lab(scenario, state=state, smtp=smtp, kdc=kdc, allow_remote=allow_remote)


@lab.command("list")
def list_() -> None:
    """What scenarios there are: name, title, and the cause that the probe has to find."""
    from simulator.cli.tables import print_list

    print_list()


@lab.command()
@click.argument("scenario")
def show(*, scenario: str) -> None:
    """Tell a scenario: its story, what has to be seen, and the lesson."""
    from simulator.cli.tables import print_scenario

    print_scenario(scenario)


@lab.command()
@click.argument("scenarios", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All scenarios that come with the lab.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as a JSON array.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write the results in JUnit's XML as well.")
@click.option(
    "--matrix",
    is_flag=True,
    help="Print what every check says, and what was wrong against what was named.",
)
@click.pass_context
def run(
    context: click.Context,
    *,
    scenarios: tuple[str, ...],
    everything: bool,
    as_json: bool,
    junit: Path | None,
    matrix: bool,
) -> None:
    """Run scenarios end to end: a lab, the probe, and what came out against what was due.

    Exit status 0 if everything came out as expected, else 2.
    """
    from simulator.cli.run import run_scenarios

    if not scenarios and not everything:
        raise click.UsageError("name a scenario, or say --all", context)
    context.exit(run_scenarios(scenarios, as_json=as_json, junit=junit, matrix=matrix))


@lab.command()
@click.argument("scenario", default="healthy")
@click.option("--json", "as_json", is_flag=True, help="Print queue, events and delivery as a JSON object.")
@click.option(
    "--state", type=_FOLDER, metavar="DIR", help="Where logs and the receiver's Maildir go; kept at the end."
)
@click.option(
    "--attempts",
    type=click.IntRange(1, 20),
    default=1,
    show_default=True,
    metavar="N",
    help="How often the queue tries, without the waits in between.",
)
@click.option("--downgrade", is_flag=True, help="X-EXPS GSSAPI will do where EXCHANGEAUTH is not offered.")
@click.option(
    "--style",
    type=click.Choice(("2013", "2016")),
    help="Write LastError as this version does; default: as the receiver's version.",
)
@click.pass_context
def send(
    context: click.Context,
    *,
    scenario: str,
    as_json: bool,
    state: Path | None,
    attempts: int,
    downgrade: bool,
    style: Literal["2013", "2016"] | None,
) -> None:
    """Send a message and show the sender's queue.

    The lab's server EX2 takes the message and tries to deliver it to the scenario's receiver. Its queue is shown as
    Queue Viewer shows it, with the events on both sides. Exit status 0 if the message was
    delivered, 2 if it was not.
    """
    from simulator.cli.send import send_message
    from simulator.run.send import SendOptions

    options = SendOptions(attempts=attempts, downgrade=downgrade, style=style)
    context.exit(send_message(scenario, options, state=state, as_json=as_json))


@lab.command()
@click.option(
    "--runs",
    type=click.IntRange(1, 1_000_000),
    default=100,
    show_default=True,
    metavar="N",
    help="How many labs.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed draws the same labs."
)
@click.option(
    "--effort",
    type=click.Choice(("quick", "default", "thorough")),
    default="default",
    show_default=True,
    help="How much the probe measures.",
)
@click.option(
    "--only",
    type=click.IntRange(0),
    multiple=True,
    metavar="INDEX",
    help="Play this lab of the seed alone, and tell of it whatever it comes to; repeatable.",
)
@click.option("--keep", type=_FOLDER, metavar="DIR", help="Write each miss there, as small as it gets.")
@click.option("--twice", is_flag=True, help="Play each lab twice: its verdict has to be the same.")
@click.option(
    "--compare-efforts",
    is_flag=True,
    help="Play each lab with --thorough as well: its verdict must not be weaker.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 2), default=2, show_default=True, metavar="N", help="Labs side by side."
)
@click.option("--json", "as_json", is_flag=True, help="Print every lab as one JSON object.")
@click.pass_context
def fuzz(  # noqa: PLR0913 - an option is an argument
    context: click.Context,
    *,
    runs: int,
    seed: int,
    effort: str,
    only: tuple[int, ...],
    keep: Path | None,
    twice: bool,
    compare_efforts: bool,
    jobs: int,
    as_json: bool,
) -> None:
    """Draw labs by chance, and hold the verdict on each against the truth.

    A lab gets none to four faults with parameters by chance. What stops mail in it is found by mending each set of
    them and logging on again, so nobody has to say it. Each miss is a line: what was wrong in the lab, the truth,
    and the verdict. A kept one is a scenario:

    \b
        exps lab fuzz --runs 300 --seed 7 --keep misses
        exps lab fuzz --seed 7 --only 41
        exps lab run ./misses/fuzz-7-41.toml

    Exit status 0 if every invariant holds, else 2: the cause that comes first stops mail, or the verdict is
    undetermined; nothing is certain that is not so; nobody is accused where mail passes. The last line is the score.
    """
    from simulator.cli.fuzz import fuzz_labs
    from simulator.run.fuzz import FuzzOptions

    options = FuzzOptions(
        seed=seed, effort=effort, twice=twice, compare_efforts=compare_efforts, minimise=keep is not None
    )
    status = fuzz_labs(
        only or range(runs), options, jobs=jobs, keep=keep, as_json=as_json, everything=bool(only)
    )
    context.exit(status)


@click.command(cls=LabCommand)
@click.pass_context
def demo(context: click.Context) -> None:
    """A healthy handshake and three classic failures, explained.

    Each runs in a lab in this process: nothing is sent anywhere else. Exit status 0 if all came out as expected.
    """
    from simulator.cli.demonstration import run_demo

    context.exit(run_demo())
