"""What other checks read of the second opinion, and that no opinion of another computer counts."""

from typing import Any

import pytest

from probe.trace import Step
from probe.trace.facts import Outcome, SmbSessionCheck
from probe.trace.views.smb_session_check import (
    SmbOutcome,
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
    smb_clock,
    smb_session_check,
    step,
    trace,
)


def only(item: Any) -> Step[SmbSessionCheck]:
    (found,) = trace(item).of(SmbSessionCheck)
    return found


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (smb_session_check(), SmbOutcome.GOOD),
        (smb_session_check(41), SmbOutcome.WRONG_KEY),
        (smb_session_check(44, who="EX1$@CONTOSO.LAB"), SmbOutcome.WRONG_KEY),
        (smb_session_check(41, who=f"host/{FQDN}"), SmbOutcome.WRONG_KEY),
        (smb_session_check(41, who=f"cifs/{FQDN}"), SmbOutcome.WRONG_KEY_SOMEWHERE),
        (smb_session_check(41, who=""), SmbOutcome.WRONG_KEY_SOMEWHERE),
        (smb_session_check(41, who="ex1"), SmbOutcome.WRONG_KEY_SOMEWHERE),
        (smb_session_check(41, who="fs1$"), SmbOutcome.ELSEWHERE),
        (smb_session_check(37, who="host/fs1.contoso.lab"), SmbOutcome.ELSEWHERE),
        (smb_session_check(37), SmbOutcome.NONE),
        (smb_session_check(45), SmbOutcome.NONE),
        (opinion_without_reason(), SmbOutcome.REFUSED),
        (smb_session_check(ap_rep_verified=False), SmbOutcome.NONE),
    ],
)
def test_what_an_answer_comes_to(item: Any, expected: SmbOutcome) -> None:
    assert opinion(only(item)) is expected
    assert with_opinion(trace(item), expected)


def test_a_name_is_cut_to_what_an_account_has() -> None:
    long = only(smb_session_check(41, who="exchange-contoso$", server="cifs/exchange-contoso-hq.contoso.lab"))
    assert is_the_receivers(long.facts) is False
    cut = only(smb_session_check(41, who="exchange-contos$", server="cifs/exchange-contoso-hq.contoso.lab"))
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
    assert identified(trace(smb_session_check(37)))
    assert identified(trace(smb_session_check()))
    assert not identified(trace(smb_session_check(37, who=f"cifs/{FQDN}")))
    assert not identified(trace(smb_session_check(37), smb_session_check(37, who="fs1$")))
    assert not identified(trace())


def test_the_key_is_good_by_an_ap_rep_alone() -> None:
    assert key_is_good(trace(smb_session_check()))
    assert not key_is_good(trace(smb_session_check(ap_rep_verified=False)))
    assert not key_is_good(trace(smb_session_check(37)))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (smb_session_check(), "opened a ticket for cifs/ex1.contoso.lab and proved that it has the key"),
        (smb_session_check(41), "says of a ticket for cifs/ex1.contoso.lab: ERR_41 (41) in the name of ex1$"),
        (smb_session_check(41, who=f"cifs/{FQDN}"), "says of a ticket for cifs/ex1.contoso.lab: ERR_41 (41)"),
        (opinion_without_reason(), "with STATUS_LOGON_FAILURE and no reason"),
    ],
)
def test_the_sentences(item: Any, expected: str) -> None:
    evidence = says(only(item))
    assert evidence.step == "second-opinion-1"
    assert evidence.says.startswith("SMB on 192.0.2.10 port 445 ")
    assert evidence.says.endswith(expected)


def test_an_error_without_a_name() -> None:
    assert (
        is_the_receivers(only(smb_session_check(peer_error=error(41), ap_rep_verified=False)).facts) is None
    )
