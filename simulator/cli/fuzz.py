"""`exps lab fuzz`: labs by chance, a line a miss, and a score."""

import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path

import click

from simulator.cli.errors import EXIT_FAILED, BadInput
from simulator.fuzz.tell import line, scenario_file, score_of, to_json, totals
from simulator.run.fuzz import FuzzOptions, Played, play_index

MAXIMUM_JOBS = 2
"""Labs side by side. Each needs a whole processor; more of them would make one another slow, and time is seen."""
PROGRESS_S = 10.0


def fuzz_labs(
    indices: Sequence[int],
    options: FuzzOptions,
    *,
    jobs: int,
    keep: Path | None,
    as_json: bool,
    everything: bool,
) -> int:
    """Play the labs; the exit status."""
    if keep is not None:
        _make(keep)
    played: list[Played] = []
    progress = Progress(len(indices))
    try:
        with _ended_politely():
            for one in play_all(indices, options, jobs=jobs):
                played.append(one)
                if one.missed or everything:
                    click.echo(line(one), err=as_json)
                if one.missed and keep is not None:
                    (keep / f"{one.scenario.name}.toml").write_text(scenario_file(one), encoding="utf-8")
                progress.tell(played)
    except KeyboardInterrupt:
        click.echo("interrupted: this is what is known so far", err=True)
    played.sort(key=lambda one: one.index)
    score = score_of(played)
    if as_json:
        document = {
            "schema": "exps.fuzz/1",
            "seed": options.seed,
            "effort": options.effort,
            "labs": list(map(to_json, played)),
            "score": asdict(score),
        }
        click.echo(json.dumps(document, indent=1))
    else:
        click.echo("\n".join(totals(played)))
        click.echo(str(score))
    return EXIT_FAILED if score.violations else 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror or error}") from None


def play_all(indices: Sequence[int], options: FuzzOptions, *, jobs: int) -> Iterator[Played]:
    """As they end, which need not be their order."""
    if jobs == 1 or len(indices) == 1:
        yield from (play_index(options, index) for index in indices)
        return
    # Ctrl-C is for this process alone: it stops handing out labs, and tells what is known.
    with ProcessPoolExecutor(
        jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    ) as pool:
        waiting, running = iter(indices), set[Future[Played]]()
        try:
            while True:
                for index in waiting:
                    running.add(pool.submit(play_index, options, index))
                    if len(running) > jobs:
                        break
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            pool.shutdown(cancel_futures=True)


def _begin_work() -> None:
    """Ctrl-C is for the other process alone: it stops handing out labs, and tells what is known."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def _ended_politely() -> Iterator[None]:
    """Whoever ends this process ends those that it has started."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Progress:
    """A line every ten seconds on standard error, for whoever waits."""

    def __init__(self, due: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._due, self._clock = due, clock
        self._begun = self._told = clock()

    def tell(self, played: Sequence[Played]) -> None:
        """Now and then, and not at the end: there is the score."""
        now = self._clock()
        if now - self._told < PROGRESS_S or len(played) == self._due:
            return
        self._told = now
        left = (now - self._begun) / len(played) * (self._due - len(played))
        click.echo(f"{len(played)} of {self._due} labs, {left:.0f} s left; {score_of(played)}", err=True)
        sys.stderr.flush()
