"""What a doctor says, for people and as JSON (PURE)."""

from datetime import UTC, datetime
from typing import Any

from probe.diagnosis.verdict import Overall
from probe.doctor.observation import TOPICS, Level, Observation
from probe.doctor.values import HostFacts
from probe.report.lines import Line, line, wrapped
from probe.trace.jsonable import to_json

SCHEMA = "exps.doctor/1"

_MARKS = {Level.OK: "✓", Level.NOTICE: "!", Level.PROBLEM: "✗"}
_STYLES = {Level.OK: "", Level.NOTICE: "yellow", Level.PROBLEM: "red"}
_HEADLINES = {
    Overall.OK: ("OK", "nothing stands in the way of Kerberos on this host", "bold green"),
    Overall.WARNING: ("WARNING", "it works, with something worth a look", "bold yellow"),
    Overall.FAILURE: ("FAILURE", "something on this host or on its way to the KDCs is wrong", "bold red"),
    Overall.UNKNOWN: ("UNKNOWN", "not everything could be examined", "bold magenta"),
}


def lines(facts: HostFacts, observations: tuple[Observation, ...], status: Overall, width: int) -> list[Line]:
    """The report, at most ``width`` characters wide; commands are not broken."""
    word, says, style = _HEADLINES[status]
    of = f"{facts.host}, {facts.platform}" + (f", realm {facts.realm}" if facts.realm else "")
    shown = [line(f"{word}  {of}", style), line(says)]
    for topic, title in TOPICS.items():
        own = [item for item in observations if item.topic == topic]
        if own:
            shown += [line(""), line(title, "bold")]
        for item in own:
            shown += _observation(item, width)
    return shown


def _observation(item: Observation, width: int) -> list[Line]:
    shown = wrapped(item.says, width, indent=f"  {_MARKS[item.level]} ", style=_STYLES[item.level])
    for remedy in item.remedy:
        where = "" if remedy.where == "this host" else f" ({remedy.where})"
        shown += wrapped(f"{remedy.do}{where}", width, indent="    > ")
        if remedy.command:
            shown.append(line(f"        {remedy.command}"))
    if item.cause:
        shown.append(line(f"    > exps explain {item.cause}"))
    return shown


def document(
    facts: HostFacts,
    observations: tuple[Observation, ...],
    status: Overall,
    *,
    tool: dict[str, str],
    duration_ms: float,
) -> dict[str, Any]:
    """One JSON object. ``facts`` says what was seen, ``observations`` what is made of it."""
    return {
        "schema": SCHEMA,
        "tool": tool,
        "host": facts.host,
        "realm": facts.realm,
        "started": datetime.fromtimestamp(facts.now, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "duration_ms": duration_ms,
        "status": status.value,
        "observations": [to_json(item) for item in observations],
        "facts": to_json(facts),
    }
