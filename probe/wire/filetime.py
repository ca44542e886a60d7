"""Windows' time of day on the wire: 100 ns since 1601 (MS-DTYP section 2.3.3). PURE."""

FILETIME_OF_1970 = 116_444_736_000_000_000
_TICKS_PER_SECOND = 10_000_000


def from_filetime(ticks: int) -> float:
    """Seconds since the Unix epoch (UTC) of a FILETIME."""
    return (ticks - FILETIME_OF_1970) / _TICKS_PER_SECOND
