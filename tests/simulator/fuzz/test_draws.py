import random

import pytest

from simulator.faults import registry
from simulator.fuzz.dice import Dice
from simulator.fuzz.draws import DRAWS, NOT_DRAWN, draw_fault, offset, weights
from simulator.run.fuzz import draw


def test_every_fault_is_drawn() -> None:
    assert set(weights()) | NOT_DRAWN == set(registry())
    assert not set(weights()) & NOT_DRAWN
    assert set(DRAWS) <= set(registry())
    assert all(weight > 0 for weight in weights().values())


def test_a_draw_is_of_the_kind_that_it_stands_for() -> None:
    dice = Dice(random.Random(1).random)  # noqa: S311 - chance, and no secret
    labs = [draw(1, index) for index in range(30)]
    for kind in weights():
        found = [fault for fault in (draw_fault(kind, dice, lab) for lab in labs) if fault is not None]
        assert found, kind
        assert all(kind == fault.KIND for fault in found), kind


@pytest.mark.parametrize(("low", "high"), [(5, 200), (240, 297), (298, 302), (303, 330), (400, 90_000)])
def test_clocks_are_inside_the_limit_near_it_at_it_and_outside(low: float, high: float) -> None:
    dice = Dice(random.Random(2).random)  # noqa: S311 - chance, and no secret
    drawn = [offset(dice) for _ in range(500)]
    assert any(low <= each <= high for each in drawn)
    assert any(low <= -each <= high for each in drawn)
