"""Rules of the warehouse: dates of food, first expired first out, temperature zones.

Sources: use by and best before, regulation (EU) 1169/2011 art. 24 and 852/2004 annex II chapter V bis;
days of grace after best before come from the bank's catalogue.
"""

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

USE_BY: Final = "USE_BY"
BEST_BEFORE: Final = "BEST_BEFORE"

AMBIENT: Final = "AMBIENT"
CHILLED: Final = "CHILLED"
FROZEN: Final = "FROZEN"

SOON_DAYS: Final = 3
"""Goods whose last day is this near go first."""

Seat = TypeVar("Seat", bound=Hashable)


def last_allowed_day(date_kind: str, expires_on: dt.date | None, *, grace_days: int) -> dt.date | None:
    """Return the last day on which goods may leave, ``None`` when no day is set.

    The use-by day itself is still allowed; best before may be passed by the days of grace.
    """
    if expires_on is None or date_kind not in (USE_BY, BEST_BEFORE):
        return None
    return expires_on + dt.timedelta(days=grace_days if date_kind == BEST_BEFORE else 0)


def is_expired(date_kind: str, expires_on: dt.date | None, *, grace_days: int, on: dt.date) -> bool:
    """Tell whether goods may no longer leave on a day; a use-by date that nobody knows has passed."""
    if date_kind == USE_BY and expires_on is None:
        return True
    last = last_allowed_day(date_kind, expires_on, grace_days=grace_days)
    return last is not None and on > last


def is_past_best_before(date_kind: str, expires_on: dt.date | None, *, on: dt.date) -> bool:
    """Tell whether the best-before date has passed: only for partners who accept it."""
    return date_kind == BEST_BEFORE and expires_on is not None and on > expires_on


def fefo_key(expires_on: dt.date | None, received_on: dt.date, number: str) -> tuple[dt.date, dt.date, str]:
    """Return the order in which lots leave: nearest date, then oldest receipt, then number."""
    return (expires_on or dt.date.max, received_on, number)


def allocate(wanted: int, available: Iterable[tuple[Seat, int]]) -> list[tuple[Seat, int]]:
    """Take up to ``wanted`` grams from what is available, in the order given; no empty takings."""
    taken = []
    for seat, grams in available:
        part = min(wanted, grams)
        if part > 0:
            taken.append((seat, part))
            wanted -= part
    return taken


def zone_of(temperature_class: str) -> str:
    """Return the zone a temperature class needs; cool goods (8 to 12 °C) stand a dry store."""
    if temperature_class.startswith(FROZEN):
        return FROZEN
    return CHILLED if temperature_class.startswith(CHILLED) else AMBIENT


def zone_accepts(zone: str, temperature_class: str) -> bool:
    """Tell whether goods may be kept in a zone: frozen only in a freezer, chilled only in a cold room.

    Ambient goods may wait in a cold room, never in a freezer.
    """
    needed = zone_of(temperature_class)
    return zone == needed or (zone == CHILLED and needed == AMBIENT)


def shares(total: int, count: int) -> list[int]:
    """Split a whole number into so many parts as even as can be; the first ones take what is over."""
    part, over = divmod(total, count)
    return [part + (place < over) for place in range(count)]


TRIFLE_GRAMS: Final = 1_000
"""Up to here the percentage holds nothing up, however small the lot: scales differ by as much."""


def needs_approval(difference: int, held: int, *, grams_limit: int, percent_limit: int) -> bool:
    """Tell whether a difference between a count and the books waits for a second person.

    It does when it weighs more than ``grams_limit``, or is more than ``percent_limit`` of what the books
    held (of nothing, anything is) and no trifle.
    """
    size = abs(difference)
    if size > grams_limit:
        return True
    return size > TRIFLE_GRAMS and size * 100 > held * percent_limit


def settled(difference: int, free: int) -> tuple[int, int]:
    """Return how much of a difference the books take now, with its sign, and what is left to settle.

    Goods that are missing are taken from the free ones, never below zero; the rest is promised to orders,
    and is settled once these give it back.
    """
    if difference >= 0:
        return difference, 0
    taken = min(-difference, max(free, 0))
    return -taken, -difference - taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot(Generic[Seat]):
    """A location as the put-away rule sees it: what it is for, its room, and who is there already.

    ``capacity_grams`` 0 is not limited; ``days_apart`` is how far the nearest date of the same product there
    is from that of the goods, ``None`` where none of it is dated or there.
    """

    key: Seat
    code: str
    zone: str
    is_storage: bool
    capacity_grams: int
    held_grams: int
    has_product: bool = False
    has_family: bool = False
    days_apart: int | None = None

    @property
    def room_grams(self) -> int | None:
        """What still fits, never below zero; ``None`` when there is no limit."""
        return max(self.capacity_grams - self.held_grams, 0) if self.capacity_grams else None

    def takes(self, grams: int) -> bool:
        """Tell whether so much still fits."""
        return self.room_grams is None or self.room_grams >= grams


SAME_DATE: Final = "same_date"
SAME_PRODUCT: Final = "same_product"
SAME_FAMILY: Final = "same_family"
EMPTY: Final = "empty"
ROOM: Final = "room"
CLOSE_DAYS: Final = 7
"""Dates of one product this near are kept together, so that what leaves first is found first."""


def put_away(
    spots: Iterable[Spot[Seat]], *, temperature_class: str, grams: int
) -> tuple[Spot[Seat], str] | None:
    """Return the best location for goods and why; ``None`` where none is at the right temperature with room.

    In this order: the zone that is meant for them, storage before docks, the same product with the nearest
    date, the same product, the same family, an empty place, the most room. Ties go to the first code.
    """
    fit = [spot for spot in spots if zone_accepts(spot.zone, temperature_class) and spot.takes(grams)]
    if not fit:
        return None
    meant = zone_of(temperature_class)

    def order(spot: Spot[Seat]) -> tuple[object, ...]:
        dated = spot.days_apart if spot.days_apart is not None else CLOSE_DAYS + 1
        room = -(spot.room_grams if spot.room_grams is not None else 0)
        kept = (not spot.has_product, min(dated, CLOSE_DAYS + 1), not spot.has_family, spot.held_grams > 0)
        return (spot.zone != meant, not spot.is_storage, *kept, room, spot.code)

    best = min(fit, key=order)
    return best, _why(best)


def _why(spot: Spot[Seat]) -> str:
    if spot.has_product:
        return SAME_DATE if spot.days_apart is not None and spot.days_apart <= CLOSE_DAYS else SAME_PRODUCT
    if spot.has_family:
        return SAME_FAMILY
    return ROOM if spot.held_grams else EMPTY
