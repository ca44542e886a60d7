"""`exps sweep`: many connectors."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from probe.cli.errors import BadInput
from probe.cli.probe import command as probe_command
from probe.cli.settings import ProbeSettings
from probe.cli.sweep_files import Address, Results, Row, read_results, read_targets
from probe.diagnosis.verdict import Overall, exit_status
from probe.report.json import report
from probe.settings.options import ProbeOptions
from probe.tickets.client.results import TicketError
from probe.trace.wording import clean

HELP = """Examine every receive connector of the file TARGETS (HOST[:PORT] a line, # begins a comment; - is
standard input).

Each target is one `exps probe`. A password or key is tried once for all of them. Deliberate faults (--inject) belong
to a single target, and NTLM, which would try a password at each one, too.

\b
Without credentials:
  exps sweep targets.txt --realm CONTOSO.COM
As a user, with results kept, and again after an interruption:
  exps sweep targets.txt --user alice@CONTOSO.COM --password-file pw --out results.jsonl
  exps sweep targets.txt --user alice@CONTOSO.COM --password-file pw --out results.jsonl --resume

Exit status: the worst of the targets, in this order: 2 a failure was found, 3 one could not be examined, 1 a
warning, 0 all are healthy.
"""

MAXIMUM_RATE, MAXIMUM_CONCURRENCY = 100.0, 256

LEFT_OUT = ("target", "connect", "smb", "inject", "as_json", "html", "trace")
"""What `exps probe` takes for a single target only."""

STYLES = {
    Overall.OK: "green",
    Overall.WARNING: "yellow",
    Overall.FAILURE: "red",
    Overall.UNKNOWN: "magenta",
}


@click.command(help=HELP)
@click.argument("targets", metavar="TARGETS")
@click.option("--rate", default="5/s", show_default=True, metavar="N/s", help="Targets begun a second.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, MAXIMUM_CONCURRENCY),
    default=8,
    show_default=True,
    metavar="N",
    help="Targets examined at the same time.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write a JSON report a line.")
@click.option("--resume", is_flag=True, help="Leave out the targets that --out holds already.")
def command(
    *, targets: str, rate: str, concurrency: int, out: Path | None, resume: bool, **typed: Any
) -> int:
    """Examine the targets and print a table; the exit status is the worst of theirs."""
    settings = ProbeSettings.of(typed)
    if targets == "-" == settings.password_file:
        raise BadInput("TARGETS and --password-file cannot both be standard input")
    per_second = _rate(rate)
    wanted = read_targets(targets)
    known = _earlier(out, resume=resume)
    rows = {address: known[address] for address in wanted if address in known}
    missing = [text for address, text in wanted.items() if address not in known]
    try:
        if missing:
            options = _options(missing, settings)
            _examine(options, rows, rate_per_s=per_second, concurrency=concurrency, out=out)
    finally:
        _show([rows[address] for address in wanted if address in rows])
    from probe.run.sweep import worst

    return exit_status(worst(row.status for row in rows.values()))


command.params += [option for option in probe_command.params if option.name not in LEFT_OUT]


def _rate(text: str) -> float:
    try:
        rate = float(text.strip().removesuffix("/s"))
    except ValueError:
        rate = 0.0
    if not 0 < rate <= MAXIMUM_RATE:
        raise BadInput(
            f"--rate: {text!r} is no number above 0 and up to {MAXIMUM_RATE:g} a second, such as 5/s"
        )
    return rate


def _earlier(out: Path | None, *, resume: bool) -> dict[Address, Row]:
    """What need not be examined again. Raises BadInput rather than mixing two sweeps in one file."""
    if out is None:
        if resume:
            raise BadInput("--resume needs --out FILE, which says what was done")
        return {}
    if resume:
        return read_results(out)
    if out.is_file() and out.stat().st_size:
        raise BadInput(f"{out}: has results already: --resume goes on with them, or name another file")
    return {}


def _options(targets: Sequence[str], settings: ProbeSettings) -> list[ProbeOptions]:
    """The options of each target. Raises BadInput."""
    from probe.cli.options import build_options

    options = build_options(targets, settings)
    if settings.mechanism == "ntlm":
        raise BadInput("--mechanism ntlm would try the password at every target: use exps probe")
    return options


def _examine(
    options: Sequence[ProbeOptions],
    rows: dict[Address, Row],
    *,
    rate_per_s: float,
    concurrency: int,
    out: Path | None,
) -> None:
    """Fill ``rows``; whatever ends it, what is done is in ``rows`` and in the file."""
    from probe.net.loop import run_to_end
    from probe.net.pace import throttle
    from probe.run.sweep import log_on_once, sweep

    async def job(keep: Callable[[dict[str, Any]], None]) -> None:
        try:
            credentials = await log_on_once(options[0])
        except TicketError as error:
            principal = f"{options[0].credentials.principal}@{options[0].realm}"
            raise BadInput(f"{clean(principal)}: {clean(str(error))}; no target was examined") from None
        ready = [replace(each, credentials=credentials) for each in options]
        results = sweep(ready, throttle=throttle(rate_per_s), concurrency=concurrency)
        async with aclosing(results):
            async for result in results:
                keep(report(result.trace, result.judgement))

    with Results(out) as file, _progress(len(options)) as tell:

        def keep(document: dict[str, Any]) -> None:
            file.add(document)
            row = Row.of(document)
            rows[row.address] = row
            tell(row)

        run_to_end(job(keep))


class _Bar(AbstractContextManager[Callable[[Row], None]]):
    """How far it is, for somebody who watches."""

    def __init__(self, console: Console, total: int) -> None:
        self._progress = Progress(console=console, transient=True)
        self._task = self._progress.add_task("examining", total=total)

    def __enter__(self) -> Callable[[Row], None]:
        self._progress.start()
        return self._tell

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _tell(self, row: Row) -> None:
        self._progress.update(self._task, advance=1, description=f"examined {clean(row.name)}")


def _progress(total: int) -> AbstractContextManager[Callable[[Row], None]]:
    """A bar on a terminal, a line a target anywhere else."""
    console = Console(stderr=True)
    if console.is_terminal:
        return _Bar(console, total)
    return nullcontext(lambda row: click.echo("  ".join(_cells(row)), err=True))


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    return (
        clean(f"{row.name}:{row.port}"),
        row.status.value,
        clean(row.cause),
        row.certainty.value,
        f"{row.ms:.0f}",
    )


def _show(rows: Sequence[Row]) -> None:
    """The table on standard output: whole words, however narrow a pipe is held to be."""
    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("target", "status", "cause", "certainty"):
        table.add_column(heading, no_wrap=True)
    table.add_column("ms", justify="right", no_wrap=True)
    for row in rows:
        target, status, *others = _cells(row)
        table.add_row(Text(target), Text(status, style=STYLES[row.status]), *map(Text, others))
    console = Console()
    console.print(table, width=None if console.is_terminal else 400, crop=False, overflow="ignore")
