"""Running a probe to its end from a synchronous caller."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


def run_to_end(job: Coroutine[Any, Any, T]) -> T:
    """Run ``job`` in an event loop of its own. Ctrl-C cancels it, so that connections are closed."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(_Forgetful())
        return runner.run(job)


class _Forgetful(ThreadPoolExecutor):
    """Threads that nobody waits for.

    The system's resolver cannot be interrupted and may take half a minute; with asyncio's own executor the run
    would end only after that, whatever time-out it has.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start a thread for one call."""
        future: Future[T] = Future()
        threading.Thread(target=_call, args=(future, lambda: fn(*args, **kwargs)), daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as inherited
        """Nothing: daemon threads end with the process."""


def _call(future: Future[T], job: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
        future.set_exception(error)


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
