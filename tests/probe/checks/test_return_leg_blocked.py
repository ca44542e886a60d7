from dataclasses import replace

from probe.checks import Status
from probe.checks.return_leg_blocked import examine
from probe.trace.facts import Outcome
from tests.support.directories import account, found
from tests.support.traces import (
    DC2,
    RETURN_SPN,
    asks,
    bound,
    bound_refused,
    dead,
    failing,
    handshake,
    healthy,
    refused,
    step,
)


def test_a_controller_that_is_silent_to_us_supports_it() -> None:
    silent = (dead(DC2, transport="tcp"), dead(DC2))
    finding = examine(failing(asks(RETURN_SPN), *silent, bound_refused(), handshake()))
    assert finding.status is Status.SUSPECT
    assert DC2 in finding.evidence[2].says


def test_silence_over_udp_alone_is_no_sign() -> None:
    finding = examine(failing(asks(RETURN_SPN), dead(DC2), bound_refused(), handshake()))
    assert finding.status is Status.NOTICE


def test_so_does_a_refusal_that_took_long() -> None:
    slow = replace(bound_refused(), duration_ms=2500.0)
    finding = examine(failing(asks(RETURN_SPN), slow, handshake()))
    assert finding.status is Status.SUSPECT
    assert "2.5 s" in finding.evidence[-1].says


def test_without_a_mark_it_is_a_possibility() -> None:
    finding = examine(failing(asks(RETURN_SPN), bound_refused(), handshake()))
    assert finding.status is Status.NOTICE


def test_what_else_keeps_the_receiver_from_its_ticket_comes_first() -> None:
    for known in (asks(RETURN_SPN, code=7), found(account(disabled=True))):
        assert (
            examine(failing(known, dead(DC2), bound_refused(), handshake())).status is Status.NOT_APPLICABLE
        )


def test_a_way_back_that_worked_passes() -> None:
    for leg in ("verified", "unproven"):
        assert examine(failing(dead(DC2), bound(leg))).status is Status.PASS


def test_where_everything_is_refused_it_does_not_apply() -> None:
    for run in (failing(bound_refused(), step(refused(), Outcome.REFUSED)), healthy()):
        assert examine(run).status in (Status.NOT_APPLICABLE, Status.PASS)
