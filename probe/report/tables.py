"""The clock table (PURE)."""

from probe.facts import ClockReading
from probe.report.lines import Line, line, shorten
from probe.trace import Trace
from probe.words import duration, signed

_LABEL = 26
_CELL = 17
_ERRORS = {7: "unknown (7)", 25: "preauth wanted"}
"""The two answers that are everyday; RFC 4120 section 7.5.9."""


def clock_table(trace: Trace, width: int) -> list[Line]:
    """Every party's clock against this host's, each source once with its most exact reading."""
    best: dict[tuple[str, str], ClockReading] = {}
    for _, reading in trace.clocks():
        key = (reading.who, reading.source)
        if key not in best or reading.uncertainty_s < best[key].uncertainty_s:
            best[key] = reading
    lines = []
    for (who, source), reading in best.items():
        off = abs(reading.offset_s) - reading.uncertainty_s > trace.request.skew_limit_s
        difference = f"{signed(reading.offset_s):>14} ± {duration(reading.uncertainty_s):<7}"
        mark = "  ✗ off" if off else ""
        text = f"  {shorten(who, _LABEL):<{_LABEL}} {difference} {source}{mark}"
        lines.append(line(shorten(text, width), "red" if off else ""))
    return lines
