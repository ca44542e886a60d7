import asyncio

import pytest

from probe.net.loop import DeadlinePassed, within


async def test_a_job_in_time() -> None:
    assert await within(5.0, asyncio.sleep(0, "done")) == "done"


async def test_a_job_that_takes_too_long_is_cancelled_and_may_clean_up() -> None:
    cleaned = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    with pytest.raises(DeadlinePassed) as caught:
        await within(0.01, endless())
    assert cleaned == [True]
    assert caught.value.__suppress_context__, "no cancellation in a traceback"


@pytest.mark.parametrize("error", [TimeoutError, OSError, ValueError])
async def test_what_the_job_raises_is_the_callers(error: type[Exception]) -> None:
    async def failing() -> None:
        raise error("its own")

    with pytest.raises(error, match="its own"):
        await within(5.0, failing())


async def test_a_time_out_within_the_job_is_not_the_deadline() -> None:
    async def impatient() -> None:
        async with asyncio.timeout(0.0):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await within(5.0, impatient())


async def test_a_cancellation_from_outside_stays_one() -> None:
    task = asyncio.create_task(within(5.0, asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
