import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import Any

import pytest
from asyncio_throttle.throttler import Throttler

from probe.net.pace import as_finished, throttle


class Pace:
    """A throttle of the test's own: each ``let`` lets one job begin."""

    def __init__(self) -> None:
        self._permits = asyncio.Semaphore(0)
        self.waiting = 0
        self.most_waiting = 0

    def let(self) -> None:
        self._permits.release()

    async def acquire(self) -> None:
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await self._permits.acquire()
        self.waiting -= 1


class Free:
    async def acquire(self) -> None:
        return


class Work:
    """Jobs that end when they are told to."""

    def __init__(self, count: int) -> None:
        self.begun: list[int] = []
        self.cancelled: list[int] = []
        self.ends = [asyncio.Event() for _ in range(count)]
        self.jobs: list[Callable[[], Coroutine[Any, Any, int]]] = [partial(self._do, n) for n in range(count)]

    async def _do(self, number: int) -> int:
        self.begun.append(number)
        try:
            await self.ends[number].wait()
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        return number


async def settle() -> None:
    """Everything that can go on without us has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def collect(work: Work, pace: Pace | Free, concurrency: int, into: list[int]) -> None:
    async for number in as_finished(work.jobs, throttle=pace, concurrency=concurrency):
        into.append(number)  # noqa: PERF401 - each as it comes


async def test_results_come_as_they_finish() -> None:
    work, got = Work(3), list[int]()
    task = asyncio.create_task(collect(work, Free(), 3, got))
    for number in (2, 0, 1):
        work.ends[number].set()
        await settle()
    await task
    assert (work.begun, got) == ([0, 1, 2], [2, 0, 1])


async def test_so_many_side_by_side_and_no_more() -> None:
    work, got = Work(4), list[int]()
    task = asyncio.create_task(collect(work, Free(), 2, got))
    await settle()
    assert work.begun == [0, 1]
    work.ends[1].set()
    await settle()
    assert work.begun == [0, 1, 2]
    for end in work.ends:
        end.set()
    await task
    assert sorted(got) == [0, 1, 2, 3]


async def test_a_job_begins_only_when_the_throttle_says_so_and_one_task_asks_it() -> None:
    work, pace, got = Work(3), Pace(), list[int]()
    task = asyncio.create_task(collect(work, pace, 3, got))
    for expected in ([], [0], [0, 1], [0, 1, 2]):
        await settle()
        assert work.begun == expected
        pace.let()
    for end in work.ends:
        end.set()
    await task
    assert pace.most_waiting == 1


async def test_leaving_ends_what_runs_and_begins_nothing_more() -> None:
    work = Work(4)
    work.ends[0].set()
    async with aclosing(as_finished(work.jobs, throttle=Free(), concurrency=2)) as results:
        assert await anext(results) == 0
        await settle()
    await settle()
    assert (work.begun, sorted(work.cancelled)) == ([0, 1, 2], [1, 2])


async def test_what_a_job_raises_is_raised_here_and_ends_the_others() -> None:
    async def fail() -> int:
        raise ZeroDivisionError

    work = Work(1)
    results = as_finished([*work.jobs, fail], throttle=Free(), concurrency=2)
    with pytest.raises(ZeroDivisionError):
        await anext(results)
    assert work.cancelled == [0]


def test_the_rate_is_one_job_a_short_period() -> None:
    made = throttle(4.0)
    assert isinstance(made, Throttler)
    assert (made.rate_limit, made.period) == (1, 0.25)
