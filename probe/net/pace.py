"""Many jobs, not all at once: so many side by side, and so many begun a second."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Throttle(Protocol):
    """Whoever awaits ``acquire`` may begin one job."""

    async def acquire(self) -> None:
        """Return when the next job may begin."""


def throttle(rate_per_s: float) -> Throttle:
    """At most ``rate_per_s`` jobs a second, evenly: a whole period's worth goes out at once, so it is one job long.

    For one waiting task only: asyncio-throttle lets each waiter poll, and keeps no order among them.
    """
    from asyncio_throttle.throttler import Throttler

    made: Throttle = Throttler(rate_limit=1, period=1 / rate_per_s)
    return made


async def as_finished(
    jobs: Iterable[Callable[[], Coroutine[Any, Any, T]]], *, throttle: Throttle, concurrency: int
) -> AsyncGenerator[T, None]:
    """The jobs' results as they finish; at most ``concurrency`` run at a time.

    What a job raises is raised here, and ends the others; so does closing the generator.
    """
    slots = asyncio.Semaphore(concurrency)
    finished: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
    running: set[asyncio.Task[Any]] = set()

    def done(task: asyncio.Task[Any]) -> None:
        slots.release()
        finished.put_nowait(task)

    async def dispatch() -> None:
        for job in jobs:
            await slots.acquire()
            await throttle.acquire()
            task = asyncio.create_task(job())
            running.add(task)
            task.add_done_callback(done)

    dispatcher = asyncio.create_task(dispatch())
    running.add(dispatcher)
    dispatcher.add_done_callback(finished.put_nowait)
    try:
        while running:
            task = await finished.get()
            running.discard(task)
            if task is dispatcher:
                dispatcher.result()
            else:
                yield task.result()
    finally:
        # The dispatcher first: it must not begin another job.
        dispatcher.cancel()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
