from typing import Any

import pytest

from probe.checks import Status
from probe.checks.bindings_rejected import examine
from probe.trace import Step
from probe.trace.facts import Handshake, Look, Outcome
from tests.support.traces import connect, error, failing, handshake, healthy, refused, step, trace

END_POINT, UNIQUE = "tls-server-end-point", "tls-unique"
REFUSED = step(refused(), Outcome.REFUSED)
CLEAR = handshake(contrast="other-tls", tls="none")
BOUND = handshake(contrast="bindings", bindings=END_POINT)


def turned_down(contrast: str, bindings: str = "", **changes: Any) -> Step[Handshake]:
    return step(refused(contrast=contrast, bindings=bindings, **changes), Outcome.REFUSED)  # type: ignore[return-value]


def test_the_same_log_on_with_bindings_passes() -> None:
    """A suspicion: the catalogue marks no evidence of this cause as enough alone."""
    found = examine(failing(REFUSED, BOUND))
    assert (found.status, found.breaks) == (Status.SUSPECT, True)
    assert END_POINT in found.says
    assert [item.step for item in found.evidence] == ["handshake-1", "handshake-2"]


def test_the_second_name_of_the_channel_counts_as_well() -> None:
    later = handshake(contrast="bindings-unique", bindings=UNIQUE)
    found = examine(failing(REFUSED, turned_down("bindings", END_POINT), later))
    assert found.status is Status.SUSPECT
    assert UNIQUE in found.says


def test_it_passes_without_tls_only() -> None:
    found = examine(failing(REFUSED, CLEAR, turned_down("bindings", END_POINT)))
    assert found.status is Status.SUSPECT
    assert any("BadBindings" in advice for advice in found.would_decide)
    assert any("ExtendedProtectionPolicy" in advice for advice in found.would_decide)
    assert len(found.evidence) == 3


@pytest.mark.parametrize("contrast", [BOUND, CLEAR])
def test_a_reason_in_the_receivers_token_is_left_to_its_own_check(contrast: Handshake) -> None:
    skewed = step(refused(peer_error=error(37)), Outcome.REFUSED)
    assert examine(failing(skewed, contrast)).status is not Status.SUSPECT


def test_an_unverified_235_proves_nothing() -> None:
    assert examine(failing(REFUSED, handshake(contrast="bindings", ap_rep_verified=False))).status is (
        Status.NOT_APPLICABLE
    )


def test_a_refusal_without_tls_has_nothing_to_do_with_it() -> None:
    in_clear = step(refused(tls="none"), Outcome.REFUSED)
    assert examine(failing(in_clear, BOUND)).status is Status.NOT_APPLICABLE


def test_refused_with_and_taken_without_is_a_notice_about_the_channel() -> None:
    found = examine(failing(handshake(), turned_down("bindings", END_POINT)))
    assert (found.status, found.breaks) == (Status.NOTICE, False)
    second = handshake(contrast="bindings-unique", bindings=UNIQUE)
    assert examine(failing(handshake(), turned_down("bindings", END_POINT), second)).status is Status.PASS


def test_what_passes() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(failing(handshake(), BOUND)).status is Status.PASS
    assert examine(failing(REFUSED, turned_down("bindings", END_POINT))).status is Status.PASS


def test_without_a_comparison_it_does_not_apply() -> None:
    assert examine(failing()).status is Status.NOT_APPLICABLE
    assert examine(trace(connect())).status is Status.NOT_APPLICABLE


def test_connections_that_met_two_servers_cannot_be_compared() -> None:
    looks = [Look(address="192.0.2.10", port=25, tls="starttls", public_key_sha256=key) for key in "12"]
    bound = handshake(contrast="bindings", bindings="tls-server-end-point")
    assert examine(failing(refused(), bound)).status is Status.SUSPECT
    assert examine(failing(refused(), bound, *looks)).status is Status.NOTICE
