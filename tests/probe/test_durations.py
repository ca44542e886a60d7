import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.durations import parse_duration


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
