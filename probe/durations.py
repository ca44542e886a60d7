"""Durations as people type them: `250ms`, `90s`, `10m`, `-5m`, `1h`, or a number of seconds (PURE).

The other way round, for people to read, is `probe.trace.wording.duration`.
"""

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_PATTERN = re.compile(r"([+-]?[0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|s|m|h|)")


def parse_duration(text: str) -> float:
    """Seconds. Raises ValueError with what is allowed."""
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration: write 250ms, 90s, 10m, -5m, 1h or a number of seconds")
    return float(match[1]) * _UNITS[match[2]]
