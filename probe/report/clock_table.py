"""The clock table (PURE)."""

from probe.durations import duration, signed
from probe.report.lines import Line, line, shorten
from probe.trace import Trace
from probe.trace.views.clocks import THIS_HOST, Clock, Clocks, all_clocks, read_clocks

_LABEL = 26
OFF, NEAR = "✗ off", "! near"
_STYLES = {OFF: "red", NEAR: "yellow"}


def clock_table(trace: Trace, width: int) -> list[Line]:
    """Every party's clock against this host's, each source once with its most exact reading.

    Marked is a clock that is apart, or nearly, from most of the other parties; this host has a row only then.
    """
    clocks = read_clocks(trace)
    best: dict[tuple[str, str, str], Clock] = {}
    for party, clock in all_clocks(trace):
        key = (party, clock.who, clock.source)
        if key not in best or clock.uncertainty < best[key].uncertainty:
            best[key] = clock
    # A party's sources stand together, in the order in which the parties were met.
    parties = {whose: number for number, whose in enumerate(dict.fromkeys((key[:2]) for key in best))}
    rows = [clock for key, clock in sorted(best.items(), key=lambda item: parties[item[0][:2]])]
    ours = [THIS_HOST] if rows and _mark(clocks, THIS_HOST) else []
    return [_row(clock, _mark(clocks, clock), width) for clock in (*ours, *rows)]


def _row(clock: Clock, mark: str, width: int) -> Line:
    difference = f"{signed(clock.offset):>14} ± {duration(clock.uncertainty):<7}"
    text = f"  {shorten(clock.who, _LABEL):<{_LABEL}} {difference} {clock.source}" + (
        f"  {mark}" if mark else ""
    )
    return line(shorten(text, width), _STYLES.get(mark, ""))


def _mark(clocks: Clocks, clock: Clock) -> str:
    everyone = (clocks.host, *clocks.kdcs, *clocks.receiver[:1], *clocks.servers)
    others = [one for one in everyone if one.who != clock.who]
    if 2 * sum(clocks.apart(clock, one) for one in others) > len(others):
        return OFF
    return NEAR if 2 * sum(clocks.nearly_apart(clock, one) for one in others) > len(others) else ""
