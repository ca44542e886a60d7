import pytest

from probe.checks import Status
from probe.checks.healthy import examine
from probe.trace.facts import Outcome
from tests.support.traces import (
    bound,
    bound_refused,
    failing,
    handshake,
    healthy,
    refused,
    step,
    trace,
)


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


def test_a_verified_hash_proves_as_much_as_an_ap_rep() -> None:
    finding = examine(trace(bound()))
    assert finding.status is Status.PASS
    assert finding.says.startswith("X-EXPS EXCHANGEAUTH succeeded")


def test_the_proof_may_come_behind_a_half_that_is_not_proven() -> None:
    finding = examine(trace(bound("unproven"), handshake()))
    assert (finding.status, finding.says[:13]) == (Status.PASS, "X-EXPS GSSAPI")


@pytest.mark.parametrize(
    ("return_leg", "says"),
    [
        ("unproven", "with the key of our machine account only"),
        ("mismatch", "its half of EXCHANGEAUTH: mismatch"),
        ("refused", "its half of EXCHANGEAUTH: refused, another time"),
        ("", "its half of EXCHANGEAUTH: nothing"),
    ],
)
def test_half_an_exchangeauth_is_named_and_not_healthy(return_leg: str, says: str) -> None:
    problem = "another time" if return_leg == "refused" else ""
    finding = examine(trace(bound(return_leg, problem=problem)))
    assert finding.status is Status.NOTICE
    assert says in finding.says
    assert bool(finding.would_decide) is (return_leg == "unproven")


@pytest.mark.parametrize("return_leg", ["mismatch", "refused", "malformed", ""])
def test_a_bad_half_is_not_made_good_by_another_mechanism(return_leg: str) -> None:
    assert examine(trace(bound(return_leg), handshake())).status is Status.NOTICE


def test_exchangeauth_refused_beside_gssapi_is_not_healthy() -> None:
    finding = examine(failing(bound_refused(), handshake()))
    assert (finding.status, finding.says) == (Status.NOTICE, "one handshake succeeded, another did not")


def test_235_by_ntlm_is_named_and_not_healthy() -> None:
    finding = examine(trace(handshake(mechanism="NTLM", ap_rep_verified=False)))
    assert finding.status is Status.NOTICE
    assert "NTLM" in finding.says
    assert finding.would_decide
    assert examine(failing(step(refused(mechanism="NTLM"), Outcome.REFUSED))).status is Status.NOT_APPLICABLE
