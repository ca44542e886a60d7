"""Session ids as Exchange's protocol logs have them (PURE)."""

TICKS_PER_SECOND = 10_000_000
EPOCH_IN_TICKS = 621_355_968_000_000_000
"""1 January 1970 in .NET's ticks of 100 ns since the year 1."""


class SessionNumbers:
    """Each call gives the next one: 16 upper-case hex digits, unique on a server and rising.

    Observed in published logs: the first ones of a process are near its start in .NET ticks (08D3...), then they
    rise one by one. ``start`` is the server's clock, seconds since the epoch.
    """

    def __init__(self, start: float = 0.0) -> None:
        self._next = EPOCH_IN_TICKS + int(start * TICKS_PER_SECOND)

    def __call__(self) -> str:
        """The next one."""
        number = self._next
        self._next += 1
        return f"{number:016X}"
