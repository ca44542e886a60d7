import pytest

from probe.checks import Status
from probe.checks.tls_failed import examine
from probe.trace.facts import Outcome
from tests.support.traces import ehlo, greeting, handshake, healthy, reply, step, tls, trace

FAILED = {"version": "", "cipher": ""}


@pytest.mark.parametrize(
    # As OpenSSL 3 words them.
    "error",
    [
        "no shared cipher",
        "unsupported protocol",
        "tlsv1 alert protocol version",
        "ssl/tls alert handshake failure",
        "no protocols available",
    ],
)
def test_an_alert_or_nothing_in_common_is_proof(error: str) -> None:
    finding = examine(trace(step(tls(error=error, **FAILED), Outcome.REFUSED)))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)


def test_garbage_in_place_of_tls_is_a_suspicion() -> None:
    assert (
        examine(trace(step(tls(error="wrong version number", **FAILED), Outcome.MALFORMED))).status
        is Status.SUSPECT
    )


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.CLOSED, Outcome.EARLY_DATA])
def test_other_ends_are_a_suspicion(outcome: Outcome) -> None:
    finding = examine(trace(step(tls(early_octets=9, **FAILED), outcome)))
    assert finding.status is Status.SUSPECT
    assert ("9 octets" in finding.says) is (outcome is Outcome.EARLY_DATA)


def test_a_refused_command_is_the_receivers_own_word() -> None:
    said = reply(454, "4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server")
    finding = examine(trace(step(tls(reply=said, **FAILED), Outcome.REFUSED)))
    assert finding.status is Status.CONFIRMED
    assert "maximum TLS rate" in finding.says


def test_exchange_on_a_weak_cipher_is_proof() -> None:
    weak = "4.7.0 Temporary authentication failure because negotiated Tls cipher strength is too weak"
    said = step(ehlo(reply=reply(454, weak), exps=()), Outcome.REFUSED)
    assert examine(trace(greeting(), tls(), said)).status is Status.CONFIRMED


def test_a_later_success_does_not_break() -> None:
    failed = step(tls(error="no shared cipher", **FAILED), Outcome.REFUSED)
    assert examine(trace(failed, tls(verb="STARTTLS"), handshake())).breaks is False


def test_healthy_passes_and_untried_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(greeting(), step(tls(), Outcome.SKIPPED))).status is Status.NOT_APPLICABLE


def test_what_was_asked_for_without_an_offer_is_no_failure() -> None:
    asked = step(tls(reply=reply(500), contrast="unlisted-tls", **FAILED), Outcome.REFUSED)
    assert examine(trace(greeting(), ehlo(), asked)).status is Status.NOT_APPLICABLE
