"""What whole runs come to."""

import pytest

from probe.diagnosis.verdict import Certainty, Overall, judge
from probe.trace import Trace
from probe.trace.facts import KdcDiscovery, Outcome, Resolve
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
        Certainty.POSSIBLE,
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
        Certainty.LIKELY,
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
    assert judgement.verdict.cause == "undetermined"
    assert {other.cause for other in judgement.alternatives} == {
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


def nobody(**changes: str) -> Trace:
    """A healthy connector, and no credential to log on with."""
    request = asked(principal="", credentials="none", **changes)
    return trace(clock(), clock(DC2), connect(), greeting(), ehlo(), tls(), ehlo(), request=request)


def test_without_credentials_the_first_advice_is_what_one_would_add() -> None:
    judgement = judge(nobody())
    assert (judgement.verdict.cause, judgement.status) == ("undetermined", Overall.UNKNOWN)
    assert "no credential to log on with" in judgement.verdict.summary
    first = judgement.next_measurements[0]
    assert "--keytab" in first
    assert "--user" in first
    assert "ticket" in first
    assert any("1035" in text for text in judgement.next_measurements[1:])


@pytest.mark.parametrize(
    "run",
    [
        nobody(mechanism="none"),
        trace(clock(), connect(), request=asked(credentials="none")),
        trace(clock(), *opening()[6:], request=asked()),
    ],
    ids=["only a look", "no session", "a credential was given"],
)
def test_a_credential_is_advised_only_where_it_would_help(run: Trace) -> None:
    judgement = judge(run)
    assert judgement.verdict.cause == "undetermined"
    assert not any("--keytab" in text for text in judgement.next_measurements)


def test_a_kdcs_demand_for_preauthentication_is_not_what_failed() -> None:
    odd = step(greeting(None, reply=reply(421, "4.3.2 too busy"), software=""), Outcome.REFUSED)
    judgement = judge(trace(connect(), odd, step(clock(), Outcome.REFUSED)))
    assert "greeting ended with: refused" in judgement.verdict.summary


def test_no_kdc_found_at_all() -> None:
    nowhere = KdcDiscovery(realm="CONTOSO.LAB", source="none", error="no SRV record")
    judgement = judge(trace(nowhere, connect(), greeting(), ehlo(), no_ticket(problem="no-kdc")))
    assert (judgement.verdict.cause, judgement.verdict.certainty) == ("kdc-unreachable", Certainty.LIKELY)
