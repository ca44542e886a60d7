from itertools import permutations

import pytest

from probe.causes import UnknownCauseError
from probe.checks import Evidence, Finding, Status, examine_all
from probe.facts import Bug, Facts, KdcDiscovery, Outcome, Resolve
from probe.trace import Step, Target, Trace
from probe.verdict import AGAIN, Certainty, Judgement, Overall, exit_status, judge
from tests.support.traces import (
    DC1,
    DC2,
    FQDN,
    SPN,
    asked,
    asks,
    clock,
    connect,
    dead,
    ehlo,
    error,
    failing,
    greeting,
    handshake,
    healthy,
    logon,
    negotiation,
    no_ticket,
    opening,
    postfix,
    refused,
    reply,
    step,
    ticket,
    tls,
    trace,
)

MUTE = step(refused(), Outcome.REFUSED)
CANNOT = step(refused(reply(535, "5.7.8 Error: authentication failed"), verb="AUTH"), Outcome.REFUSED)


def finding(cause: str, status: Status, *, breaks: bool = True, **more: object) -> Finding:
    return Finding(check=cause, status=status, says=f"{cause} it is", cause=cause, breaks=breaks, **more)  # type: ignore[arg-type]


def well() -> Finding:
    return finding("healthy", Status.PASS, breaks=False)


def causes(judgement: Judgement) -> list[str]:
    return [judgement.verdict.cause, *(other.cause for other in judgement.alternatives)]


RUNS: list[tuple[str, Trace, str, Certainty, Overall]] = [
    ("healthy", healthy(), "healthy", Certainty.CERTAIN, Overall.OK),
    ("key", failing(), "machine-key-stale", Certainty.LIKELY, Overall.FAILURE),
    (
        "key by its token",
        failing(step(refused(peer_error=error(44)), Outcome.REFUSED)),
        "machine-key-stale",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "receiver's clock",
        trace(*opening()[:6], greeting(-600.0), *opening()[7:], MUTE),
        "clock-skew-receiver",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "receiver's clock near the limit",
        trace(*opening()[:6], greeting(290.0), *opening()[7:], handshake()),
        "clock-skew-receiver",
        Certainty.LIKELY,
        Overall.WARNING,
    ),
    (
        "our clock",
        trace(clock(DC1, 600.0), clock(DC2, 600.0), greeting(600.0), ehlo(), asks(), ticket(), MUTE),
        "clock-skew-sender",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "our clock or the only KDC's",
        trace(clock(DC1, 600.0), logon(code=37), no_ticket(37)),
        "clock-skew-sender",
        Certainty.LIKELY,
        Overall.FAILURE,
    ),
    (
        "the only KDC's clock",
        trace(clock(DC1, 600.0), greeting(), ehlo(), logon(code=37), no_ticket(37)),
        "clock-skew-kdc",
        Certainty.LIKELY,
        Overall.FAILURE,
    ),
    (
        "one KDC's clock, and it works",
        trace(clock(DC1), clock(DC2, 600.0), greeting(), ehlo(), asks(), ticket(), handshake()),
        "clock-skew-kdc",
        Certainty.CERTAIN,
        Overall.WARNING,
    ),
    (
        "SPN",
        trace(clock(), greeting(), ehlo(), logon(), asks(code=7), asks(f"HOST/{FQDN}"), no_ticket(7)),
        "spn-missing",
        Certainty.LIKELY,
        Overall.FAILURE,
    ),
    (
        "Fqdn of the connector",
        trace(
            clock(),
            greeting(),
            ehlo(advertised_name="mail.example.com"),
            asks("SMTPSVC/mail.example.com", code=7),
            asks(SPN),
            no_ticket(7),
        ),
        "connector-fqdn-mismatch",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "replication",
        trace(clock(), greeting(), ehlo(), asks(code=7), asks(kdc=DC2), no_ticket(7)),
        "replication-diverged",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "line cut",
        failing(
            MUTE,
            negotiation(60, answered=True),
            step(negotiation(1700, answered=False), Outcome.REFUSED),
        ),
        "illegal-message",
        Certainty.LIKELY,
        Overall.FAILURE,
    ),
    (
        "every token refused",
        failing(
            MUTE,
            step(negotiation(60, answered=False), Outcome.REFUSED),
            step(negotiation(1700, answered=False), Outcome.REFUSED),
        ),
        "illegal-message",
        Certainty.LIKELY,
        Overall.FAILURE,
    ),
    (
        "no KDC",
        trace(dead(), dead(transport="tcp"), greeting(), ehlo(), no_ticket(problem="no-kdc")),
        "kdc-unreachable",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "no TCP",
        trace(clock(), dead(transport="tcp"), logon(code=52), no_ticket(problem="answer-too-big-for-udp")),
        "kdc-tcp-blocked",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "password",
        trace(clock(), greeting(), ehlo(), logon(code=24), no_ticket(problem="credentials-rejected")),
        "credentials-rejected",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "etype",
        trace(clock(), greeting(), ehlo(), logon(), asks(code=14, purpose="tgs"), no_ticket(14)),
        "etype-unsupported",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "X-EXPS not offered",
        trace(clock(), greeting(), ehlo(exps=()), ticket()),
        "exchange-auth-not-offered",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "X-EXPS not offered, AUTH works",
        trace(clock(), greeting(), ehlo(exps=()), ticket(), handshake(verb="AUTH")),
        "exchange-auth-not-offered",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "masked",
        trace(clock(), greeting(None, masked=True), ehlo(exps=(), masked=("XXXXXXXA",)), ticket()),
        "smtp-inspection",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "refused",
        trace(clock(), step(connect(error="refused"), Outcome.REFUSED)),
        "target-unreachable",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "no name",
        trace(clock(), step(Resolve(name=FQDN, source="system", error="no such name"), Outcome.REFUSED)),
        "name-not-resolved",
        Certainty.LIKELY,
        Overall.FAILURE,
    ),
    (
        "no cipher",
        trace(greeting(), ehlo(), step(tls(version="", error="no shared cipher"), Outcome.REFUSED)),
        "tls-failed",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "ticket's times",
        failing(step(refused(peer_error=error(32)), Outcome.REFUSED)),
        "ticket-time",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "not authorized",
        failing(step(refused(ap_rep_verified=True), Outcome.REFUSED)),
        "not-authorized",
        Certainty.CERTAIN,
        Overall.FAILURE,
    ),
    (
        "NTLM",
        failing(
            step(refused(reply(501), chosen_mechanism="1.3.6.1.4.1.311.2.2.10", problem="x"), Outcome.REFUSED)
        ),
        "mechanism-refused",
        Certainty.LIKELY,
        Overall.FAILURE,
    ),
    (
        "a server without a clock that says 535",
        trace(clock(), *postfix(), logon(), asks(purpose="tgs"), ticket(), CANNOT),
        "undetermined",
        Certainty.POSSIBLE,
        Overall.UNKNOWN,
    ),
    ("nothing", trace(), "undetermined", Certainty.POSSIBLE, Overall.UNKNOWN),
    (
        "only a look",
        trace(clock(), connect(), greeting(), ehlo(), request=asked(mechanism="none")),
        "undetermined",
        Certainty.POSSIBLE,
        Overall.UNKNOWN,
    ),
]


