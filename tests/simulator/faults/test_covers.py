import pytest

from simulator.faults.covers import KDC, RECEIVER, SENDER, judge_clocks
from simulator.faults.surroundings import Surroundings

Controllers = dict[str, tuple[str, ...]]
ONE: Controllers = {"CONTOSO.LAB": ("DC1",)}
THREE: Controllers = {"CONTOSO.LAB": ("DC1", "DC2", "DC3")}
ALL = {SENDER, RECEIVER, KDC}


def lab(kdcs: Controllers, *, realm: str = "CONTOSO.LAB", **offsets: float) -> Surroundings:
    return Surroundings(kdcs=kdcs, receiver_realm=realm, offsets=offsets)


@pytest.mark.parametrize(
    ("found", "acceptable", "provable"),
    [
        # One party against a domain that agrees with another member.
        (lab(ONE, PROBE=600.0), {SENDER}, {SENDER}),
        (lab(ONE, EX1=-600.0), {RECEIVER}, {RECEIVER}),
        (lab(ONE, DC1=600.0), ALL, set()),
        (lab(THREE, PROBE=600.0), {SENDER}, {SENDER}),
        # One controller against the others and everybody else.
        (lab(THREE, DC2=600.0), {KDC}, {KDC}),
        # Both members alike against the domain: only something outside could tell.
        (lab(ONE, PROBE=600.0, EX1=600.0), ALL, set()),
        # Members that are apart from one another, each within the limit of the domain.
        (lab(ONE, PROBE=200.0, EX1=-200.0), {SENDER, RECEIVER}, set()),
        # Nobody is apart.
        (lab(THREE, PROBE=100.0, EX1=-100.0, DC2=50.0), set(), set()),
        # A sender that is off, and a controller that is off the other way.
        (lab(THREE, PROBE=600.0, DC2=-600.0), {SENDER, KDC}, {SENDER, KDC}),
    ],
)
def test_whose_clock(found: Surroundings, acceptable: set[str], provable: set[str]) -> None:
    clocks = judge_clocks(found)
    assert clocks.acceptable == acceptable
    assert clocks.provable == provable


def test_another_realms_only_controller_is_proven_wrong_by_ours() -> None:
    two: Controllers = {"CONTOSO.LAB": ("DC1",), "FABRIKAM.LAB": ("FDC1",)}
    clocks = judge_clocks(lab(two, realm="FABRIKAM.LAB", FDC1=-600.0))
    assert clocks.acceptable == clocks.provable == {KDC}


@pytest.mark.parametrize("offset", [298.5, 300.0, 301.5])
def test_at_the_limit_both_answers_are_right_and_neither_is_proven(offset: float) -> None:
    clocks = judge_clocks(lab(ONE, EX1=offset))
    assert clocks.acceptable == {RECEIVER}
    assert clocks.provable == set()
    assert clocks.undecided


def test_just_outside_is_proven_and_just_inside_may_be_warned_of() -> None:
    outside = judge_clocks(lab(ONE, EX1=303.0))
    assert outside.provable == {RECEIVER}
    assert not outside.undecided
    inside = judge_clocks(lab(ONE, EX1=290.0))
    assert inside.acceptable == set()
    assert inside.near == {RECEIVER}
    assert judge_clocks(lab(ONE, EX1=120.0)).near == set()
