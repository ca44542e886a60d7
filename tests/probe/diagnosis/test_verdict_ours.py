"""Faults of our own, committed on request, and bugs of our own."""

import pytest

from probe.diagnosis.verdict import AGAIN, Overall, judge
from probe.trace import Step
from probe.trace.facts import Bug, Facts, Outcome
from tests.support.traces import (
    asked,
    failing,
    greeting,
    handshake,
    opening,
    refused,
    step,
    trace,
)

MUTE = step(refused(), Outcome.REFUSED)


def test_a_fault_on_request_is_named_as_ours() -> None:
    ours = failing(
        step(refused(injected="cut-token", token_clean=False), Outcome.REFUSED),
        request=asked(inject="cut-token"),
    )
    judgement = judge(ours)
    assert (judgement.verdict.cause, judgement.status) == ("illegal-message", Overall.FAILURE)
    assert judgement.verdict.summary.startswith("The fault is our own, committed on request (cut-token)")
    assert judgement.verdict.remedy == (AGAIN,)


def test_a_fault_on_request_that_tells_nothing_is_undetermined_and_ours() -> None:
    ours = failing(step(refused(injected="wrong-spn"), Outcome.REFUSED), request=asked(inject="wrong-spn"))
    judgement = judge(ours)
    assert judgement.verdict.cause == "undetermined"
    assert judgement.verdict.summary.startswith("The fault is our own, committed on request (wrong-spn)")
    assert "454 4.7.0" in judgement.verdict.summary


def test_a_real_fault_beside_ours_is_still_theirs() -> None:
    both = trace(
        *opening()[:6],
        greeting(-600.0),
        *opening()[7:],
        step(refused(injected="cut-token"), Outcome.REFUSED),
        request=asked(inject="cut-token"),
    )
    judgement = judge(both)
    assert judgement.verdict.cause == "clock-skew-receiver"
    assert not judgement.verdict.summary.startswith("The fault is our own")
    assert judgement.verdict.remedy != (AGAIN,)
    assert "cut-token" in judgement.verdict.summary


def test_a_refused_replay_leaves_a_healthy_receiver_healthy() -> None:
    replayed = failing(
        handshake(), step(refused(injected="replay"), Outcome.REFUSED), request=asked(inject="replay")
    )
    judgement = judge(replayed)
    assert (judgement.verdict.cause, judgement.status) == ("healthy", Overall.OK)
    assert (
        "our own fault, committed on request (replay), was answered with: 454 4.7.0"
        in judgement.verdict.summary
    )


@pytest.mark.parametrize(
    "bug",
    [
        step(Bug(where="run", error="KeyError"), Outcome.PROBE_BUG),
        step(handshake(), Outcome.PROBE_BUG),
    ],
)
def test_a_bug_of_ours_blames_nobody_else(bug: Step[Facts]) -> None:
    judgement = judge(trace(*opening()[:6], greeting(-600.0), *opening()[7:], MUTE, bug))
    assert (judgement.verdict.cause, judgement.status) == ("undetermined", Overall.UNKNOWN)
    assert "bug of exps" in judgement.verdict.summary
    assert judgement.alternatives == ()
