"""`exps diagnose`: judge a saved trace again."""

import json
from pathlib import Path

import click

from probe.cli.errors import BadInput, read_file
from probe.trace import trace_from_json


@click.command()
@click.argument("trace", type=click.Path(path_type=Path), metavar="TRACE")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report as a page of HTML as well.",
)
def command(*, trace: Path, as_json: bool, html: Path | None) -> int:
    """Judge a trace that `exps probe --trace FILE` saved: the same verdict as the live run, on any host."""
    from probe.cli.render import show

    try:
        document = json.loads(read_file(trace))
        result = trace_from_json(document)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{trace}: not a trace of exps: {error}") from None
    return show(result, as_json=as_json, html=html)
