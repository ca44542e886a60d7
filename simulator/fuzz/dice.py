"""Chance as an argument: everything that is drawn comes from one function (PURE)."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """``random`` gives numbers from 0 up to 1; the same ones give the same draws with any version of Python."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self._random() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both of them too."""
        return low + int(self._random() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number, to a tenth."""
        return round(low + self._random() * (high - low), 1)

    def pick(self, among: Sequence[T]) -> T:
        """One of them."""
        return among[int(self._random() * len(among))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight says."""
        left = self._random() * sum(weights.values())
        for item, weight in weights.items():
            left -= weight
            if left < 0:
                return item
        return next(reversed(list(weights)))
