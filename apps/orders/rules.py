"""What may be ordered, by whom, for when: pure rules.

Sources: CASF L.266-2 (public food goes to accredited bodies only), regulation (EU) 2021/1057 (European
food is distributed free of charge), the cold chain (what arrives cold must be kept cold).
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from apps.catalogue.states import CHILLED, FROZEN
from apps.donors.states import PUBLIC_PROGRAMMES, SupplySource


class Equipment(StrEnum):
    """Cold equipment that a partner needs to take some goods."""

    COLD_ROOM = "cold_room"
    FREEZER = "freezer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Goods of which less was reserved than wanted, in grams."""

    label: str
    wanted_grams: int
    reserved_grams: int


def refused_sources(*, is_accredited: bool, distributes_free: bool) -> frozenset[str]:
    """Return the supply sources whose lots a partner may not receive.

    Public programmes need an accreditation; European food also needs a partner that gives it free.
    """
    refused = set() if is_accredited else {source.value for source in PUBLIC_PROGRAMMES}
    if not distributes_free:
        refused.add(SupplySource.FSE_PLUS.value)
    return frozenset(refused)


def equipment_missing(temperature_class: str, *, has_chilled: bool, has_frozen: bool) -> Equipment | None:
    """Return the equipment that goods of a temperature class need and the partner does not have."""
    if temperature_class in FROZEN and not has_frozen:
        return Equipment.FREEZER
    if temperature_class in CHILLED and not has_chilled:
        return Equipment.COLD_ROOM
    return None


def is_open_on(day: dt.date, weekdays: Collection[int]) -> bool:
    """Tell whether a dock hands goods over on a day; a site without slots is open every day."""
    return not weekdays or day.weekday() in weekdays


def next_open_day(after: dt.date, weekdays: Collection[int]) -> dt.date:
    """Return the first day after ``after`` on which a dock hands goods over."""
    days = (after + dt.timedelta(days=n) for n in range(1, 8))
    return next(day for day in days if is_open_on(day, weekdays))


def units_to_cover(grams: int, unit_grams: int) -> int:
    """Return how many whole units hold at least a weight."""
    return -(-grams // unit_grams)
