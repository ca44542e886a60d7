import asyncio

import pytest

from probe.net.tasks import run_together


async def test_together_keeps_the_order_and_runs_at_once() -> None:
    first, second = asyncio.Event(), asyncio.Event()

    async def one() -> int:
        second.set()
        await first.wait()
        return 1

    async def two() -> int:
        await second.wait()
        first.set()
        return 2

    assert await run_together([one(), two()]) == [1, 2]
    assert await run_together([]) == []


async def test_together_passes_on_the_first_exception() -> None:
    async def fail() -> int:
        raise KeyError("mine")

    async def wait() -> int:
        await asyncio.Event().wait()
        return 0

    with pytest.raises(KeyError, match="mine"):
        await run_together([wait(), fail()])
