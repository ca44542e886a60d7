from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.faults.values import Seconds
from simulator.scenario.toml import Mismatch, nearest, read_table, seconds


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    number: float
    many: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    name: str
    colour: Colour = Colour.RED
    word: Literal["a", "b"] = "a"
    wait: Seconds = Seconds(0.0)  # noqa: RUF009 - a NewType of float
    inner: Inner | None = None
    inners: tuple[Inner, ...] = field(default_factory=tuple)


def test_every_kind_of_value_is_read() -> None:
    table = {
        "name": "x",
        "colour": "blue",
        "word": "b",
        "wait": "1h2m3s",
        "inner": {"number": 3},
        "inners": [{"number": 0.5, "many": [1, 2]}],
    }
    assert read_table(Outer, table, "") == Outer(
        name="x",
        colour=Colour.BLUE,
        word="b",
        wait=Seconds(3723.0),
        inner=Inner(number=3.0),
        inners=(Inner(number=0.5, many=(1, 2)),),
    )


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("-10m", -600.0),
        ("+1h", 3600.0),
        ("250ms", 0.25),
        ("4m50s", 290.0),
        ("1.5s", 1.5),
        (7, 7.0),
        (-0.5, -0.5),
    ],
)
def test_durations(text: object, due: float) -> None:
    assert seconds(text, "x") == pytest.approx(due)


@pytest.mark.parametrize("text", ["", "10", "m", "10 m", "-", "1h-2m", "10M", True, None, [], "1e3s"])
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(Mismatch, match="x: a duration"):
        seconds(text, "x")


def test_the_place_is_the_whole_way_to_the_value() -> None:
    with pytest.raises(Mismatch) as raised:
        read_table(Outer, {"name": "x", "inners": [{"number": 1}, {"number": "1"}]}, "top")
    assert raised.value.key == "top.inners[1].number"


def test_the_nearest_word_or_all_of_them() -> None:
    assert nearest("RED", ("red", "blue")) == '; did you mean "red"?'
    assert nearest("zzz", ("red", "blue")) == "; allowed: blue, red"
    assert nearest("zzz", ()) == ""


toml_values = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(allow_nan=False)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "colour", "inner", "inners", "number", "many"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(toml_values)
def test_anything_is_read_or_refused_with_its_place(value: object) -> None:
    refusal = ""
    try:
        read_table(Outer, value, "x")
    except Mismatch as error:
        refusal = str(error)
    assert not refusal or refusal.startswith("x")
