from typing import Any

import pytest

from probe.checks import Status
from probe.checks.machine_key_stale import examine
from probe.trace.facts import Outcome, SmtpReply
from tests.support.traces import (
    DC1,
    DC2,
    FQDN,
    asks,
    bound,
    bound_refused,
    clock,
    error,
    failing,
    greeting,
    handshake,
    healthy,
    negotiation,
    opinion_without_reason,
    postfix,
    refused,
    reply,
    smb_session_check,
    step,
    ticket,
    trace,
)


def test_all_good_and_still_refused_is_a_suspicion_and_never_proof() -> None:
    finding = examine(failing())
    assert finding.status is Status.SUSPECT
    assert any("1035" in text for text in finding.would_decide)
    assert any("LogLevel" in text for text in finding.would_decide)


@pytest.mark.parametrize("code", [31, 41, 44])
def test_an_error_about_the_key_in_the_receivers_token_is_proof(code: int) -> None:
    assert examine(failing(step(refused(peer_error=error(code)), Outcome.REFUSED))).status is Status.CONFIRMED


@pytest.mark.parametrize("code", [35, 45])
def test_a_receiver_without_a_key_for_the_service_is_a_suspicion(code: int) -> None:
    assert examine(failing(step(refused(peer_error=error(code)), Outcome.REFUSED))).status is Status.SUSPECT


def test_a_kvno_that_differs_between_kdcs_speaks_against_it() -> None:
    steps = clock(DC1), clock(DC2), greeting(), asks(), asks(kdc=DC2, ticket_kvno=2), ticket()
    assert examine(trace(*steps, step(refused(), Outcome.REFUSED))).status is Status.NOTICE
    modified = step(refused(peer_error=error(41)), Outcome.REFUSED)
    assert examine(trace(*steps, modified)).status is Status.SUSPECT


def test_another_kvno_than_the_hosts_means_another_account() -> None:
    other = trace(
        clock(DC1),
        greeting(),
        asks(),
        asks(f"HOST/{FQDN}", ticket_kvno=9),
        step(refused(peer_error=error(41)), Outcome.REFUSED),
    )
    finding = examine(other)
    assert finding.status is Status.SUSPECT
    assert "another account" in finding.says


def test_a_clock_that_is_off_explains_it_better() -> None:
    skewed = trace(clock(DC1), clock(DC2), greeting(600.0), asks(), step(refused(), Outcome.REFUSED))
    assert examine(skewed).status is Status.NOTICE


def test_an_unread_receivers_clock_leaves_it_a_possibility() -> None:
    said = reply(535, "5.7.8 Error: authentication failed: authentication failure")
    unread = trace(clock(DC1), *postfix(), asks(), step(refused(said, verb="AUTH"), Outcome.REFUSED))
    assert examine(unread).status is Status.NOTICE


