"""The verdict against the truth (PURE). The report is the JSON object of `exps probe --json`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from simulator.fuzz.truth import Truth

HEALTHY, UNDETERMINED, CERTAIN = "healthy", "undetermined", "certain"


class Kind(StrEnum):
    """What a lab came to."""

    RIGHT = "right"
    UNDETERMINED = "undetermined"
    """Mail is stopped, and no cause is named."""
    WRONG = "wrong"
    """A cause came first that stops nothing here."""
    MISSED = "missed"
    """Mail is stopped, and the verdict is that it passes."""
    FALSE_WARNING = "false-warning"
    """Mail passes, and the warning is of something that is not so."""
    HEALTHY_ACCUSED = "healthy-accused"
    """Mail passes, and the verdict is a failure that is not there."""
    CERTAIN_UNTRUE = "certain-untrue"
    """Something is called certain that is not true of the lab at all."""
    TOO_CERTAIN = "too-certain"
    """Something is called certain that is true, and that nothing proves."""


def score(truth: Truth, report: Mapping[str, Any]) -> tuple[Kind, ...]:
    """What the first cause is worth, and what is called certain and must not be."""
    return (_first(truth, report), *_certain(truth, report))


def _first(truth: Truth, report: Mapping[str, Any]) -> Kind:
    cause, status = str(report["verdict"]["cause"]), str(report["status"])
    if truth.passes:
        if status == "ok":
            return Kind.RIGHT
        if cause == UNDETERMINED:
            # Where nobody logged on, nobody can say that a log-on would succeed.
            return Kind.UNDETERMINED if _tried(report) else Kind.RIGHT
        if cause in truth.true or (status == "warning" and cause in truth.near):
            return Kind.RIGHT
        return Kind.FALSE_WARNING if status == "warning" else Kind.HEALTHY_ACCUSED
    if cause in truth.stopping:
        return Kind.RIGHT
    if cause == UNDETERMINED:
        return Kind.UNDETERMINED
    return Kind.MISSED if cause == HEALTHY or status in ("ok", "warning") else Kind.WRONG


def _tried(report: Mapping[str, Any]) -> bool:
    return any(step["kind"] == "handshake" and step["outcome"] != "skipped" for step in report["steps"])


def _certain(truth: Truth, report: Mapping[str, Any]) -> tuple[Kind, ...]:
    said = certain(report)
    kinds = []
    if said - truth.true:
        kinds.append(Kind.CERTAIN_UNTRUE)
    if said & truth.true & truth.unprovable:
        kinds.append(Kind.TOO_CERTAIN)
    return tuple(kinds)


def certain(report: Mapping[str, Any]) -> frozenset[str]:
    """Every cause that is called certain, in the verdict or beside it."""
    verdicts = (report["verdict"], *report["alternatives"])
    found = frozenset(str(verdict["cause"]) for verdict in verdicts if verdict["certainty"] == CERTAIN)
    return found - {HEALTHY, UNDETERMINED}


def passed(report: Mapping[str, Any], *, mechanism: str) -> bool:
    """Whether the log-on of a run succeeded: the first one that was tried, contrasts apart.

    What a sender does by itself has to end in X-EXPS: AUTH is for clients.
    """
    for step in report["steps"]:
        detail = step["detail"]
        if step["kind"] != "handshake" or detail.get("contrast") or step["outcome"] == "skipped":
            continue
        if mechanism == "auto" and detail["verb"] != "X-EXPS":
            return False
        return step["outcome"] == "ok" and detail["return_leg"] in ("", "verified", "unproven")
    return False
