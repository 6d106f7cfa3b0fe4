"""Rules of the warehouse: dates of food, first expired first out, temperature zones.

Sources: use by and best before, regulation (EU) 1169/2011 art. 24 and 852/2004 annex II chapter V bis;
days of grace after best before come from the bank's catalogue.
"""

import datetime as dt
from collections.abc import Hashable, Iterable
from typing import Final, TypeVar

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
