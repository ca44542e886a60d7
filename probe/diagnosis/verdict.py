"""Findings to a verdict (PURE).

THE RANKING RULE. A finding supports its cause in one of five tiers; within a tier the earlier place in the
chain of events (``Cause.rank``) wins, because an early fault hides later ones, and then the name:

1. CONFIRMED and breaks the handshake;
2. SUSPECT and breaks it;
3. CONFIRMED, but does not break it;
4. NOTICE: possible, or about to break;
5. SUSPECT that would not break it.

What breaks comes before what does not, even proven: a KDC that is certainly slow does not explain why a
receiver refuses a ticket that came from another one.

* The handshake succeeded: a cause of tier 1 is a failure all the same (a real sender will meet it), one of
  tier 3 or 4 is a warning, else all is well.
* It did not: the first of tiers 1 and 2 is the cause; with neither, ``undetermined``, and the rest are
  alternatives.
* A bug of ours in the trace: ``undetermined``, and nobody else is blamed.

Certainty: ``certain`` when confirmed, ``likely`` for the only suspect (or a notice after a success), else
``possible``. What would explain the same failure is told as a rival, and only where the verdict is not certain; what
is wrong and did not stop this log-on is told beside it, with its own certainty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from probe.causes import Cause, Remedy, fill, load
from probe.checks import Finding, Status, examine_all
from probe.diagnosis.naming import named
from probe.diagnosis.outcome import lacks_credentials, what_happened
from probe.diagnosis.placeholders import placeholders, with_hosts
from probe.diagnosis.stages import not_the_reason
from probe.trace import Step, Trace
from probe.trace.facts import Bug, Handshake, Outcome
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.kdc_names import kdc_names
from probe.trace.wording import reply_line

RemedyText = Remedy
"""A remedy with its placeholders filled."""


AGAIN = Remedy(do="Nothing is known to be wrong: probe again without --inject.", where="this host")
"""What to do about a fault of our own."""

CREDENTIAL = (
    "on this host: give --keytab FILE of the sending server's account, or --user NAME; a ticket then shows whether "
    "every KDC knows the SPNs, with which kvno and encryption type, and the handshake whether the receiver's key "
    "opens it"
)
"""What would tell most where the connector answers and nobody could log on."""

THOROUGH = "on this host: probe again with --thorough, which measures whatever else can be measured from here"
"""Where the verdict is open, and this run stopped at what seemed to be worth its time."""


class Overall(StrEnum):
    """The status of a judgement, as monitoring knows it."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How sure a verdict is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Relation(StrEnum):
    """How something else that was found stands to the verdict."""

    RIVAL = "rival"
    """It would explain the same failure: one of the two is the cause."""
    BESIDE = "also-wrong"
    """It is so, or may be so, beside the verdict, and is no other explanation of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One cause with what bears it out and what to do."""

    cause: str
    title: str
    side: str
    certainty: Certainty
    summary: str
    evidence: tuple[Evidence, ...] = ()
    remedy: tuple[RemedyText, ...] = ()
    references: tuple[str, ...] = ()
    relation: Relation | None = None
    """Of an alternative; None for the verdict itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a run comes to."""

    status: Overall
    verdict: Verdict
    alternatives: tuple[Verdict, ...] = ()
    next_measurements: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def exit_status(status: Overall) -> int:
    """The exit status of the command line, by the convention of the monitoring plug-ins."""
    match status:
        case Overall.OK:
            return 0
        case Overall.WARNING:
            return 1
        case Overall.FAILURE:
            return 2
        case Overall.UNKNOWN:
            return 3
        case _:
            assert_never(status)


def judge(trace: Trace, findings: Iterable[Finding] | None = None) -> Judgement:
    """The verdict on ``trace``; the checks are run unless their findings are given.

    Raises probe.causes.UnknownCauseError if a finding names a cause that has no file: a bug of ours.
    """
    found = _placed(trace, examine_all(trace) if findings is None else findings)
    bugs = [step for step in trace.steps if step.outcome is Outcome.PROBE_BUG or isinstance(step.facts, Bug)]
    if bugs:
        return _our_bug(trace, bugs[0].id, found)
    supported = _ranked(found)
    healthy = [finding for finding in found if finding.cause == "healthy" and finding.status is Status.PASS]
    if healthy:
        return _succeeded(trace, healthy[0], supported, found)
    breaking = [finding for finding in supported if _tier(finding) in (1, 2)]
    if breaking:
        return _with_lead(trace, Overall.FAILURE, breaking[0], supported, found)
    return _undetermined(trace, supported, found)


