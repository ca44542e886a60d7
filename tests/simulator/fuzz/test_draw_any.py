import random
from dataclasses import dataclass, replace
from typing import Any

import pytest

from simulator.faults import Fault, registry
from simulator.faults.kdc_transport import KdcTransport
from simulator.faults.missing_spn import MissingSpn
from simulator.faults.slow import Slow
from simulator.faults.values import Place
from simulator.fuzz.dice import Dice
from simulator.fuzz.draw_any import draw_any
from simulator.fuzz.draws import weights
from simulator.run.fuzz import draw
from simulator.scenario import parse
from simulator.scenario.write import to_toml

LAB = draw(1, 2)


def drawn(kind: type[Fault], number: int = 60) -> list[Any]:
    dice = Dice(random.Random(4).random)  # noqa: S311 - chance, and no secret
    return [draw_any(kind, dice, LAB) for _ in range(number)]


def test_words_are_those_that_are_allowed() -> None:
    found = drawn(KdcTransport)
    assert {fault.only for fault in found} == {"udp", "tcp"}
    assert {fault.mode for fault in found} == {"refuse", "drop"}
    assert {fault.on for fault in found} == {"*", *(kdc.name for kdc in LAB.kdcs)}


def test_places_and_durations() -> None:
    found = drawn(Slow)
    assert {fault.at for fault in found} == set(Place)
    assert len({fault.delay for fault in found}) > 50


def test_names_are_those_of_the_lab() -> None:
    known = {spn for account in LAB.accounts for spn in account.spns}
    assert {fault.spn for fault in drawn(MissingSpn)} <= known


@pytest.mark.parametrize("kind", sorted(weights()))
def test_what_is_drawn_loads(kind: str) -> None:
    for fault in drawn(registry()[kind], 10):
        if fault is not None:
            text = to_toml(replace(LAB, faults=(fault,)))
            assert parse(text, name="x", file="x").faults == (fault,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Odd(Fault):
    KIND = ""
    octets: tuple[int, ...]


def test_what_nobody_knows_a_value_for_is_not_drawn() -> None:
    assert drawn(_Odd, 3) == [None, None, None]
