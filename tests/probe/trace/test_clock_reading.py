import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading

DAY = st.floats(0, 86_400)


def reading(
    sent_at: float,
    received_at: float,
    theirs: float,
    answered: float | None = None,
    resolution_s: float = 0.0,
) -> tuple[float, float]:
    found = clock_reading(
        who="dc1",
        source="sntp",
        sent_at=sent_at,
        received_at=received_at,
        theirs=theirs,
        answered=answered,
        resolution_s=resolution_s,
    )
    return found.offset_s, found.uncertainty_s


def test_one_stamp_is_taken_for_the_middle_of_the_round_trip() -> None:
    found = clock_reading(
        who="ex1", source="smtp-banner", sent_at=100.0, received_at=104.0, theirs=702.5, resolution_s=0.5
    )
    assert found == ClockReading(who="ex1", source="smtp-banner", offset_s=600.5, uncertainty_s=2.5)


def test_the_time_that_the_peer_held_the_question_is_no_doubt() -> None:
    """Ten seconds ahead; one second there, five in the peer's hands, one back."""
    assert reading(100.0, 107.0, 111.0, 116.0) == (10.0, 1.0)


@pytest.mark.parametrize("resolution_s", [0.0, 1e-6, 0.016, 0.5])
def test_what_the_source_does_not_resolve_is_added(resolution_s: float) -> None:
    assert reading(100.0, 101.0, 100.5, None, resolution_s) == (0.0, 0.5 + resolution_s)


def test_a_clock_that_was_set_back_meanwhile_gives_no_negative_doubt() -> None:
    assert reading(100.0, 40.0, 70.0, None, 0.5) == (0.0, 0.5)
    assert reading(100.0, 101.0, 100.0, 160.0) == (29.5, 0.0)


def test_it_is_exact_to_the_microsecond() -> None:
    assert reading(0.0, 0.0000031, 1.0) == (0.999998, 0.000002)


@given(sent_at=DAY, there=DAY, held=DAY, back=DAY, offset=st.floats(-86_400, 86_400))
def test_the_true_offset_is_within_the_uncertainty(
    sent_at: float, there: float, held: float, back: float, offset: float
) -> None:
    theirs = sent_at + there + offset
    found, uncertainty = reading(sent_at, sent_at + there + held + back, theirs, theirs + held)
    assert abs(found - offset) <= uncertainty + 2e-6
