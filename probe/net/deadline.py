"""A bound on a whole job."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class DeadlinePassed(Exception):
    """The job was cancelled, because its time was over."""


async def within(seconds: float, job: Coroutine[Any, Any, T]) -> T:
    """The job's result. Raises DeadlinePassed after ``seconds``, and whatever the job raises."""
    timeout = asyncio.timeout(seconds)
    try:
        async with timeout:
            return await job
    except TimeoutError:
        if timeout.expired():
            raise DeadlinePassed from None
        raise
