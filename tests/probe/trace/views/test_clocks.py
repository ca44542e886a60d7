"""Near the limit: a warning while it works, for whichever clock is the odd one."""

import pytest

from probe.diagnosis.verdict import exit_status, judge
from probe.trace.facts import Facts
from tests.support.traces import DC1, DC2, DC3, clock, greeting, handshake, ticket, trace

NEAR = 290.0


@pytest.mark.parametrize(
    ("clocks", "cause"),
    [
        ((clock(DC1, NEAR), clock(DC2, NEAR), greeting(NEAR)), "clock-skew-sender"),
        ((clock(DC1, NEAR), greeting(NEAR)), "clock-skew-sender"),
        ((clock(DC1), clock(DC2, -NEAR), clock(DC3), greeting()), "clock-skew-kdc"),
        ((clock(DC1), clock(DC2), greeting(NEAR)), "clock-skew-receiver"),
        ((clock(DC1), greeting(-NEAR)), "clock-skew-receiver"),
        ((greeting(NEAR),), "clock-skew-receiver"),
    ],
)
def test_about_to_break(clocks: tuple[Facts, ...], cause: str) -> None:
    judgement = judge(trace(*clocks, ticket(), handshake()))
    assert (judgement.status, judgement.verdict.cause) == ("warning", cause)
    assert exit_status(judgement.status) == 1


@pytest.mark.parametrize("offset", [230.0, -230.0, 240.9])
def test_less_than_four_minutes_by_the_uncertainty_is_no_warning(offset: float) -> None:
    """240.9 s, give or take 1.1 s: perhaps less than four minutes."""
    judgement = judge(trace(clock(DC1), clock(DC2), greeting(offset), ticket(), handshake()))
    assert judgement.status == "ok"
