"""An event loop that does not wait: where everybody is in this process, silence can be skipped.

A lab of which a domain controller swallows what it is sent takes seconds in which nobody does anything. Here the
loop's clock jumps to the next timer as soon as nothing has happened for a moment and no thread is at work. While
somebody works it runs slowly, so that a busy machine makes nobody late: what a lab comes to depends on the lab alone.

Nobody can tell: time-outs come in their order, and what is measured by the loop's clock takes as long as it would with
a fast processor. The hosts' own clocks (`time.time`) neither jump nor slow down, the lab's and the probe's alike.
"""

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

QUIET_S = 0.05
"""Loopback delivers at once, but for an acknowledgement that TCP delays by 40 ms; nothing for longer is a wait."""
PACE = 0.1
"""Seconds of the loop's clock for each one in which somebody works."""


class FastForwardLoop(asyncio.SelectorEventLoop):
    """Its ``time`` runs slowly while anybody has something to do, and skips the rest."""

    def __init__(self) -> None:
        self.skipped_s = 0.0
        self.at_work = 0
        """Jobs of threads whose end has not been told here."""
        super().__init__(_SkippingSelector(self))
        self.set_default_executor(_Counting(self))

    def time(self) -> float:
        """Seconds, the skipped ones among them."""
        return super().time() * PACE + self.skipped_s

    def job_ended(self) -> None:
        """A thread is done."""
        self.at_work -= 1


class _Counting(ThreadPoolExecutor):
    """Tells its loop how many jobs are at work."""

    def __init__(self, loop: FastForwardLoop) -> None:
        super().__init__(max_workers=4)
        self._loop = loop

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Count it until its end is told."""
        self._loop.at_work += 1
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: Future[Any]) -> None:
        # Not here, on the job's own thread: the loop would find nobody at work, and no result yet.
        with contextlib.suppress(RuntimeError):  # the loop is closed, and waits for nobody
            self._loop.call_soon_threadsafe(self._loop.job_ended)


class _SkippingSelector(selectors.BaseSelector):
    """The system's selector; a long wait in which nothing comes is skipped."""

    def __init__(self, loop: FastForwardLoop) -> None:
        self._loop = loop
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return self._real.select(timeout)
        due = self._loop.time() + timeout
        found = self._real.select(min(timeout, QUIET_S))
        while not found and self._loop.at_work:
            found = self._real.select(QUIET_S)
        if not found:
            self._loop.skipped_s += max(due - self._loop.time(), 0.0)
        return found


def run_fast(job: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run`` on such a loop."""
    with asyncio.Runner(loop_factory=FastForwardLoop) as runner:
        return runner.run(job)
