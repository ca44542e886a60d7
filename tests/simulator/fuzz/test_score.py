from dataclasses import replace
from typing import Any

import pytest

from simulator.fuzz.score import (
    MISSES,
    VIOLATIONS,
    Kind,
    Said,
    is_same,
    is_weaker,
    passed,
    said_in,
    score,
)
from simulator.fuzz.truth import Truth

STOPPED = Truth(
    diagnoses=(("stale-key",),),
    causes=(frozenset({"machine-key-stale"}),),
    true=frozenset({"machine-key-stale", "clock-skew-kdc", "kdc-unreachable"}),
    near=frozenset({"clock-skew-kdc", "clock-skew-sender"}),
    unprovable=frozenset({"clock-skew-kdc"}),
)
PASSING = Truth(
    diagnoses=(),
    causes=(),
    true=frozenset({"kdc-unreachable"}),
    near=frozenset({"clock-skew-sender"}),
    unprovable=frozenset(),
)


def said(status: str, cause: str, certainty: str = "likely", *beside: tuple[str, str]) -> Said:
    return Said(status=status, cause=cause, certainty=certainty, summary="", beside=beside)


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (said("failure", "machine-key-stale"), Kind.RIGHT),
        (said("unknown", "undetermined", "possible"), Kind.UNDETERMINED),
        (said("failure", "spn-missing", "possible", ("machine-key-stale", "possible")), Kind.TIE),
        (said("failure", "spn-missing", "likely", ("machine-key-stale", "possible")), Kind.WRONG),
        (said("failure", "spn-missing", "possible"), Kind.WRONG),
        (said("failure", "kdc-unreachable"), Kind.LATENT_FIRST),
        (said("ok", "healthy", "certain"), Kind.MISSED),
        (said("warning", "kdc-unreachable"), Kind.MISSED),
    ],
)
def test_where_mail_is_stopped(verdict: Said, kind: Kind) -> None:
    assert score(STOPPED, verdict) == (kind,)


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (said("ok", "healthy", "certain"), Kind.RIGHT),
        (said("warning", "kdc-unreachable"), Kind.RIGHT),
        (said("warning", "clock-skew-sender"), Kind.RIGHT),
        (said("failure", "kdc-unreachable"), Kind.RIGHT),
        (said("failure", "clock-skew-sender"), Kind.HEALTHY_ACCUSED),
        (said("failure", "spn-missing"), Kind.HEALTHY_ACCUSED),
        (said("warning", "spn-missing"), Kind.FALSE_WARNING),
        (said("unknown", "undetermined", "possible"), Kind.UNDETERMINED),
    ],
)
def test_where_mail_passes(verdict: Said, kind: Kind) -> None:
    assert score(PASSING, verdict) == (kind,)


def test_certain_and_untrue_is_told_wherever_it_stands() -> None:
    wrong = said("failure", "machine-key-stale", "likely", ("spn-missing", "certain"))
    assert score(STOPPED, wrong) == (Kind.RIGHT, Kind.CERTAIN_UNTRUE)
    assert score(PASSING, said("failure", "spn-missing", "certain")) == (
        Kind.HEALTHY_ACCUSED,
        Kind.CERTAIN_UNTRUE,
    )


def test_health_and_ignorance_are_no_claims() -> None:
    assert score(PASSING, said("ok", "healthy", "certain", ("undetermined", "certain"))) == (Kind.RIGHT,)


def test_what_nothing_proves_is_not_certain() -> None:
    verdict = said("failure", "machine-key-stale", "certain", ("clock-skew-kdc", "certain"))
    assert score(STOPPED, verdict) == (Kind.RIGHT, Kind.TOO_CERTAIN)


def test_where_nobody_logged_on_what_is_so_is_no_miss() -> None:
    blind = replace(STOPPED, tried=False)
    assert score(blind, said("unknown", "undetermined", "possible")) == (Kind.OPEN,)
    assert score(blind, said("failure", "kdc-unreachable")) == (Kind.OPEN,)
    assert score(blind, said("failure", "spn-missing")) == (Kind.WRONG,)


