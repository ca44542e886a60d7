import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.durations import ahead, duration, parse_duration, signed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("90s", 90.0),
        ("10m", 600.0),
        ("-5m", -300.0),
        ("+6m", 360.0),
        ("1h", 3600.0),
        ("1.5h", 5400.0),
        ("42", 42.0),
        ("-0.5", -0.5),
        (" 7s ", 7.0),
    ],
)
def test_what_people_type(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "m", "5 m", "5d", "--5", "1e3", "0x10", ".5", "5.", "inf", "nan", "٣s", "5m\n5m", "9" * 400, "1_0"],
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration: write 250ms, 90s, 10m"):
        parse_duration(text)


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        assert abs(parse_duration(text)) < float("inf")
    except ValueError as error:
        assert "is no duration" in str(error)  # noqa: PT017 - both ways are right


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0.0 s"),
        (9.94, "9.9 s"),
        (42.4, "42 s"),
        (59.6, "1 min"),
        (603.0, "10 min 3 s"),
        (-603.0, "10 min 3 s"),
        (7500.0, "2 h 5 min"),
        (86400.0 * 3 + 3600, "3 d 1 h"),
        (1e300, "more than a thousand years"),
        (float("nan"), "more than a thousand years"),
    ],
)
def test_duration(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_signed_and_ahead() -> None:
    assert (signed(-5.0), signed(5.0)) == ("-5.0 s", "+5.0 s")
    assert (ahead(-600.0), ahead(600.0)) == ("10 min behind", "10 min ahead of")
