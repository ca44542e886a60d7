"""`exps lab up`: a lab until somebody ends it."""

import asyncio
import contextlib
import json
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from simulator.cli.errors import BadInput, one_line
from simulator.cli.tables import known_causes
from simulator.lab import Lab
from simulator.net.addresses import ListenAddress, parse_address
from simulator.scenario import find, load
from simulator.scenario.values import Scenario


def run_lab(name: str, *, state: Path | None, smtp: str, kdc: str, allow_remote: bool) -> None:
    """Start the lab, say READY, and end on SIGINT or SIGTERM. Raises BadInput."""
    with one_line():
        scenario = load(find(name), causes=known_causes())
        addresses = _address("--smtp", smtp), _address("--kdc", kdc)
        with _folder(state) as folder:
            asyncio.run(_serve(scenario, folder, addresses, allow_remote=allow_remote))


def _address(option: str, text: str) -> ListenAddress:
    try:
        return parse_address(text)
    except ValueError as error:
        raise BadInput(f"{option}: {error}") from None


@contextlib.contextmanager
def _folder(state: Path | None) -> Iterator[Path]:
    if state is not None:
        yield state.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="exps-lab-") as folder:
        yield Path(folder)


async def _serve(
    scenario: Scenario, folder: Path, addresses: tuple[ListenAddress, ListenAddress], *, allow_remote: bool
) -> None:
    ended = _interruption()
    smtp, kdc = addresses
    async with Lab(scenario, folder, smtp=smtp, kdc=kdc, allow_remote=allow_remote) as lab:
        click.echo("READY " + json.dumps(lab.ready()))
        await ended.wait()


def _interruption() -> asyncio.Event:
    """Set when somebody ends the process. Windows' event loop knows no signals: there it is `signal` itself."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
    return ended
