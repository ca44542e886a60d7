import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.trace.jsonable import Json, JsonMismatch, from_json, to_json


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    number: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    inner: Inner
    offset: float = 0.0
    colour: Colour = Colour.RED
    flag: bool = False
    perhaps: Inner | None = None
    tool: Mapping[str, str] = field(default_factory=dict)


FULL = Outer(
    inner=Inner(number=7, names=("a", "\xfc")),
    offset=1.5,
    colour=Colour.BLUE,
    flag=True,
    perhaps=Inner(number=-1),
    tool={"name": "exps"},
)
FULL_JSON: Json = {
    "inner": {"number": 7, "names": ["a", "\xfc"]},
    "offset": 1.5,
    "colour": "blue",
    "flag": True,
    "perhaps": {"number": -1, "names": []},
    "tool": {"name": "exps"},
}


def test_there() -> None:
    assert to_json(FULL) == FULL_JSON


def test_and_back() -> None:
    assert from_json(Outer, json.loads(json.dumps(FULL_JSON))) == FULL


def test_defaults_and_unknown_keys() -> None:
    assert from_json(Outer, {"inner": {"number": 1, "since-version-9": [1]}}) == Outer(inner=Inner(number=1))


def test_a_whole_number_may_stand_for_a_float() -> None:
    read = from_json(Outer, {"inner": {"number": 1}, "offset": 3})
    assert (read.offset, type(read.offset)) == (3.0, float)


@pytest.mark.parametrize("offset", ["Infinity", "-Infinity", "1e999"])
def test_infinity_survives_a_trip(offset: str) -> None:
    read = from_json(Outer, json.loads(f'{{"inner": {{"number": 1}}, "offset": {offset}}}'))
    assert abs(read.offset) == float("inf")
    assert from_json(Outer, json.loads(json.dumps(to_json(read)))) == read


@pytest.mark.parametrize("value", [b"octets", {1, 2}, object(), 1j, Outer])
def test_what_is_not_for_json_is_a_bug_of_ours(value: object) -> None:
    with pytest.raises(TypeError, match="not for JSON"):
        to_json(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("null", r"\$: an object is due, NoneType came"),
        ("[]", r"\$: an object is due, list came"),
        ("{}", r"\$.inner: a value is due"),
        ('{"inner": {}}', r"\$.inner.number: a value is due"),
        ('{"inner": {"number": "7"}}', r"\$.inner.number: int is due, str came"),
        ('{"inner": {"number": 7.0}}', r"\$.inner.number: .*, float came"),
        ('{"inner": {"number": true}}', r"\$.inner.number: .*, bool came"),
        ('{"inner": {"number": 1, "names": "ab"}}', r"\$.inner.names: a list is due, str came"),
        (
            '{"inner": {"number": 1, "names": ["a", 1]}}',
            r"\$.inner.names\[1\]: str is due, int came",
        ),
        ('{"inner": {"number": 1}, "colour": "green"}', r"\$.colour: red or blue is due"),
        ('{"inner": {"number": 1}, "colour": 1}', r"\$.colour: .*, int came"),
        ('{"inner": {"number": 1}, "flag": 1}', r"\$.flag: bool is due, int came"),
        ('{"inner": {"number": 1}, "offset": true}', r"\$.offset: .*, bool came"),
        ('{"inner": {"number": 1}, "offset": null}', r"\$.offset: .*, NoneType came"),
        ('{"inner": {"number": 1}, "perhaps": 1}', r"\$.perhaps: an object is due, int came"),
        ('{"inner": {"number": 1}, "tool": {"name": 1}}', r"\$.tool.name: str is due, int came"),
        # What Python reads as JSON and a report could not show
        (
            '{"inner": {"number": 1}, "offset": 1' + "0" * 400 + "}",
            r"\$.offset: a number that a float can hold",
        ),
        ('{"inner": {"number": 1, "names": ["\\ud800"]}}', r"\$.inner.names\[0\]: Unicode text is due"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(text: str, says: str) -> None:
    with pytest.raises(JsonMismatch, match=says):
        from_json(Outer, json.loads(text))


ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["inner", "offset", "colour", "flag", "perhaps", "tool", "number", "names"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(ANY_JSON)
def test_a_stranger_gets_a_value_or_a_mismatch(value: Json) -> None:
    try:
        read = from_json(Outer, value)
    except JsonMismatch as error:
        refusal = error
    else:
        assert from_json(Outer, json.loads(json.dumps(to_json(read)))) == read
        return
    assert str(refusal).startswith("$")