@pytest.mark.parametrize(
    ("run", "cause", "certainty", "status"), [row[1:] for row in RUNS], ids=[row[0] for row in RUNS]
)
def test_runs(run: Trace, cause: str, certainty: Certainty, status: Overall) -> None:
    judgement = judge(run)
    assert (judgement.verdict.cause, judgement.verdict.certainty, judgement.status) == (
        cause,
        certainty,
        status,
    )


@pytest.mark.parametrize("run", [row[1] for row in RUNS], ids=[row[0] for row in RUNS])
def test_a_verdict_bears_itself_out(run: Trace) -> None:
    """Evidence for what is wrong, a way on wherever it is not certain, and no placeholder left in braces."""
    judgement = judge(run)
    verdict = judgement.verdict
    if verdict.cause != "undetermined":
        assert verdict.evidence
    if judgement.status is Overall.FAILURE:
        assert verdict.remedy
    if verdict.certainty is not Certainty.CERTAIN:
        assert judgement.next_measurements
    texts = [
        *judgement.next_measurements,
        *(r.command for v in (verdict, *judgement.alternatives) for r in v.remedy),
    ]
    assert not any("{" in text.replace("@{LogName", "") for text in texts)
    assert judge(run) == judgement


def test_an_unexplained_535_names_the_right_alternatives() -> None:
    judgement = judge(trace(clock(), *postfix(), logon(), asks(purpose="tgs"), ticket(), CANNOT))
    assert set(causes(judgement)) == {
        "undetermined",
        "clock-skew-receiver",
        "machine-key-stale",
        "illegal-message",
    }
    assert "535 5.7.8" in judgement.verdict.summary
    assert any("1035" in text for text in judgement.next_measurements)


def test_a_235_without_an_ap_rep_is_unknown_and_says_why() -> None:
    judgement = judge(failing(handshake(ap_rep_verified=False)))
    assert judgement.status is Overall.UNKNOWN
    assert "did not prove" in judgement.verdict.summary