def test_a_log_on_that_proved_nothing_may_be_undetermined() -> None:
    unproven = Said(status="unknown", cause="undetermined", certainty="possible", summary="", unproven=True)
    assert score(PASSING, unproven) == (Kind.RIGHT,)


def test_a_miss_is_a_violation_or_no_answer() -> None:
    assert Kind.RIGHT not in MISSES
    assert Kind.OPEN not in MISSES
    assert {Kind.UNDETERMINED, Kind.TIE} == MISSES - VIOLATIONS


def test_weaker_is_a_right_cause_that_is_lost_or_less_sure() -> None:
    right, less = said("failure", "machine-key-stale", "certain"), said("failure", "machine-key-stale")
    open_ = said("unknown", "undetermined", "possible")
    assert is_weaker(STOPPED, right, less)
    assert is_weaker(STOPPED, right, open_)
    assert not is_weaker(STOPPED, less, right)
    assert not is_weaker(STOPPED, right, right)
    assert not is_weaker(STOPPED, open_, less)


def test_the_same_verdict() -> None:
    one = said("failure", "machine-key-stale", "likely", ("kdc-unreachable", "possible"))
    assert is_same(STOPPED, one, said("failure", "machine-key-stale", "likely"))
    assert not is_same(STOPPED, one, said("failure", "machine-key-stale", "certain"))
    assert not is_same(STOPPED, one, said("warning", "machine-key-stale", "likely"))


def test_where_a_warning_of_a_limit_begins_is_nobodys_truth() -> None:
    healthy, near = said("ok", "healthy", "certain"), said("warning", "clock-skew-sender", "likely")
    assert is_same(PASSING, healthy, near)
    assert not is_same(PASSING, healthy, said("warning", "kdc-unreachable", "likely"))


def test_at_the_very_limit_of_two_clocks_two_runs_may_differ() -> None:
    edge = replace(STOPPED, settled=False)
    right, other = (
        said("failure", "machine-key-stale", "certain"),
        said("unknown", "undetermined", "possible"),
    )
    assert is_same(edge, right, other)
    assert not is_weaker(edge, right, other)


def handshake(outcome: str, *, verb: str = "X-EXPS", leg: str = "", contrast: str = "") -> dict[str, Any]:
    detail = {"verb": verb, "mechanism": "GSSAPI", "return_leg": leg, "contrast": contrast}
    return {"kind": "handshake", "outcome": outcome, "detail": detail}


@pytest.mark.parametrize(
    ("steps", "passes"),
    [
        ([], False),
        ([{"kind": "ehlo", "outcome": "ok", "detail": {}}], False),
        ([handshake("ok")], True),
        ([handshake("ok", leg="verified")], True),
        ([handshake("ok", leg="mismatch")], False),
        ([handshake("refused"), handshake("ok")], False),
        ([handshake("skipped"), handshake("ok")], True),
        ([handshake("ok", contrast="lengths"), handshake("refused")], False),
        ([handshake("ok", verb="AUTH")], False),
    ],
)
def test_a_sender_passes_if_its_first_log_on_does(steps: list[dict[str, Any]], passes: bool) -> None:
    assert passed(steps, mechanism="auto") is passes


def test_who_asks_for_auth_passes_with_it() -> None:
    assert passed([handshake("ok", verb="AUTH")], mechanism="auth-gssapi")


def test_what_was_said_is_read_from_the_report() -> None:
    report = {
        "status": "failure",
        "verdict": {"cause": "spn-missing", "certainty": "certain", "summary": "why"},
        "alternatives": [{"cause": "clock-skew-kdc", "certainty": "possible"}],
        "steps": [handshake("ok", leg="unproven")],
    }
    found = said_in(report)
    assert (found.status, found.cause, found.certainty, found.summary) == (
        "failure",
        "spn-missing",
        "certain",
        "why",
    )
    assert found.beside == (("clock-skew-kdc", "possible"),)
    assert found.certain == {"spn-missing"}
    assert found.unproven
