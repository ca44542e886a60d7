from collections.abc import Mapping
from typing import Any

import pytest

from simulator.ledger import Detail, Entry
from simulator.run.comparison import differences, fired_faults, last_reply
from simulator.scenario import parse
from simulator.scenario.values import Scenario

SKEWED = """
title = "t"
story = "s"
[[fault]]
kind = "clock-skew"
on = "EX1"
offset = "-10m"
[expect]
smtp = "454 4.7.0"
event = { id = 1035, error = "TimeSkew" }
cause = "clock-skew-receiver"
alternatives = ["machine-key-stale"]
[lesson]
explain = "e"
"""
HEALTHY = (
    'title = "t"\nstory = "s"\n[expect]\nsmtp = "235 2.7.0"\ncause = "healthy"\n[lesson]\nexplain = "e"\n'
)


def scenario(text: str) -> Scenario:
    return parse(text, name="x", file="x.toml")


def handshake(code: int, enhanced: str, text: str) -> dict[str, Any]:
    reply = {"code": code, "enhanced": enhanced, "lines": [text]}
    return {"kind": "handshake", "detail": {"reply": reply}}


def report(cause: str, status: str, *steps: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    verdict = {"cause": cause, "certainty": "certain"}
    return {"status": status, "verdict": verdict, "alternatives": [], "steps": steps, "findings": []} | more


GOOD_SKEWED = report(
    "clock-skew-receiver",
    "failure",
    handshake(454, "4.7.0", "4.7.0 Temporary authentication failure"),
    alternatives=[{"cause": "machine-key-stale"}],
)
GOOD_HEALTHY = report("healthy", "ok", handshake(235, "2.7.0", "Authentication successful"))
ENTRIES = (
    Entry(at=0.0, kind="fault", party="EX1", detail={"fault": "clock-skew", "number": 0}),
    Entry(at=0.0, kind="event", party="EX1", detail={"id": 1035, "error": "TimeSkew"}),
)


def test_nothing_differs_when_all_is_as_expected() -> None:
    assert differences(scenario(SKEWED), GOOD_SKEWED, ENTRIES) == ()
    assert differences(scenario(HEALTHY), GOOD_HEALTHY, ()) == ()


@pytest.mark.parametrize(
    ("change", "due"),
    [
        (
            {"verdict": {"cause": "healthy", "certainty": "certain"}},
            "the verdict is healthy, clock-skew-receiver was due",
        ),
        (
            {"verdict": {"cause": "clock-skew-receiver", "certainty": "likely"}},
            "the verdict is likely, certain was due",
        ),
        ({"status": "warning"}, "the status is warning, failure was due"),
        ({"alternatives": []}, "machine-key-stale is not among the alternatives"),
        ({"steps": []}, 'the authentication was answered with "", "454 4.7.0" was due'),
        (
            {"steps": [handshake(535, "5.7.3", "Authentication unsuccessful")]},
            'the authentication was answered with "535 5.7.3 Authentication unsuccessful", "454 4.7.0" was due',
        ),
    ],
)
def test_what_differs_in_the_report_is_said(change: dict[str, Any], due: str) -> None:
    assert differences(scenario(SKEWED), GOOD_SKEWED | change, ENTRIES) == (due,)


@pytest.mark.parametrize(
    ("entries", "due"),
    [
        (ENTRIES[1:], "the fault clock-skew did not fire"),
        (ENTRIES[:1], "the receiver logged no event, event 1035 TimeSkew was due"),
    ],
)
def test_what_differs_in_the_ledger_is_said(entries: tuple[Entry, ...], due: str) -> None:
    assert differences(scenario(SKEWED), GOOD_SKEWED, entries) == (due,)


def fired(number: int, **more: str) -> Entry:
    return Entry(at=0.0, kind="fault", party="EX1", detail={"fault": "slow", "number": number, **more})


def logged_on(session: str, mechanism: str, *, cancelled: bool = False) -> Entry:
    detail: Detail = {"session": session, "mechanism": mechanism, "cancelled": cancelled}
    return Entry(at=0.0, kind="auth", party="EX1", detail=detail)


SLOW = '\n[[fault]]\nkind = "slow"\non = "EX1"\nat = "token"\ndelay = 1\n'


def test_each_of_two_faults_of_a_kind_has_to_fire() -> None:
    twice = scenario(HEALTHY + SLOW + SLOW)
    assert differences(twice, GOOD_HEALTHY, (fired(0), fired(1))) == ()
    assert differences(twice, GOOD_HEALTHY, (fired(0),)) == ("the fault slow (fault[1]) did not fire",)


def test_a_fault_that_may_not_fire_is_not_missed() -> None:
    lax = scenario(HEALTHY + SLOW + "may_not_fire = true\n")
    assert differences(lax, GOOD_HEALTHY, ()) == ()


def test_what_only_a_question_by_ntlm_met_has_not_fired() -> None:
    asked = logged_on("1", "X-EXPS NTLM", cancelled=True)
    assert fired_faults((fired(0, session="1"), asked)) == frozenset()
    assert fired_faults((fired(0, session="1"), asked, logged_on("1", "X-EXPS GSSAPI"))) == {0}
    assert fired_faults((fired(0, session="1"), logged_on("1", "AUTH NTLM"))) == {0}
    assert fired_faults((fired(0, session="2"), asked)) == {0}
    # A domain controller has no such connections.
    assert fired_faults((fired(0), asked)) == {0}


def test_an_event_and_an_answer_that_nobody_expected_are_said() -> None:
    silent = scenario(HEALTHY.replace('smtp = "235 2.7.0"\n', ""))
    assert differences(silent, GOOD_HEALTHY, ENTRIES[1:]) == (
        'the authentication was answered with "235 2.7.0 Authentication successful", "" was due',
        "the receiver logged event 1035 TimeSkew, none was due",
    )


def test_a_healthy_lab_is_accused_by_nobody() -> None:
    finding = {"check": "spn-missing", "status": "suspect", "says": "no"}
    accused = GOOD_HEALTHY | {"findings": [finding, finding | {"status": "notice"}]}
    assert differences(scenario(HEALTHY), accused, ()) == ("spn-missing accuses a healthy lab: no",)


def test_the_last_handshakes_reply_counts_and_says_its_code_once() -> None:
    steps = [handshake(454, "4.7.0", "4.7.0 no"), {"kind": "quit", "detail": {"reply": {"code": 221}}}]
    assert last_reply({"steps": [handshake(235, "", "yes"), *steps]}) == "454 4.7.0 no"
    assert last_reply({"steps": [handshake(535, "5.7.3", "no")]}) == "535 5.7.3 no"
    assert last_reply({"steps": [{"kind": "handshake", "detail": {"reply": None}}]}) == ""
