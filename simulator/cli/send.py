"""`exps lab send`: a message through the queue, and what an administrator would see of it."""

import asyncio
import json
import tempfile
from pathlib import Path

import click
from rich.table import Table

from simulator.cli.errors import EXIT_FAILED, one_line
from simulator.cli.tables import console, load_all
from simulator.lab import Lab
from simulator.run.send import SendOptions, SendResult, lab_message, send_in_lab
from simulator.scenario.values import Scenario


def send_message(name: str, options: SendOptions, *, state: Path | None, as_json: bool) -> int:
    """Run the lab, send, show; the exit status."""
    (scenario,) = load_all([name])
    with tempfile.TemporaryDirectory(prefix="exps-lab-") as folder, one_line():
        result = asyncio.run(_send(scenario, state.absolute() if state else Path(folder), options))
    if as_json:
        click.echo(json.dumps(result.to_json(), indent=1))
    else:
        _show(result, kept=state is not None)
    return 0 if result.delivered else EXIT_FAILED


async def _send(scenario: Scenario, folder: Path, options: SendOptions) -> SendResult:
    async with Lab(scenario, folder) as lab:
        return await send_in_lab(lab, lab_message(scenario.domain), options)


def _show(result: SendResult, *, kept: bool) -> None:
    output, view = console(), result.queue
    table = Table("Identity", "NextHopDomain", "Status", "MessageCount", box=None, pad_edge=False)
    table.add_row(view.identity, view.next_hop_domain, str(view.status), str(view.message_count))
    output.print(table)
    output.print(f"LastError : {view.last_error}", markup=False, soft_wrap=True)
    for title, events in (
        (f"Events of the sender, {result.sender}", result.events(of_sender=True)),
        ("Events of the receiver", result.events(of_sender=False)),
    ):
        output.print(f"\n[bold]{title}")
        for message in events or ("none",):
            output.print(f"  {message}", markup=False, soft_wrap=True)
    output.print("\n[bold]The message")
    for reply in result.receipts:
        output.print(f"  delivered: {reply}", markup=False, soft_wrap=True)
    for path in result.delivered_to:
        where = path if kept else f"{path} (removed by now; --state DIR keeps it)"
        output.print(f"  in {where}", markup=False, soft_wrap=True)
    for reply in result.bounced:
        output.print(f"  refused for good: {reply}", markup=False, soft_wrap=True)
    if view.message_count:
        output.print(f"  still in the queue of {result.sender}", markup=False)
