from probe.checks import Status
from probe.checks.etype_unsupported import examine
from probe.trace.facts import Outcome
from tests.support.traces import (
    FQDN,
    asks,
    clock,
    ehlo,
    error,
    failing,
    greeting,
    handshake,
    healthy,
    logon,
    no_ticket,
    refused,
    step,
    trace,
)


def test_error_14_for_log_on_or_service_is_proof() -> None:
    assert examine(trace(logon(code=14))).status is Status.CONFIRMED
    assert examine(trace(greeting(), ehlo(), asks(code=14, purpose="tgs"))).status is Status.CONFIRMED
    assert examine(trace(greeting(), ehlo(), asks(code=14))).status is Status.CONFIRMED
    assert examine(trace(no_ticket(14, source="native"))).status is Status.CONFIRMED


def test_error_14_in_the_receivers_token_is_proof() -> None:
    assert examine(failing(step(refused(peer_error=error(14)), Outcome.REFUSED))).status is Status.CONFIRMED


def test_error_14_of_another_name_or_of_the_clock_question_is_not() -> None:
    other = trace(
        greeting(), ehlo(), clock(error=error(14)), asks(f"HOST/{FQDN}", code=14), asks(), handshake()
    )
    assert examine(other).status is Status.PASS


def test_a_success_all_the_same_does_not_break() -> None:
    assert examine(trace(asks(code=14, purpose="tgs"), handshake())).breaks is False


def test_a_keytab_without_the_key_is_a_suspicion() -> None:
    assert examine(trace(no_ticket(problem="no-key-for-etype"))).status is Status.SUSPECT


def test_healthy_passes_and_nothing_asked_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(greeting())).status is Status.NOT_APPLICABLE
