"""The report for programs: one JSON object of the schema ``exps.report/1`` (PURE).

Additions are allowed within a schema; what changes or goes gets a new number.
"""

import math
from datetime import UTC, datetime

from probe.checks import Finding
from probe.diagnosis.verdict import Judgement, Verdict
from probe.report.kdc_table import kdcs_json
from probe.report.names_table import names_json
from probe.trace import Step, Trace
from probe.trace.facts import Facts
from probe.trace.jsonable import Json, to_json
from probe.trace.views.evidence import Evidence

SCHEMA = "exps.report/1"


def report(trace: Trace, judgement: Judgement) -> dict[str, Json]:
    """The report object; ``started`` in UTC (ISO 8601), ``*_ms`` milliseconds, ``*_s`` seconds."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "exps", "version": "", **trace.tool},
        "target": to_json(trace.target),
        "started": _started(trace.started),
        "duration_ms": _rounded(trace.duration_ms, 1),
        "unfinished": trace.unfinished,
        "status": judgement.status.value,
        "verdict": _verdict(judgement.verdict),
        "alternatives": [_alternative(other) for other in judgement.alternatives],
        "next_measurements": list(judgement.next_measurements),
        "steps": [_step(step) for step in trace.steps],
        "clocks": _clocks(trace),
        "names": names_json(trace),
        "kdcs": _finite(kdcs_json(trace)),
        "findings": [_finding(finding) for finding in judgement.findings],
    }


def _started(seconds: float) -> str:
    """Empty for a time that no calendar has: a saved trace may hold anything."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return ""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rounded(value: float, digits: int) -> float | None:
    """JSON has no infinity (RFC 8259 section 6)."""
    return round(value, digits) if math.isfinite(value) else None


def _verdict(verdict: Verdict) -> dict[str, Json]:
    return {
        "cause": verdict.cause,
        "title": verdict.title,
        "side": verdict.side,
        "certainty": verdict.certainty.value,
        "summary": verdict.summary,
        "evidence": _evidence(verdict.evidence),
        "remedy": [
            {"do": remedy.do, "command": remedy.command, "where": remedy.where, "risk": remedy.risk}
            for remedy in verdict.remedy
        ],
        "references": list(verdict.references),
    }


def _alternative(verdict: Verdict) -> Json:
    """As the verdict, with how it stands to it: ``rival`` or ``also-wrong``."""
    relation = "" if verdict.relation is None else verdict.relation.value
    return {"relation": relation, **_verdict(verdict)}


def _evidence(evidence: tuple[Evidence, ...]) -> list[Json]:
    return [to_json(item) for item in evidence]


def _step(step: Step[Facts]) -> Json:
    return {
        "id": step.id,
        "kind": step.kind,
        "outcome": step.outcome.value,
        "start_ms": _rounded(step.start_ms, 1),
        "duration_ms": _rounded(step.duration_ms, 1),
        "detail": _finite(to_json(step.facts)),
    }


def _finite(value: Json) -> Json:
    """``value`` with null for each number that JSON cannot write."""
    match value:
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list():
            return [_finite(item) for item in value]
        case float():
            return value if math.isfinite(value) else None
        case _:
            return value


def _clocks(trace: Trace) -> list[Json]:
    return [
        {
            "who": reading.who,
            "source": reading.source,
            "offset_s": _rounded(reading.offset_s, 3),
            "uncertainty_s": _rounded(reading.uncertainty_s, 3),
            "step": step.id,
        }
        for step, reading in trace.clocks()
    ]


def _finding(finding: Finding) -> Json:
    return {
        "check": finding.check,
        "status": finding.status.value,
        "says": finding.says,
        "evidence": _evidence(finding.evidence),
        "cause": finding.cause,
        "breaks": finding.breaks,
    }