@pytest.mark.parametrize(
    "changes",
    [
        {"token_clean": False},
        {"ap_rep_verified": True},
        {"chosen_mechanism": "ntlm"},
        {"injected": "corrupt-token"},
        {"peer_error": error(37)},
        {"token_octets": 0},
    ],
)
def test_refusals_with_another_reason_are_not_about_the_key(changes: dict[str, Any]) -> None:
    assert examine(failing(step(refused(**changes), Outcome.REFUSED))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("code", [421, 500, 501, 504, 550])
def test_replies_that_refuse_no_authentication_are_not_about_the_key(code: int) -> None:
    said = SmtpReply(code=code)
    assert examine(failing(step(refused(said), Outcome.REFUSED))).status is Status.NOT_APPLICABLE


def test_a_verified_ap_rep_proves_the_key() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(failing(handshake(verb="AUTH"), step(refused(), Outcome.REFUSED))).status is Status.PASS


@pytest.mark.parametrize(
    ("short", "long", "status"),
    [(True, True, Status.SUSPECT), (True, False, Status.NOTICE), (False, False, Status.NOTICE)],
)
def test_a_receiver_that_reads_no_negotiation_has_another_trouble(
    short: bool, long: bool, status: Status
) -> None:
    asked = [
        step(negotiation(octets, answered=answered), Outcome.OK if answered else Outcome.REFUSED)
        for octets, answered in ((60, short), (1700, long))
    ]
    assert examine(failing(step(refused(), Outcome.REFUSED), *asked)).status is status


def test_a_ticket_outside_its_lifetime_explains_it_better() -> None:
    early = ticket(start_time=trace().started + 3600)
    shown = trace(clock(DC1), greeting(), asks(), early, step(refused(), Outcome.REFUSED))
    assert examine(shown).status is Status.NOTICE


def test_a_rejected_negotiation_counts_as_a_refusal() -> None:
    rejected = refused(reply(501, "5.5.4 Authentication cancelled"), problem="negotiation-rejected")
    assert examine(failing(step(rejected, Outcome.REFUSED))).status is Status.SUSPECT


def test_exchangeauth_refused_beside_a_verified_log_on_is_not_about_the_key() -> None:
    assert examine(failing(bound_refused(), handshake())).status is Status.PASS
    assert examine(failing(handshake(), bound_refused())).status is Status.PASS


def test_exchangeauth_refused_as_the_others_are_may_be_about_the_key() -> None:
    finding = examine(failing(bound_refused(), step(refused(), Outcome.REFUSED)))
    assert finding.status is Status.SUSPECT
    assert [item.step for item in finding.evidence][:2] == ["handshake-1", "handshake-2"]


def test_a_verified_hash_proves_the_key() -> None:
    assert examine(failing(bound())).status is Status.PASS
    assert examine(failing(bound("unproven"))).status is Status.NOT_APPLICABLE


REFUSED = step(refused(), Outcome.REFUSED)


@pytest.mark.parametrize("code", [41, 44])
def test_another_service_of_the_same_computer_gives_the_proof(code: int) -> None:
    finding = examine(trace(clock(DC1), greeting(), asks(), REFUSED, smb_session_check(code)))
    assert finding.status is Status.CONFIRMED
    assert [item.step for item in finding.evidence] == ["handshake-1", "second-opinion-1"]
    assert finding.would_decide == ()


@pytest.mark.parametrize("who", [f"cifs/{FQDN}", "", "fs1$"])
def test_a_computer_that_is_not_known_to_be_the_receivers_proves_nothing(who: str) -> None:
    finding = examine(trace(clock(DC1), greeting(), asks(), REFUSED, smb_session_check(41, who=who)))
    assert finding.status is Status.SUSPECT
    # What a stranger says is no support either.
    assert ("second-opinion-1" in {item.step for item in finding.evidence}) == (who != "fs1$")


def test_a_refusal_without_a_reason_supports_and_proves_nothing() -> None:
    finding = examine(trace(clock(DC1), greeting(), asks(), REFUSED, opinion_without_reason()))
    assert finding.status is Status.SUSPECT
    assert finding.evidence[-1].step == "second-opinion-1"


def test_several_kdcs_may_hold_different_keys_of_one_version() -> None:
    steps = clock(DC1), clock(DC2), greeting(), asks(), asks(kdc=DC2), REFUSED, smb_session_check(41)
    finding = examine(trace(*steps))
    assert finding.status is Status.SUSPECT
    assert "PasswordLastSet" in finding.would_decide[0]


def test_kdcs_that_disagree_about_the_kvno_speak_against_the_opinion() -> None:
    steps = clock(DC1), greeting(), asks(), asks(kdc=DC2, ticket_kvno=2), REFUSED, smb_session_check(41)
    finding = examine(trace(*steps))
    assert finding.status is Status.SUSPECT
    assert "disagree" in finding.says


def test_an_opinion_without_a_refusal_is_a_suspicion() -> None:
    assert examine(trace(clock(DC1), greeting(), asks(), smb_session_check(41))).status is Status.SUSPECT


def test_a_machine_key_that_is_proven_dismisses_it() -> None:
    finding = examine(trace(clock(DC1), greeting(), asks(), REFUSED, smb_session_check()))
    assert finding.status is Status.PASS
    assert [item.step for item in finding.evidence] == ["second-opinion-1"]


def test_what_smtp_cannot_open_is_then_under_another_accounts_key() -> None:
    modified = step(refused(peer_error=error(41)), Outcome.REFUSED)
    finding = examine(trace(clock(DC1), greeting(), asks(), modified, smb_session_check()))
    assert finding.status is Status.NOTICE
    assert "another account" in finding.says


def test_a_clock_that_is_off_does_not_hide_a_key_that_is_proven_wrong() -> None:
    assert examine(trace(clock(DC1), greeting(600.0), asks(), REFUSED, smb_session_check(41))).status is (
        Status.CONFIRMED
    )


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (reply(454, "4.7.0 Temporary authentication failure: generic failure"), Status.SUSPECT),
        (reply(454, "4.7.0 Temporary authentication failure"), Status.NOTICE),
        (reply(535, "5.7.8 Error: authentication failed: generic failure"), Status.NOTICE),
    ],
)
def test_postfix_without_a_keytab_has_words_of_its_own(said: SmtpReply, status: Status) -> None:
    assert examine(trace(*postfix(), step(refused(said, verb="AUTH"), Outcome.REFUSED))).status is status