def _placed(trace: Trace, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with KDCs by name; those of other stages than the one where it was stopped do not break it."""
    kdcs, elsewhere = kdc_names(trace), not_the_reason(trace)
    called = tuple(named(finding, kdcs) if kdcs else finding for finding in findings)
    return tuple(
        replace(finding, breaks=False)
        if finding.cause in elsewhere and finding.status in _SUPPORTING and finding.breaks
        else finding
        for finding in called
    )


_SUPPORTING = (Status.NOTICE, Status.SUSPECT, Status.CONFIRMED)


def _tier(finding: Finding) -> int:
    if finding.status is Status.CONFIRMED:
        return 1 if finding.breaks else 3
    if finding.status is Status.SUSPECT:
        return 2 if finding.breaks else 5
    return 4


def _ranked(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that support a cause, best first, one for each cause."""
    supporting = [
        finding
        for finding in findings
        if finding.status in _SUPPORTING and finding.cause not in ("", "healthy", "undetermined")
    ]
    ordered = sorted(
        supporting,
        key=lambda finding: (
            _tier(finding),
            finding.place,
            load(finding.cause).rank,
            finding.cause,
            finding.check,
        ),
    )
    first: dict[str, Finding] = {}
    for finding in ordered:
        first.setdefault(finding.cause, finding)
    return list(first.values())


def _succeeded(
    trace: Trace, healthy: Finding, supported: list[Finding], found: tuple[Finding, ...]
) -> Judgement:
    leads = [finding for finding in supported if _tier(finding) in (1, 3, 4)]
    if leads:
        status = Overall.FAILURE if _tier(leads[0]) == 1 else Overall.WARNING
        return _with_lead(trace, status, leads[0], leads, found)
    summary = healthy.says
    if trace.request.inject:
        answers = dict.fromkeys(reply_line(step.facts.reply) for step in _committed(trace))
        said = ", ".join(answers) or "nothing"
        summary += (
            f"; our own fault, committed on request ({trace.request.inject}), was answered with: {said}"
        )
    verdict = _verdict(load("healthy"), Certainty.CERTAIN, summary, healthy, placeholders(trace))
    return Judgement(status=Overall.OK, verdict=verdict, findings=found)


def _with_lead(
    trace: Trace, status: Overall, lead: Finding, supported: list[Finding], found: tuple[Finding, ...]
) -> Judgement:
    suspects = sum(1 for finding in supported if _tier(finding) == 2)
    names = placeholders(trace)
    certainty = _certainty(lead, alone=suspects <= 1)
    others = [finding for finding in supported if finding is not lead]
    if certainty is Certainty.CERTAIN:
        others = [finding for finding in others if not _is_excluded(finding)]
    summary = _with_injection(trace, lead.says, proven=certainty is Certainty.CERTAIN)
    verdict = _verdict(load(lead.cause), certainty, summary, lead, names)
    if _committed(trace) and certainty is not Certainty.CERTAIN:
        verdict = replace(verdict, remedy=(AGAIN,))
    return Judgement(
        status=status,
        verdict=verdict,
        alternatives=tuple(
            _alternative(
                finding,
                names,
                rival=finding.breaks and status is Overall.FAILURE and certainty is not Certainty.CERTAIN,
            )
            for finding in others
        ),
        next_measurements=_next(
            trace,
            () if certainty is Certainty.CERTAIN else _measurements([lead, *others], load(lead.cause), names),
        ),
        findings=found,
    )


def _is_excluded(finding: Finding) -> bool:
    """A mere possibility that would explain the same: beside a cause that is proven it is no rival any more."""
    return finding.status is Status.NOTICE and finding.breaks


def _certainty(finding: Finding, *, alone: bool) -> Certainty:
    if finding.status is Status.CONFIRMED:
        return Certainty.CERTAIN
    return Certainty.LIKELY if alone else Certainty.POSSIBLE


def _alternative(finding: Finding, names: Mapping[str, str], *, rival: bool) -> Verdict:
    """What is wrong beside the verdict has a certainty of its own."""
    certainty = _certainty(finding, alone=False)
    verdict = _verdict(load(finding.cause), certainty, finding.says, finding, names)
    return replace(verdict, relation=Relation.RIVAL if rival else Relation.BESIDE)


def _committed(trace: Trace) -> list[Step[Handshake]]:
    """The handshakes in which a deliberate fault of ours was really sent."""
    untried = (Outcome.SKIPPED, Outcome.PROBE_BUG)
    return [step for step in trace.of(Handshake) if step.facts.injected and step.outcome not in untried]


def _with_injection(trace: Trace, summary: str, *, proven: bool) -> str:
    """Ours or theirs: a fault that we sent ourselves must not be read as the receiver's."""
    inject = trace.request.inject
    if not inject:
        return summary
    if _committed(trace) and not proven:
        return f"The fault is our own, committed on request ({inject}): {summary}"
    return f"{summary} (in this run we were asked to commit a fault ourselves: {inject})"


def _verdict(
    cause: Cause, certainty: Certainty, summary: str, finding: Finding, names: Mapping[str, str]
) -> Verdict:
    known = with_hosts({**names, **{key: value for key, value in finding.names.items() if value}})
    return Verdict(
        cause=cause.code,
        title=cause.title,
        side=cause.side,
        certainty=certainty,
        summary=summary,
        evidence=finding.evidence,
        remedy=tuple(remedy.filled(known) for remedy in cause.remedies if not known.get(remedy.unless)),
        references=cause.references,
    )


def _undetermined(trace: Trace, supported: list[Finding], found: tuple[Finding, ...]) -> Judgement:
    names = placeholders(trace)
    healthy = next((finding for finding in found if finding.cause == "healthy"), None)
    summary, evidence = what_happened(trace, healthy)
    summary = _with_injection(trace, summary, proven=False)
    finding = named(
        Finding(check="", status=Status.NOTICE, says=summary, evidence=evidence), kdc_names(trace)
    )
    open_questions = [*supported, *(item for item in found if item not in supported)]
    cause = load("undetermined")
    advised = _measurements(open_questions, cause, names)
    return Judgement(
        status=Overall.UNKNOWN,
        verdict=_verdict(cause, Certainty.POSSIBLE, finding.says, finding, names),
        alternatives=tuple(_alternative(item, names, rival=item.breaks) for item in supported),
        next_measurements=_next(trace, advised),
        findings=found,
    )


def _next(trace: Trace, advised: tuple[str, ...]) -> tuple[str, ...]:
    """What is cheapest comes first: what this probe itself has left out, then what others have to do elsewhere.

    A credential is worth naming even beside a certain verdict: without one, half of the faults cannot be seen.
    """
    more = advised and trace.request.effort != "thorough" and not trace.request.inject
    return (
        *((CREDENTIAL,) if lacks_credentials(trace) else ()),
        *((THOROUGH,) if more else ()),
        *advised,
    )


def _measurements(findings: list[Finding], cause: Cause, names: Mapping[str, str]) -> tuple[str, ...]:
    """What would decide between the findings, and then what the cause's file advises; each once."""
    advised = [
        fill(text, with_hosts({**names, **finding.names}))
        for finding in findings
        for text in finding.would_decide
    ]
    lead = with_hosts({**names, **(findings[0].names if findings else {})})
    return tuple(dict.fromkeys([*advised, *(fill(text, lead) for text in cause.next_measurements)]))


def _our_bug(trace: Trace, step: str, found: tuple[Finding, ...]) -> Judgement:
    says = "the probe itself failed: this is a bug of exps, and it says nothing about the server"
    finding = Finding(
        check="", status=Status.NOTICE, says=says, evidence=(Evidence(step=step, says="probe-bug"),)
    )
    verdict = _verdict(load("undetermined"), Certainty.POSSIBLE, says, finding, placeholders(trace))
    report = "save the trace with --trace FILE and report it with the version of exps"
    return Judgement(status=Overall.UNKNOWN, verdict=verdict, next_measurements=(report,), findings=found)
