"""Control at the dock: temperatures, dates, places. Pure.

Maximum temperatures: order of 21 December 2009 (annex I, retail stage), as published by the DGCCRF.
Tolerance at handling: +2 °C at the core for chilled food, +3 °C at the surface for frozen food, none
for the most fragile (minced meat, fresh fish). Dates: code of the environment, D.541-310.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

ACCEPT: Final = "accept"
RESERVE: Final = "reserve"
REFUSE: Final = "refuse"
USE_BY: Final = "USE_BY"
BEST_BEFORE: Final = "BEST_BEFORE"
NO_DATE: Final = "NONE"

SHORT_DAYS: Final = 2
"""48 hours: what a use-by date must leave on the day the bank takes charge of a gift."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Highest temperature of a class (°C), and how far above it goods are taken with reserve."""

    max_c: Decimal
    tolerance_c: Decimal

    @property
    def refused_above_c(self) -> Decimal:
        """Temperature above which nothing is accepted (°C)."""
        return self.max_c + self.tolerance_c


USUAL_LIMITS: Final[Mapping[str, Limit]] = {
    "CHILLED_5_15": Limit(Decimal(15), Decimal(2)),
    "CHILLED_0_8": Limit(Decimal(8), Decimal(2)),
    "CHILLED_0_4": Limit(Decimal(4), Decimal(2)),
    "CHILLED_0_3": Limit(Decimal(3), Decimal(2)),
    "CHILLED_0_2": Limit(Decimal(2), Decimal(0)),
    "FROZEN_M18": Limit(Decimal(-18), Decimal(3)),
}
"""Limits of the network; a bank may set its own. A class that is absent needs no measure."""

_COLD_ROOM: Final = ("CHILLED",)
_ZONES: Final[Mapping[str, tuple[str, ...]]] = {
    "AMBIENT": ("AMBIENT",),
    "COOL_8_12": ("AMBIENT", "CHILLED"),
    "FROZEN_M18": ("FROZEN",),
}


class Problem(StrEnum):
    """What keeps a line from being posted as it is typed."""

    REFUSAL_UNEXPLAINED = "refusal_unexplained"
    TEMPERATURE_MISSING = "temperature_missing"
    TOO_WARM = "too_warm"
    DATE_MISSING = "date_missing"
    DATE_NOT_EXPECTED = "date_not_expected"
    USE_BY_PASSED = "use_by_passed"
    DATE_TOO_SHORT = "date_too_short"
    LOCATION_MISSING = "location_missing"
    LOCATION_ELSEWHERE = "location_elsewhere"
    WRONG_ZONE = "wrong_zone"
    WRONG_PROGRAMME = "wrong_programme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What was found of one line at the dock: weights in grams, °C, dates, where it is put.

    ``zone`` and ``is_at_site`` describe the location chosen (``None``: no location yet).
    """

    temperature_class: str
    accepted_grams: int
    refused_grams: int = 0
    refusal_reason: str = ""
    temperature_c: Decimal | None = None
    date_kind: str = NO_DATE
    expires_on: dt.date | None = None
    short_date_reason: str = ""
    zone: str | None = None
    is_at_site: bool = True
    suits_programme: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Dock:
    """What the control is held against: the day, the day the bank took charge, gift or not, limits."""

    today: dt.date
    taken_on: dt.date
    is_gift: bool
    limits: Mapping[str, Limit]


def zones_for(temperature_class: str) -> tuple[str, ...]:
    """Return the zones where a temperature class may be stored, the usual one first."""
    return _ZONES.get(temperature_class, _COLD_ROOM)


def temperature_verdict(temperature_c: Decimal, limit: Limit) -> str:
    """Return the verdict of a measure: accept, accept with reserve within the tolerance, refuse."""
    if temperature_c <= limit.max_c:
        return ACCEPT
    return RESERVE if temperature_c <= limit.refused_above_c else REFUSE


def is_short(date_kind: str, expires_on: dt.date | None, *, taken_on: dt.date) -> bool:
    """Tell whether a use-by date leaves less than 48 hours on the day the bank takes charge."""
    return date_kind == USE_BY and expires_on is not None and (expires_on - taken_on).days < SHORT_DAYS


def problems(control: Control, dock: Dock) -> list[Problem]:
    """Return everything that keeps a line from being posted; nothing accepted needs no control."""
    found = []
    if control.refused_grams and not control.refusal_reason:
        found.append(Problem.REFUSAL_UNEXPLAINED)
    if control.accepted_grams:
        found += [*_cold_problems(control, dock), *_date_problems(control, dock), *_place_problems(control)]
    return found


def _cold_problems(control: Control, dock: Dock) -> list[Problem]:
    limit = dock.limits.get(control.temperature_class)
    if limit is None:
        return []
    if control.temperature_c is None:
        return [Problem.TEMPERATURE_MISSING]
    refused = temperature_verdict(control.temperature_c, limit) == REFUSE
    return [Problem.TOO_WARM] if refused else []


def _date_problems(control: Control, dock: Dock) -> list[Problem]:
    if control.date_kind == NO_DATE:
        return [Problem.DATE_NOT_EXPECTED] if control.expires_on else []
    if control.expires_on is None:
        return [Problem.DATE_MISSING]
    if control.date_kind == USE_BY and control.expires_on < dock.today:
        return [Problem.USE_BY_PASSED]
    short = is_short(control.date_kind, control.expires_on, taken_on=dock.taken_on)
    return [Problem.DATE_TOO_SHORT] if short and dock.is_gift and not control.short_date_reason else []


def _place_problems(control: Control) -> list[Problem]:
    if control.zone is None:
        return [Problem.LOCATION_MISSING]
    if not control.is_at_site:
        return [Problem.LOCATION_ELSEWHERE]
    if control.zone not in zones_for(control.temperature_class):
        return [Problem.WRONG_ZONE]
    return [] if control.suits_programme else [Problem.WRONG_PROGRAMME]


def verdict(control: Control, dock: Dock) -> str:
    """Return the verdict of a line without problems; empty when nothing of it came.

    A measure within the tolerance, a short date taken knowingly and a best-before date that is over
    are accepted with reserve.
    """
    if not control.accepted_grams:
        return REFUSE if control.refused_grams else ""
    limit = dock.limits.get(control.temperature_class)
    if limit is not None and control.temperature_c is not None and control.temperature_c > limit.max_c:
        return RESERVE
    if dock.is_gift and is_short(control.date_kind, control.expires_on, taken_on=dock.taken_on):
        return RESERVE
    over = control.date_kind == BEST_BEFORE and control.expires_on and control.expires_on < dock.today
    return RESERVE if over else ACCEPT


COLLECTED_CLASSES: Final = frozenset({"AMBIENT"})
"""Temperature classes of a national collection: passers-by give dry food and hygiene products only."""
_PERCENT: Final = 100


def is_collected(temperature_class: str, *, is_fresh: bool) -> bool:
    """Tell whether a national collection may bring goods: neither cold nor fresh."""
    return temperature_class in COLLECTED_CLASSES and not is_fresh


def passes_weighed(handled_grams: int, weighed_grams: int, *, tolerance_percent: int) -> bool:
    """Tell whether what was sorted and thrown away passes what was weighed by more than the tolerance."""
    return handled_grams * _PERCENT > weighed_grams * (_PERCENT + tolerance_percent)
