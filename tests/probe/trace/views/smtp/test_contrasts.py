"""What a contrast that went well says to the checks, and what it never says."""

from collections.abc import Callable
from typing import Any

import pytest

from probe.checks import (
    Finding,
    Status,
    clock_skew_receiver,
    healthy,
    illegal_message,
    machine_key_stale,
    mechanism_refused,
    ticket_time,
    tls_terminated_in_path,
)
from probe.diagnosis.verdict import Overall, judge
from probe.trace import Step, Trace
from probe.trace.facts import Handshake, Outcome
from probe.trace.views.smtp.contrasts import failing as failing_contrasts
from probe.trace.views.smtp.contrasts import passing, same_ticket_taken, told, unexplained_refusals
from tests.support.traces import (
    FQDN,
    SPN,
    bound_refused,
    error,
    failing,
    greeting,
    handshake,
    negotiation,
    opening,
    refused,
    reply,
    step,
    ticket,
    trace,
)

REFUSED = step(refused(), Outcome.REFUSED)
CLEAR = handshake(contrast="other-tls", tls="none")
AUTH = handshake(contrast="other-mechanism", verb="AUTH", wrapping="kerberos")
HOST = handshake(contrast="other-service", server=f"HOST/{FQDN}")
BOUND = handshake(contrast="bindings", bindings="tls-server-end-point")
CONTRASTS = [CLEAR, AUTH, HOST, BOUND]
SAME_TICKET = [CLEAR, AUTH, BOUND]


def turned_down(contrast: str, **changes: Any) -> Step[Handshake]:
    return step(refused(contrast=contrast, **changes), Outcome.REFUSED)  # type: ignore[return-value]


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_the_key_is_good(contrast: Handshake) -> None:
    assert machine_key_stale.examine(failing(REFUSED)).status is Status.SUSPECT
    assert machine_key_stale.examine(failing(REFUSED, contrast)).status is Status.PASS


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_no_contrast_makes_a_run_healthy(contrast: Handshake) -> None:
    assert healthy.examine(failing(REFUSED, contrast)).status is Status.NOT_APPLICABLE
    assert judge(failing(REFUSED, contrast)).status is not Overall.OK
    assert judge(trace(*opening(), contrast)).status is Overall.UNKNOWN


@pytest.mark.parametrize("contrast", SAME_TICKET)
@pytest.mark.parametrize("longest_read", [True, False])
@pytest.mark.parametrize("shortest_read", [True, False])
def test_the_message_was_read(contrast: Handshake, shortest_read: bool, longest_read: bool) -> None:
    asked = (negotiation(50, answered=shortest_read), negotiation(1700, answered=longest_read))
    assert illegal_message.examine(failing(REFUSED, *asked, contrast)).status is Status.PASS


def test_another_ticket_may_be_shorter() -> None:
    asked = (negotiation(50, answered=True), negotiation(1700, answered=False))
    assert illegal_message.examine(failing(REFUSED, *asked, HOST)).status is Status.SUSPECT


def test_damage_that_shows_stays_damage() -> None:
    cut = step(refused(reply(501, "5.5.4 Invalid arguments")), Outcome.REFUSED)
    assert illegal_message.examine(failing(REFUSED, cut, CLEAR)).status is Status.SUSPECT


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_a_clock_that_is_off_was_not_the_reason(contrast: Handshake) -> None:
    begun = [item for item in opening() if item.KIND != "greeting"]
    without = clock_skew_receiver.examine(trace(greeting(600.0), *begun, REFUSED))
    assert (without.status, without.breaks) == (Status.CONFIRMED, True)
    beside = clock_skew_receiver.examine(trace(greeting(600.0), *begun, REFUSED, contrast))
    assert beside.status is Status.PASS, "who takes our time has the time, whatever its banner says"


def test_a_clock_that_nobody_saw_is_not_suspected_after_it_either() -> None:
    begun = [item for item in opening() if item.KIND not in ("greeting", "ntlm")]
    assert clock_skew_receiver.examine(trace(*begun, REFUSED)).status is Status.NOTICE
    assert clock_skew_receiver.examine(trace(*begun, REFUSED, CLEAR)).status is Status.NOT_APPLICABLE


