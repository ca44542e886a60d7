"""The clock table, and what each KDC answered to each question (PURE)."""

from probe.facts import ClockReading, KdcExchange, Outcome
from probe.report.lines import Line, line, shorten
from probe.trace import Trace
from probe.words import duration, etype, signed

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


def kdc_table(trace: Trace, width: int) -> list[Line]:
    """One row a question, one column a KDC; as many blocks of columns as the width asks for."""
    cells: dict[str, dict[str, str]] = {}
    kdcs: dict[str, None] = {}
    for step in trace.of(KdcExchange):
        if step.outcome is Outcome.SKIPPED:
            continue
        kdcs.setdefault(step.facts.kdc)
        for question, answer in _answers(step.facts):
            row = cells.setdefault(question, {})
            row[step.facts.kdc] = answer
    columns = max((width - _LABEL - 2) // _CELL, 1)
    names = list(kdcs)
    lines: list[Line] = []
    for start in range(0, len(names), columns):
        block = names[start : start + columns]
        # Port 88 goes without saying.
        lines.append(_row("", [kdc.removesuffix(":88") for kdc in block], "bold"))
        lines += [_row(question, [row.get(kdc, "") for kdc in block]) for question, row in cells.items()]
    return lines


def _row(label: str, values: list[str], style: str = "") -> Line:
    text = "".join(f"{shorten(value, _CELL - 1):<{_CELL}}" for value in values)
    return line(f"  {shorten(label, _LABEL - 1):<{_LABEL}}{text}", style)


def _answers(facts: KdcExchange) -> list[tuple[str, str]]:
    """What one exchange says about its transport, and about its question."""
    answer = _answer(facts)
    transport = (facts.transport.upper(), facts.transport_error or "answers")
    if facts.purpose in ("tgs", "spn"):
        return [transport, (facts.server.partition("@")[0], answer)]
    if facts.purpose in ("as", "as-preauth"):
        return [transport, (f"log-on ({facts.purpose})", answer)]
    return [transport]


def _answer(facts: KdcExchange) -> str:
    if facts.error is not None:
        return _ERRORS.get(facts.error.code, f"error {facts.error.code}")
    if facts.referral_realm:
        return f"see {facts.referral_realm}"
    if facts.ticket_etype is not None:
        version = "" if facts.ticket_kvno is None else f" kvno {facts.ticket_kvno}"
        return etype(facts.ticket_etype) + version
    return facts.transport_error or facts.problem or "no answer"
