from probe.checks import Status
from probe.checks.healthy import examine
from probe.facts import Outcome
from tests.support.traces import failing, handshake, healthy, refused, step, trace


def test_235_with_a_verified_ap_rep_passes() -> None:
    finding = examine(healthy())
    assert finding.status is Status.PASS
    assert "235 2.7.0" in finding.evidence[0].says


def test_235_without_a_verified_ap_rep_is_named_and_not_healthy() -> None:
    finding = examine(trace(handshake(ap_rep_verified=False)))
    assert finding.status is Status.NOTICE
    assert "did not prove" in finding.says


def test_one_of_two_is_not_healthy() -> None:
    assert examine(failing(handshake(), step(refused(), Outcome.REFUSED))).status is Status.NOTICE


def test_a_refusal_does_not_apply() -> None:
    assert examine(failing()).status is Status.NOT_APPLICABLE
    assert examine(trace(step(handshake(), Outcome.SKIPPED))).status is Status.NOT_APPLICABLE


def test_a_replay_that_is_refused_leaves_the_first_handshake_healthy() -> None:
    replay = step(refused(injected="replay"), Outcome.REFUSED)
    assert examine(failing(handshake(), replay)).status is Status.PASS


def test_an_injected_handshake_alone_is_judged_by_itself() -> None:
    assert (
        examine(failing(step(refused(injected="cut-token"), Outcome.REFUSED))).status is Status.NOT_APPLICABLE
    )
    assert examine(trace(handshake(injected="skew=+1m"))).status is Status.PASS