def test_a_ticket_that_was_taken_is_in_its_lifetime() -> None:
    late = ticket(start_time=1_700_000_000.0 + 3600)
    begun = [item for item in opening() if item.KIND != "ticket"]
    assert ticket_time.examine(trace(*begun, late, REFUSED)).breaks
    assert not ticket_time.examine(trace(*begun, late, REFUSED, CLEAR)).breaks
    assert ticket_time.examine(trace(*begun, late, REFUSED, HOST)).breaks


def test_taken_over_the_other_verb_it_is_the_mechanism() -> None:
    found = mechanism_refused.examine(failing(REFUSED, AUTH))
    assert (found.status, found.breaks) == (Status.SUSPECT, True)
    assert found.says.startswith("the receiver takes the ticket over AUTH GSSAPI")
    assert mechanism_refused.examine(failing(REFUSED, CLEAR)).status is not Status.SUSPECT
    late = step(refused(ap_rep_verified=True), Outcome.REFUSED)
    assert mechanism_refused.examine(failing(late, AUTH)).status is not Status.SUSPECT


def test_bindings_that_are_refused_inside_tls_point_at_a_box() -> None:
    unbound = turned_down("bindings", bindings="tls-server-end-point")
    examine: Callable[[Trace], Finding] = tls_terminated_in_path.examine
    assert examine(failing(REFUSED, CLEAR, unbound)).status is Status.SUSPECT
    assert examine(failing(REFUSED, CLEAR)).status is Status.NOT_APPLICABLE
    assert examine(failing(REFUSED, unbound)).status is Status.NOT_APPLICABLE
    second = handshake(contrast="bindings-unique", bindings="tls-unique")
    assert examine(failing(REFUSED, CLEAR, unbound, second)).status is Status.NOT_APPLICABLE


def test_refused_bindings_are_evidence_beside_a_refused_exchangeauth() -> None:
    unbound = turned_down("bindings", bindings="tls-server-end-point")
    found = tls_terminated_in_path.examine(failing(bound_refused(), handshake(), unbound))
    assert any("channel bindings (tls-server-end-point)" in item.says for item in found.evidence)


def test_which_contrasts_count() -> None:
    run = failing(REFUSED, CLEAR, HOST, turned_down("other-mechanism", verb="AUTH"))
    assert [one.facts.contrast for one in passing(run)] == ["other-tls", "other-service"]
    assert [one.facts.contrast for one in passing(run, "other-tls")] == ["other-tls"]
    assert [one.facts.contrast for one in same_ticket_taken(run)] == ["other-tls"]
    assert [one.facts.contrast for one in failing_contrasts(run, "other-mechanism")] == ["other-mechanism"]
    assert failing_contrasts(run, "other-tls") == ()
    unproven = failing(REFUSED, handshake(contrast="other-tls", ap_rep_verified=False))
    assert passing(unproven) == ()


def test_which_refusals_are_unexplained() -> None:
    assert len(unexplained_refusals(failing(REFUSED))) == 1
    for changes in ({"peer_error": error(41)}, {"mechanism": "EXCHANGEAUTH"}, {"contrast": "other-tls"}):
        assert unexplained_refusals(failing(step(refused(**changes), Outcome.REFUSED))) == ()


def test_a_contrast_is_told_with_its_difference() -> None:
    run = failing(REFUSED, CLEAR, BOUND, turned_down("other-service", server=f"HOST/{FQDN}"))
    success = "was answered with: 235 2.7.0 Authentication successful"
    assert told(passing(run)[0]).says == f"X-EXPS GSSAPI for {SPN} without TLS {success}"
    bound = f"X-EXPS GSSAPI for {SPN} inside x-anonymoustls with channel bindings (tls-server-end-point)"
    assert told(passing(run)[1]).says == f"{bound} {success}"
    dead = failing(REFUSED, step(refused(None, contrast="other-tls"), Outcome.TIMEOUT))
    assert told(dead.of(Handshake)[-1]).says.endswith("was answered with: nothing (timeout)")
