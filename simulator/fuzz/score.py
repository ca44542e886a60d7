"""The verdict against the truth (PURE)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from simulator.fuzz.truth import Truth

HEALTHY, UNDETERMINED, CERTAIN, POSSIBLE = "healthy", "undetermined", "certain", "possible"
RANKS = {CERTAIN: 2, "likely": 1, POSSIBLE: 0}


class Kind(StrEnum):
    """What a lab came to."""

    RIGHT = "right"
    OPEN = "open"
    """Mail is stopped, nobody logged on, and most cannot be seen: no cause is named, or one that is so."""
    UNDETERMINED = "undetermined"
    """Mail is stopped, and no cause is named."""
    TIE = "tie"
    """A cause came first that stops nothing, no likelier than one beside it that does."""
    LATENT_FIRST = "latent-first"
    """A cause came first that is so, and stops nothing here."""
    WRONG = "wrong"
    """A cause came first that is not so."""
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
    UNSTEADY = "unsteady"
    """The same lab gets two verdicts."""
    WEAKER = "weaker"
    """A thorough run says less than a default one."""
    UNSOUND = "unsound"
    """Mail is stopped with everything mended: the draw shows nothing."""
    BROKEN = "broken"
    """The lab or the probe failed."""


VIOLATIONS = frozenset(Kind) - {Kind.RIGHT, Kind.OPEN, Kind.UNDETERMINED, Kind.TIE}
"""What must not happen: each breaks an invariant."""
MISSES = VIOLATIONS | {Kind.UNDETERMINED, Kind.TIE}
"""What is worth a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the probe said of a lab: the parts of its JSON report that are judged."""

    status: str
    cause: str
    certainty: str
    summary: str
    beside: tuple[tuple[str, str], ...] = ()
    """The alternatives: cause and certainty."""
    unproven: bool = False
    """The receiver said 235, and nothing shows from here whether it is who it says: NTLM, or no key of our own."""

    @property
    def certain(self) -> frozenset[str]:
        """Every cause that is called certain, in the verdict or beside it."""
        found = frozenset(
            cause for cause, certainty in ((self.cause, self.certainty), *self.beside) if certainty == CERTAIN
        )
        return found - {HEALTHY, UNDETERMINED}


def said_in(report: Mapping[str, Any]) -> Said:
    """The same from the object of `exps probe --json`."""
    verdict = report["verdict"]
    succeeded = (
        step["detail"]
        for step in report["steps"]
        if step["kind"] == "handshake" and step["outcome"] == "ok" and not step["detail"].get("contrast")
    )
    return Said(
        status=str(report["status"]),
        cause=str(verdict["cause"]),
        certainty=str(verdict["certainty"]),
        summary=str(verdict["summary"]),
        beside=tuple((str(each["cause"]), str(each["certainty"])) for each in report["alternatives"]),
        unproven=any(each["return_leg"] == "unproven" or each["mechanism"] == "NTLM" for each in succeeded),
    )


def passed(steps: Sequence[Mapping[str, Any]], *, mechanism: str) -> bool:
    """Whether the log-on of a run succeeded: the first one that was tried, contrasts apart.

    ``steps`` are those of the JSON report. What a sender does by itself has to be X-EXPS: AUTH is for clients.
    """
    for step in steps:
        detail = step["detail"]
        if step["kind"] != "handshake" or detail.get("contrast") or step["outcome"] == "skipped":
            continue
        if mechanism == "auto" and detail["verb"] != "X-EXPS":
            return False
        return bool(step["outcome"] == "ok" and detail["return_leg"] in ("", "verified", "unproven"))
    return False


def score(truth: Truth, said: Said) -> tuple[Kind, ...]:
    """What the first cause is worth, and what is called certain and must not be."""
    kinds = [_with_mail(truth, said) if truth.passes else _without_mail(truth, said)]
    if said.certain - truth.true:
        kinds.append(Kind.CERTAIN_UNTRUE)
    if said.certain & truth.true & truth.unprovable:
        kinds.append(Kind.TOO_CERTAIN)
    return tuple(kinds)


def _with_mail(truth: Truth, said: Said) -> Kind:
    if said.status == "ok":
        return Kind.RIGHT
    if said.cause == UNDETERMINED:
        # Where nobody logged on, nobody can say that a log-on would succeed.
        return Kind.UNDETERMINED if truth.tried and not said.unproven else Kind.RIGHT
    # A failure after a success is right where it is true: a sender's next attempt will meet it.
    if said.cause in truth.true or (said.status == "warning" and said.cause in truth.near):
        return Kind.RIGHT
    return Kind.FALSE_WARNING if said.status == "warning" else Kind.HEALTHY_ACCUSED


def _without_mail(truth: Truth, said: Said) -> Kind:
    if said.status in ("ok", "warning"):
        return Kind.MISSED
    if said.cause in truth.stopping:
        return Kind.RIGHT
    if not truth.tried and said.cause in truth.true | {UNDETERMINED}:
        return Kind.OPEN
    if said.cause == UNDETERMINED:
        return Kind.UNDETERMINED
    as_good = {cause for cause, certainty in said.beside if certainty == POSSIBLE}
    if said.certainty == POSSIBLE and as_good & truth.stopping:
        return Kind.TIE
    return Kind.LATENT_FIRST if said.cause in truth.true | truth.near else Kind.WRONG


def is_weaker(truth: Truth, default: Said, thorough: Said) -> bool:
    """The thorough run lost a right cause, or says the same with less certainty."""
    if not truth.settled:
        return False
    if Kind.RIGHT in score(truth, default) and Kind.RIGHT not in score(truth, thorough):
        return True
    return default.cause == thorough.cause and RANKS[thorough.certainty] < RANKS[default.certainty]


def is_same(truth: Truth, one: Said, other: Said) -> bool:
    """The same verdict, whatever stands beside it.

    Where a warning of a limit that is near begins is nobody's truth, so all is well and that warning are the same.
    """
    near = truth.near - truth.true
    early = all(
        each.status == "ok" or (each.status == "warning" and each.cause in near) for each in (one, other)
    )
    return (
        early
        or not truth.settled
        or (one.status, one.cause, one.certainty) == (other.status, other.cause, other.certainty)
    )
