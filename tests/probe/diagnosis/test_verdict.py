"""The ranking rule, and what a verdict is filled with."""

from dataclasses import replace
from itertools import permutations

import pytest

from probe.causes import UnknownCauseError
from probe.checks import Finding, Status, examine_all
from probe.diagnosis.verdict import (
    CREDENTIAL,
    THOROUGH,
    Certainty,
    Judgement,
    Overall,
    Relation,
    exit_status,
    judge,
)
from probe.trace import Request, Target
from probe.trace.views.evidence import Evidence
from tests.support.traces import (
    DC2,
    asks,
    clock,
    connect,
    ehlo,
    failing,
    greeting,
    healthy,
    opening,
    trace,
)


def finding(cause: str, status: Status, *, breaks: bool = True, **more: object) -> Finding:
    return Finding(check=cause, status=status, says=f"{cause} it is", cause=cause, breaks=breaks, **more)  # type: ignore[arg-type]


def well() -> Finding:
    return finding("healthy", Status.PASS, breaks=False)


def causes(judgement: Judgement) -> list[str]:
    return [judgement.verdict.cause, *(other.cause for other in judgement.alternatives)]


PLACES = [
    finding("target-unreachable", Status.CONFIRMED),
    finding("machine-key-stale", Status.CONFIRMED),
    finding("name-not-resolved", Status.SUSPECT),
    finding("kdc-tcp-blocked", Status.CONFIRMED, breaks=False),
    finding("replication-diverged", Status.CONFIRMED, breaks=False),
    finding("clock-skew-kdc", Status.NOTICE, breaks=False),
    finding("smtp-inspection", Status.SUSPECT, breaks=False),
]


def test_the_order_of_tiers_and_of_the_chain() -> None:
    for shuffled in list(permutations(PLACES))[::311]:
        assert causes(judge(trace(), shuffled)) == [place.cause for place in PLACES]


def test_a_possibility_is_no_rival_of_what_is_proven() -> None:
    seen = [finding("spn-missing", Status.CONFIRMED), finding("machine-key-stale", Status.NOTICE)]
    assert causes(judge(trace(), seen)) == ["spn-missing"]


def test_what_ties_comes_behind_what_leads_and_neither_is_more_than_possible() -> None:
    leads, ties = finding("clock-skew-kdc", Status.SUSPECT), finding("clock-skew-sender", Status.SUSPECT)
    judgement = judge(trace(), [replace(ties, place=1), leads])
    assert causes(judgement) == ["clock-skew-kdc", "clock-skew-sender"]
    assert judgement.verdict.certainty is Certainty.POSSIBLE


def test_confirmed_is_certain_whatever_else_is_suspected() -> None:
    judgement = judge(
        trace(), [finding("spn-missing", Status.CONFIRMED), finding("tls-failed", Status.SUSPECT)]
    )
    assert causes(judgement) == ["spn-missing", "tls-failed"]
    assert judgement.verdict.certainty is Certainty.CERTAIN
    assert judgement.alternatives[0].certainty is Certainty.POSSIBLE


def test_one_suspect_is_likely_and_several_are_possible() -> None:
    one = finding("illegal-message", Status.SUSPECT)
    assert judge(trace(), [one]).verdict.certainty is Certainty.LIKELY
    several = judge(trace(), [one, finding("machine-key-stale", Status.SUSPECT)])
    assert causes(several) == ["machine-key-stale", "illegal-message"]
    assert {several.verdict.certainty, several.alternatives[0].certainty} == {Certainty.POSSIBLE}


def test_what_does_not_break_explains_no_failure() -> None:
    judgement = judge(trace(), [finding("clock-skew-kdc", Status.CONFIRMED, breaks=False)])
    assert (judgement.verdict.cause, judgement.status) == ("undetermined", Overall.UNKNOWN)
    assert [(other.cause, other.certainty, other.relation) for other in judgement.alternatives] == [
        ("clock-skew-kdc", Certainty.CERTAIN, Relation.BESIDE)
    ]


def test_a_suspicion_that_breaks_comes_before_a_proof_that_does_not() -> None:
    judgement = judge(
        trace(),
        [
            finding("kdc-tcp-blocked", Status.CONFIRMED, breaks=False),
            finding("machine-key-stale", Status.SUSPECT),
        ],
    )
    assert causes(judgement) == ["machine-key-stale", "kdc-tcp-blocked"]
    assert judgement.alternatives[0].relation is Relation.BESIDE
    assert judgement.alternatives[0].certainty is Certainty.CERTAIN, "it is true, and not why"


def test_rivals_are_told_apart_from_what_is_wrong_beside() -> None:
    key, message = finding("machine-key-stale", Status.SUSPECT), finding("illegal-message", Status.SUSPECT)
    judgement = judge(trace(), [key, message, finding("kdc-tcp-blocked", Status.CONFIRMED, breaks=False)])
    assert [(other.cause, other.relation) for other in judgement.alternatives] == [
        ("illegal-message", Relation.RIVAL),
        ("kdc-tcp-blocked", Relation.BESIDE),
    ]
    assert judgement.verdict.relation is None