def test_the_deadline_is_named() -> None:
    late = Trace(
        target=healthy().target,
        request=asked(),
        started=0.0,
        duration_ms=1.0,
        steps=(),
        unfinished=True,
    )
    assert "deadline" in judge(late).verdict.summary


def test_a_kdcs_demand_for_preauthentication_is_not_what_failed() -> None:
    odd = step(greeting(None, reply=reply(421, "4.3.2 too busy"), software=""), Outcome.REFUSED)
    judgement = judge(trace(connect(), odd, step(clock(), Outcome.REFUSED)))
    assert "greeting ended with: refused" in judgement.verdict.summary


# The ranking rule.

PLACES = [
    finding("target-unreachable", Status.CONFIRMED),
    finding("machine-key-stale", Status.CONFIRMED),
    finding("name-not-resolved", Status.SUSPECT),
    finding("kdc-tcp-blocked", Status.CONFIRMED, breaks=False),
    finding("replication-diverged", Status.CONFIRMED, breaks=False),
    finding("clock-skew-kdc", Status.NOTICE),
    finding("smtp-inspection", Status.SUSPECT, breaks=False),
]


def test_the_order_of_tiers_and_of_the_chain() -> None:
    for shuffled in list(permutations(PLACES))[::311]:
        assert causes(judge(trace(), shuffled)) == [place.cause for place in PLACES]


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
    assert [(other.cause, other.certainty) for other in judgement.alternatives] == [
        ("clock-skew-kdc", Certainty.POSSIBLE)
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
    assert judgement.alternatives[0].certainty is Certainty.POSSIBLE


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
    assert judgement.next_measurements[:3] == ("ask dc2.contoso.lab", "read", "cut")


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


# Faults of our own, and bugs of our own.


def test_a_fault_on_request_is_named_as_ours() -> None:
    ours = failing(
        step(refused(injected="cut-token", token_clean=False), Outcome.REFUSED),
        request=asked(inject="cut-token"),
    )
    judgement = judge(ours)
    assert (judgement.verdict.cause, judgement.status) == ("illegal-message", Overall.FAILURE)
    assert judgement.verdict.summary.startswith("The fault is our own, committed on request (cut-token)")
    assert judgement.verdict.remedy == (AGAIN,)


def test_a_fault_on_request_that_tells_nothing_is_undetermined_and_ours() -> None:
    ours = failing(step(refused(injected="wrong-spn"), Outcome.REFUSED), request=asked(inject="wrong-spn"))
    judgement = judge(ours)
    assert judgement.verdict.cause == "undetermined"
    assert judgement.verdict.summary.startswith("The fault is our own, committed on request (wrong-spn)")
    assert "454 4.7.0" in judgement.verdict.summary


def test_a_real_fault_beside_ours_is_still_theirs() -> None:
    both = trace(
        *opening()[:6],
        greeting(-600.0),
        *opening()[7:],
        step(refused(injected="cut-token"), Outcome.REFUSED),
        request=asked(inject="cut-token"),
    )
    judgement = judge(both)
    assert judgement.verdict.cause == "clock-skew-receiver"
    assert not judgement.verdict.summary.startswith("The fault is our own")
    assert judgement.verdict.remedy != (AGAIN,)
    assert "cut-token" in judgement.verdict.summary


def test_a_refused_replay_leaves_a_healthy_receiver_healthy() -> None:
    replayed = failing(
        handshake(), step(refused(injected="replay"), Outcome.REFUSED), request=asked(inject="replay")
    )
    judgement = judge(replayed)
    assert (judgement.verdict.cause, judgement.status) == ("healthy", Overall.OK)
    assert (
        "our own fault, committed on request (replay), was answered with: 454 4.7.0"
        in judgement.verdict.summary
    )


@pytest.mark.parametrize(
    "bug",
    [
        step(Bug(where="run", error="KeyError"), Outcome.PROBE_BUG),
        step(handshake(), Outcome.PROBE_BUG),
    ],
)
def test_a_bug_of_ours_blames_nobody_else(bug: Step[Facts]) -> None:
    judgement = judge(trace(*opening()[:6], greeting(-600.0), *opening()[7:], MUTE, bug))
    assert (judgement.verdict.cause, judgement.status) == ("undetermined", Overall.UNKNOWN)
    assert "bug of exps" in judgement.verdict.summary
    assert judgement.alternatives == ()


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


def test_no_kdc_found_at_all() -> None:
    nowhere = KdcDiscovery(realm="CONTOSO.LAB", source="none", error="no SRV record")
    judgement = judge(trace(nowhere, connect(), greeting(), ehlo(), no_ticket(problem="no-kdc")))
    assert (judgement.verdict.cause, judgement.verdict.certainty) == ("kdc-unreachable", Certainty.LIKELY)
