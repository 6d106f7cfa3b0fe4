"""Chance that can be replayed: every draw of the simulated week comes from one seed."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


class Dice:
    """Draws of one simulated week."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  (a simulation, not a secret)

    def key(self) -> UUID:
        """Return an operation key."""
        return UUID(int=self._random.getrandbits(128), version=4)

    def happens(self, probability: float) -> bool:
        """Tell whether something with this probability happens."""
        return self._random.random() < probability

    def between(self, low: float, high: float) -> float:
        """Return a number between two bounds."""
        return self._random.uniform(low, high)

    def one(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return self._random.choice(choices)

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """Return some different choices, fewer when there are fewer."""
        return self._random.sample(choices, min(count, len(choices)))

    def grams(self, kg: float, spread: float = 0.3) -> int:
        """Return a weight around a number of kg, in grams, to the nearest 100 g, at least 1 kg."""
        return max(1_000, round(kg * self.between(1 - spread, 1 + spread) * 10) * 100)
