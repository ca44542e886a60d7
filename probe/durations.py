"""Durations as people type them (`250ms`, `90s`, `10m`, `-5m`, `1h`, or a number of seconds) and read them (PURE)."""

import math
import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_PATTERN = re.compile(r"([+-]?[0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|s|m|h|)")
_MILLENNIUM = 1000 * 365 * 86400


def parse_duration(text: str) -> float:
    """Seconds. Raises ValueError with what is allowed."""
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration: write 250ms, 90s, 10m, -5m, 1h or a number of seconds")
    return float(match[1]) * _UNITS[match[2]]


def duration(seconds: float) -> str:
    """A length of time for people: ``0.4 s``, ``42 s``, ``10 min 3 s``, ``2 h 5 min``, ``3 d 1 h``."""
    if not math.isfinite(seconds) or abs(seconds) > _MILLENNIUM:
        return "more than a thousand years"
    seconds = abs(seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, smaller_size, smaller in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller_size
            return f"{whole // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def signed(seconds: float) -> str:
    """``duration`` with a sign: ``+10 min 3 s``."""
    return ("-" if seconds < 0 else "+") + duration(seconds)


def ahead(seconds: float) -> str:
    """How a clock stands to another: ``10 min 3 s ahead of`` or ``10 min 3 s behind``."""
    return f"{duration(seconds)} {'behind' if seconds < 0 else 'ahead of'}"