def test_a_proven_cause_has_no_rival() -> None:
    proven, message = finding("spn-missing", Status.CONFIRMED), finding("illegal-message", Status.SUSPECT)
    assert [other.relation for other in judge(trace(), [proven, message]).alternatives] == [Relation.BESIDE]


@pytest.mark.parametrize(
    ("other", "cause", "status", "certainty"),
    [
        (
            finding("clock-skew-kdc", Status.CONFIRMED, breaks=False),
            "clock-skew-kdc",
            Overall.WARNING,
            Certainty.CERTAIN,
        ),
        (
            finding("clock-skew-kdc", Status.NOTICE, breaks=False),
            "clock-skew-kdc",
            Overall.WARNING,
            Certainty.LIKELY,
        ),
        (finding("clock-skew-kdc", Status.CONFIRMED), "clock-skew-kdc", Overall.FAILURE, Certainty.CERTAIN),
        (finding("clock-skew-kdc", Status.SUSPECT), "healthy", Overall.OK, Certainty.CERTAIN),
        (finding("clock-skew-kdc", Status.PASS), "healthy", Overall.OK, Certainty.CERTAIN),
    ],
)
def test_after_a_success(other: Finding, cause: str, status: Overall, certainty: Certainty) -> None:
    judgement = judge(trace(), [well(), other])
    assert (judgement.verdict.cause, judgement.status, judgement.verdict.certainty) == (
        cause,
        status,
        certainty,
    )


def test_nothing_supported_is_undetermined_with_a_way_on() -> None:
    judgement = judge(
        trace(), [finding("tls-failed", Status.PASS), finding("spn-missing", Status.NOT_APPLICABLE)]
    )
    assert (judgement.verdict.cause, judgement.verdict.side) == ("undetermined", "unknown")
    assert judgement.next_measurements
    assert judgement.alternatives == ()


def test_what_would_decide_is_filled_named_once_and_in_order() -> None:
    first = finding(
        "machine-key-stale", Status.SUSPECT, would_decide=("ask {kdc_host}", "read"), names={"kdc": DC2}
    )
    second = finding("illegal-message", Status.SUSPECT, would_decide=("read", "cut"))
    judgement = judge(trace(), [second, first])
    assert judgement.next_measurements[:4] == (THOROUGH, "ask dc2.contoso.lab", "read", "cut")


def test_a_thorough_run_does_not_advise_itself() -> None:
    suspect = finding("machine-key-stale", Status.SUSPECT, would_decide=("read",))
    everything = replace(trace(), request=Request(effort="thorough"))
    assert THOROUGH not in judge(everything, [suspect]).next_measurements
    proven = finding("machine-key-stale", Status.CONFIRMED)
    assert judge(trace(), [proven]).next_measurements == ()


def test_a_credential_is_worth_naming_beside_a_proof() -> None:
    proven = finding("clock-skew-receiver", Status.CONFIRMED)
    unknown = replace(trace(*opening()), request=Request(credentials="none"))
    assert judge(unknown, [proven]).next_measurements == (CREDENTIAL,)


def test_a_certain_verdict_asks_for_nothing_more() -> None:
    sure = finding("spn-missing", Status.CONFIRMED, would_decide=("ask",))
    assert judge(trace(), [sure]).next_measurements == ()


def test_remedies_are_filled_from_the_finding_and_from_the_trace() -> None:
    spn = finding("spn-missing", Status.CONFIRMED, names={"spn": "SMTPSVC/other.contoso.lab"})
    commands = [remedy.command for remedy in judge(healthy(), [spn]).verdict.remedy]
    assert "setspn -S SMTPSVC/other.contoso.lab EX1$" in commands
    assert "setspn -S SMTP/ex1.contoso.lab EX1$" in commands


def test_a_hostile_name_does_not_reach_a_command() -> None:
    hostile = trace(
        clock(),
        greeting(),
        ehlo(advertised_name="x&calc"),
        asks("SMTPSVC/x&calc", code=7),
        asks("HOST/x&calc"),
    )
    judgement = judge(hostile)
    assert judgement.verdict.cause == "spn-missing"
    assert all("calc" not in remedy.command for remedy in judgement.verdict.remedy)
    assert any("<SPN>" in remedy.command for remedy in judgement.verdict.remedy)


def test_an_address_as_target_gives_no_account() -> None:
    probed = trace(connect(), target=Target(name="192.0.2.10", host="192.0.2.10", port=25))
    judgement = judge(probed, [finding("spn-missing", Status.CONFIRMED)])
    assert any("<SPN> <ACCOUNT>" in remedy.command for remedy in judgement.verdict.remedy)


def test_a_cause_without_a_file_is_a_bug() -> None:
    with pytest.raises(UnknownCauseError):
        judge(trace(), [finding("nonsense", Status.SUSPECT)])


def test_findings_are_kept() -> None:
    run = failing()
    assert judge(run).findings == examine_all(run)


def test_evidence_is_the_findings_own() -> None:
    evidence = (Evidence(step="kdc-1", says="x"),)
    assert (
        judge(trace(), [finding("spn-missing", Status.CONFIRMED, evidence=evidence)]).verdict.evidence
        == evidence
    )


def test_exit_status() -> None:
    assert [exit_status(status) for status in Overall] == [0, 1, 2, 3]
    assert [status.value for status in Overall] == ["ok", "warning", "failure", "unknown"]
