import pytest

from probe.checks import Status
from probe.checks.not_authorized import examine
from probe.trace.facts import Outcome, SmtpReply
from tests.support.traces import (
    TEMPORARY,
    bound,
    bound_refused,
    connect,
    failing,
    handshake,
    healthy,
    refused,
    reply,
    step,
    trace,
)


@pytest.mark.parametrize("said", [TEMPORARY, reply(535), reply(550, "5.7.1 no permission")])
def test_a_refusal_after_a_verified_ap_rep_is_proof(said: SmtpReply) -> None:
    late = step(refused(said, ap_rep_verified=True), Outcome.REFUSED)
    assert examine(failing(late)).status is Status.CONFIRMED


def test_a_refusal_before_the_ap_rep_is_not() -> None:
    assert examine(failing()).status is Status.NOT_APPLICABLE


def test_a_security_layer_that_we_do_not_give_is_another_reason() -> None:
    only_layers = step(
        refused(reply(535), verb="AUTH", ap_rep_verified=True, security_layers=6), Outcome.REFUSED
    )
    assert examine(failing(only_layers)).status is Status.SUSPECT
    with_none = step(
        refused(reply(535), verb="AUTH", ap_rep_verified=True, security_layers=7), Outcome.REFUSED
    )
    assert examine(failing(with_none)).status is Status.CONFIRMED


def test_the_word_authorization_is_a_suspicion() -> None:
    said = reply(454, "4.7.0 Temporary authorization failure")
    assert examine(failing(step(refused(said), Outcome.REFUSED))).status is Status.SUSPECT


def test_a_fault_of_our_own_is_not_judged() -> None:
    ours = step(refused(ap_rep_verified=True, injected="replay"), Outcome.REFUSED)
    assert examine(failing(ours)).status is Status.NOT_APPLICABLE


def test_healthy_passes_and_no_handshake_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(connect())).status is Status.NOT_APPLICABLE


def test_exchangeauth_shows_no_proof_before_its_refusal() -> None:
    assert examine(failing(bound_refused())).status is Status.NOT_APPLICABLE
    assert examine(failing(bound_refused(), handshake())).status is Status.PASS
    assert examine(failing(bound())).status is Status.PASS
    assert examine(failing(bound("unproven"))).status is Status.NOT_APPLICABLE
