"""How late this program itself is; the clock is the test's."""

import asyncio
from contextlib import suppress

from probe.net.lateness import INTERVAL_S, Lateness


class Clock:
    """Runs as the test says, whatever the machine does."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def watched(clock: Clock, *jumps: float) -> Lateness:
    """A watch over sleeps that take so many seconds each by ``clock``."""
    left = list(jumps)
    lateness = Lateness(clock)

    async def sleep(_: float) -> None:
        if not left:
            raise asyncio.CancelledError
        clock.now += left.pop(0)

    real, asyncio.sleep = asyncio.sleep, sleep  # type: ignore[assignment]
    try:
        with suppress(asyncio.CancelledError):
            await lateness.watch()
    finally:
        asyncio.sleep = real
    return lateness


async def test_a_loop_that_keeps_its_time_is_not_late() -> None:
    assert (await watched(Clock(), INTERVAL_S, INTERVAL_S)).longest_ms < 0.001


async def test_the_longest_overrun_counts() -> None:
    late = await watched(Clock(), INTERVAL_S, INTERVAL_S + 1.5, INTERVAL_S + 0.2)
    assert round(late.longest_ms) == 1500


async def test_one_that_is_still_going_on_counts_as_well() -> None:
    clock = Clock()
    late = await watched(clock, INTERVAL_S)
    clock.now += INTERVAL_S + 2.0
    assert round(late.longest_ms) == 2000


def test_before_it_runs_nothing_is_late() -> None:
    assert Lateness(Clock()).longest_ms == 0.0
