"""How late this program itself is: what a busy host, or a busy loop, makes of every time-out."""

import asyncio
from collections.abc import Callable

INTERVAL_S = 0.05


class Lateness:
    """Measures by how much a sleep of the event loop overruns, for as long as `watch` runs.

    ``monotonic`` gives seconds. A time-out that fires late, or an answer that is read late, can differ from what the
    peer did by as much as this.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._longest_s = 0.0
        self._due: float | None = None

    @property
    def longest_ms(self) -> float:
        """The longest so far, in milliseconds; one that is still going on counts as well."""
        going_on = 0.0 if self._due is None else self._monotonic() - self._due
        return max(self._longest_s, going_on, 0.0) * 1000

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            self._due = self._monotonic() + INTERVAL_S
            await asyncio.sleep(INTERVAL_S)
            self._longest_s = max(self._longest_s, self._monotonic() - self._due)
