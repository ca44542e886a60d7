from collections import Counter
from collections.abc import Iterable
from itertools import cycle

import pytest

from simulator.fuzz.dice import Dice


def dice(numbers: Iterable[float]) -> Dice:
    endless = cycle(numbers)
    return Dice(lambda: next(endless))


def even(count: int = 1000) -> Dice:
    """Every part of the way from 0 to 1 as often as every other."""
    return dice([number / count for number in range(count)])


def test_whole_numbers_have_both_ends() -> None:
    assert dice([0.0]).whole(1, 5) == 1
    assert dice([0.999999]).whole(1, 5) == 5
    drawn = even()
    assert Counter(drawn.whole(1, 5) for _ in range(1000)) == dict.fromkeys(range(1, 6), 200)


def test_numbers_are_to_a_tenth() -> None:
    assert dice([0.12345]).between(0.0, 100.0) == 12.3
    assert dice([0.5]).between(-10.0, 10.0) == 0.0


def test_one_of_them() -> None:
    assert [dice([number]).pick("abc") for number in (0.0, 0.34, 0.999)] == ["a", "b", "c"]


def test_as_often_as_its_weight_says() -> None:
    drawn = even()
    assert Counter(drawn.weighted({"a": 1.0, "b": 2.0, "c": 7.0}) for _ in range(1000)) == {
        "a": pytest.approx(100, abs=1),
        "b": pytest.approx(200, abs=1),
        "c": pytest.approx(700, abs=1),
    }


def test_the_last_one_where_rounding_leaves_nobody() -> None:
    assert dice([1.0]).weighted({"a": 0.1, "b": 0.2}) == "b"


def test_chance() -> None:
    drawn = even()
    assert sum(drawn.chance(0.25) for _ in range(1000)) == 250
