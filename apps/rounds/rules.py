"""Rules of rounds: loads, order of stops, weights that look like a slip. Pure."""

from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

LIKELY_FACTOR: Final = 3
"""A donor rarely gives more than this many times what was announced: above, the weight is asked again."""

COLDEST_C: Final = -40
HOTTEST_C: Final = 60
"""A probe at a dock shows a temperature between these two (°C); anything else is a slip."""


def is_likely(planned_grams: int, found_grams: int) -> bool:
    """Tell whether a weight found at the dock is plausible for what was announced."""
    return found_grams <= planned_grams * LIKELY_FACTOR


def load_share(load_grams: int, payload_grams: int) -> float | None:
    """Return the share of a vehicle's payload that a load takes; ``None`` without a payload."""
    return load_grams / payload_grams if payload_grams > 0 else None


def moved(items: Sequence[T], item: T, *, up: bool) -> list[T]:
    """Return the items with one of them a place earlier or later; at the end of the list nothing moves."""
    order = list(items)
    here = order.index(item)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order
