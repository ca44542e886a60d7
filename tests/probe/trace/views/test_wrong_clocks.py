"""Who must be wrong: covers worked out by hand on paper."""

import pytest

from probe.trace import Trace
from probe.trace.facts import TimeServer
from probe.trace.views.clocks import read_clocks
from probe.trace.views.wrong_clocks import KDC, RECEIVER, SENDER, Blame, WrongClocks, find_wrong_clocks
from tests.support.traces import DC1, DC2, DC3, clock, greeting, reading, trace

NONE, TIED, LEADING = Blame.NONE, Blame.TIED, Blame.LEADING
LIKELY, PROVEN, POSSIBLE = Blame.LIKELY, Blame.PROVEN, Blame.POSSIBLE


def run(*kdcs: float, receiver: float | None = None, outside: float | None = None) -> Trace:
    """Offsets against this host, whose own is 0."""
    steps = [clock(kdc, offset) for kdc, offset in zip((DC1, DC2, DC3), kdcs, strict=False)]
    server = TimeServer(
        server="ntp.example:123", clock=reading("ntp.example:123", outside or 0.0, 0.01, "sntp")
    )
    return trace(*steps, *(() if outside is None else (server,)), greeting(receiver))


def found(seen: Trace, *, refused: bool = False, taken: bool = False) -> WrongClocks:
    return find_wrong_clocks(seen, read_clocks(seen), refused=refused, taken=taken)


@pytest.mark.parametrize(
    ("kdcs", "receiver", "outside", "sender", "receivers", "kdc"),
    [
        # Nobody is apart.
        ((0.0, 1.0), 2.0, None, NONE, NONE, NONE),
        # One member against a domain that another one agrees with.
        ((0.0, 1.0), -600.0, None, NONE, PROVEN, NONE),
        ((600.0, 601.0), 600.0, None, PROVEN, NONE, NONE),
        # The domain alone against us: it has one time, however many controllers tell it.
        ((600.0,), None, None, LIKELY, NONE, POSSIBLE),
        ((600.0, 601.0, 602.0), None, None, LIKELY, NONE, POSSIBLE),
        # Both members against their whole domain: not to be told from here, unless somebody outside tells.
        ((600.0, 601.0), 0.0, None, TIED, TIED, LEADING),
        ((600.0, 601.0), 0.0, 0.0, NONE, NONE, PROVEN),
        ((600.0, 601.0), 0.0, 600.0, PROVEN, PROVEN, NONE),
        # Controllers that differ: some KDC is wrong in every explanation.
        ((0.0, 0.0, 600.0), 0.0, None, NONE, NONE, PROVEN),
        ((0.0, 600.0), 600.0, None, NONE, NONE, PROVEN),
        # All three apart from each other.
        ((600.0,), -600.0, None, LIKELY, LIKELY, POSSIBLE),
        # Each within the limit of the domain, and too far from the other.
        ((170.0, 170.0), 330.0, None, LEADING, TIED, NONE),
    ],
)
def test_covers(
    kdcs: tuple[float, ...],
    receiver: float | None,
    outside: float | None,
    sender: Blame,
    receivers: Blame,
    kdc: Blame,
) -> None:
    wrong = found(run(*kdcs, receiver=receiver, outside=outside))
    assert (wrong.of(SENDER), wrong.of(RECEIVER), wrong.of(KDC)) == (sender, receivers, kdc)


def test_the_group_that_fewest_follow_is_the_wrong_one() -> None:
    wrong = found(run(0.0, 600.0, 0.0, receiver=0.0))
    assert ([kdc.who for kdc in wrong.kdcs], [kdc.who for kdc in wrong.right]) == ([DC2], [DC1, DC3])


def test_what_the_receiver_says_beats_our_arithmetic() -> None:
    near = run(0.0, 0.0, receiver=290.0)
    assert found(near).of(RECEIVER) is NONE
    assert found(near, refused=True).of(RECEIVER) is not NONE
    apart = run(170.0, 170.0, receiver=330.0)
    assert found(apart, taken=True).of(RECEIVER) is NONE


def test_seconds_decide_no_tie() -> None:
    blames = {found(run(600.0 + seconds, 600.0, receiver=0.0)).of(KDC) for seconds in (-1.0, 0.0, 1.0)}
    assert blames == {LEADING}
