"""What other checks read of the second opinion, and that no opinion of another computer counts."""

from typing import Any

import pytest

from probe.trace import Step
from probe.trace.facts import Outcome, SecondOpinion
from probe.trace.views.smb_session_check import (
    Opinion,
    identified,
    is_the_receivers,
    key_is_good,
    opinion,
    says,
    sessions,
    with_opinion,
)
from tests.support.traces import (
    FQDN,
    error,
    opinion_without_reason,
    second_opinion,
    smb_clock,
    step,
    trace,
)


def only(item: Any) -> Step[SecondOpinion]:
    (found,) = trace(item).of(SecondOpinion)
    return found


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (second_opinion(), Opinion.GOOD),
        (second_opinion(41), Opinion.WRONG_KEY),
        (second_opinion(44, who="EX1$@CONTOSO.LAB"), Opinion.WRONG_KEY),
        (second_opinion(41, who=f"host/{FQDN}"), Opinion.WRONG_KEY),
        (second_opinion(41, who=f"cifs/{FQDN}"), Opinion.WRONG_KEY_SOMEWHERE),
        (second_opinion(41, who=""), Opinion.WRONG_KEY_SOMEWHERE),
        (second_opinion(41, who="ex1"), Opinion.WRONG_KEY_SOMEWHERE),
        (second_opinion(41, who="fs1$"), Opinion.ELSEWHERE),
        (second_opinion(37, who="host/fs1.contoso.lab"), Opinion.ELSEWHERE),
        (second_opinion(37), Opinion.NONE),
        (second_opinion(45), Opinion.NONE),
        (opinion_without_reason(), Opinion.REFUSED),
        (second_opinion(ap_rep_verified=False), Opinion.NONE),
    ],
)
def test_what_an_answer_comes_to(item: Any, expected: Opinion) -> None:
    assert opinion(only(item)) is expected
    assert with_opinion(trace(item), expected)


def test_a_name_is_cut_to_what_an_account_has() -> None:
    long = only(second_opinion(41, who="exchange-contoso$", server="cifs/exchange-contoso-hq.contoso.lab"))
    assert is_the_receivers(long.facts) is False
    cut = only(second_opinion(41, who="exchange-contos$", server="cifs/exchange-contoso-hq.contoso.lab"))
    assert is_the_receivers(cut.facts) is True


@pytest.mark.parametrize(
    "item",
    [
        smb_clock(0.0),
        step(smb_clock(0.0, stage="session", status=None, error="no-ticket"), Outcome.SKIPPED),
        step(smb_clock(0.0, stage="session", status=None, error="timed-out"), Outcome.TIMEOUT),
    ],
)
def test_what_is_no_answer_to_a_ticket(item: Any) -> None:
    assert sessions(trace(item)) == ()
    assert not identified(trace(item))


def test_who_answers_there() -> None:
    assert identified(trace(second_opinion(37)))
    assert identified(trace(second_opinion()))
    assert not identified(trace(second_opinion(37, who=f"cifs/{FQDN}")))
    assert not identified(trace(second_opinion(37), second_opinion(37, who="fs1$")))
    assert not identified(trace())


def test_the_key_is_good_by_an_ap_rep_alone() -> None:
    assert key_is_good(trace(second_opinion()))
    assert not key_is_good(trace(second_opinion(ap_rep_verified=False)))
    assert not key_is_good(trace(second_opinion(37)))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (second_opinion(), "opened a ticket for cifs/ex1.contoso.lab and proved that it has the key"),
        (second_opinion(41), "says of a ticket for cifs/ex1.contoso.lab: ERR_41 (41) in the name of ex1$"),
        (second_opinion(41, who=f"cifs/{FQDN}"), "says of a ticket for cifs/ex1.contoso.lab: ERR_41 (41)"),
        (opinion_without_reason(), "with STATUS_LOGON_FAILURE and no reason"),
    ],
)
def test_the_sentences(item: Any, expected: str) -> None:
    evidence = says(only(item))
    assert evidence.step == "second-opinion-1"
    assert evidence.says.startswith("SMB on 192.0.2.10 port 445 ")
    assert evidence.says.endswith(expected)


def test_an_error_without_a_name() -> None:
    assert is_the_receivers(only(second_opinion(peer_error=error(41), ap_rep_verified=False)).facts) is None
