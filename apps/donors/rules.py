"""Rules of the register of companies (INSEE, Sirene), and of the quality of what a donor brings. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LA_POSTE: Final = "356000000"
"""SIREN of La Poste, whose post offices have SIRET numbers outside Luhn's rule."""

CONVENTION_AREA_M2: Final = 400
"""Sales area in m² above which a food shop must propose a convention (law 2016-138, C. env. L.541-15-6)."""

QUALITY_MONTHS: Final = 12
"""Months of receipts that the quality of a donor is read from, the present one included."""
RECENT_MONTHS: Final = 3
"""Of them, those whose quality is compared with that of the others."""
LOW_QUALITY: Final = 0.95
"""Share fit to give out below which a donor is worth a word."""
STEADY_SHARE: Final = 0.01
"""A change smaller than this (one point) is no trend."""

_SIREN_LENGTH: Final = 9
_SIRET_LENGTH: Final = 14


def compact(text: str) -> str:
    """Return a number as typed, without its spaces and dots: ``552 100 554 00013`` → ``55210055400013``."""
    return "".join(c for c in text if not c.isspace() and c not in ".-")


def is_siren(text: str) -> bool:
    """Tell whether a text is a SIREN: nine digits with a right Luhn key."""
    return _is_number(text, _SIREN_LENGTH) and _luhn(text)


def is_siret(text: str) -> bool:
    """Tell whether a text is a SIRET: a SIREN and five digits, with a right Luhn key.

    Post offices are the exception: the sum of their digits is a multiple of five.
    """
    if not _is_number(text, _SIRET_LENGTH) or not is_siren(text[:_SIREN_LENGTH]):
        return False
    if text.startswith(LA_POSTE) and sum(int(digit) for digit in text) % 5 == 0:
        return True
    return _luhn(text)


def must_propose_convention(sales_area_m2: int | None) -> bool:
    """Tell whether the law asks a shop of this size (m²) to propose a convention to a charity."""
    return sales_area_m2 is not None and sales_area_m2 > CONVENTION_AREA_M2


def _is_number(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdecimal() and int(text) > 0


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(digits)))
    return sum(value if value < 10 else value - 9 for value in doubled) % 10 == 0


@dataclass(frozen=True, slots=True)
class Quality:
    """What a donor brought (grams), what of it was refused at the dock, what was lost at sorting."""

    brought_grams: int = 0
    refused_grams: int = 0
    lost_grams: int = 0

    @property
    def unfit_grams(self) -> int:
        """What could not be given out: refused at the dock and lost at sorting."""
        return self.refused_grams + self.lost_grams

    @property
    def fit_share(self) -> float | None:
        """The part that was fit to give out, from 0 to 1; ``None`` when nothing was brought."""
        return 1 - self.unfit_grams / self.brought_grams if self.brought_grams else None

    def __add__(self, other: "Quality") -> "Quality":
        """Return both together."""
        return Quality(
            self.brought_grams + other.brought_grams,
            self.refused_grams + other.refused_grams,
            self.lost_grams + other.lost_grams,
        )


class Trend(StrEnum):
    """Which way the quality of a donor goes."""

    BETTER = "better"
    WORSE = "worse"
    STEADY = "steady"


def trend(recent: Quality, before: Quality) -> Trend | None:
    """Return which way quality goes, ``None`` when one of the two times brought nothing."""
    if recent.fit_share is None or before.fit_share is None:
        return None
    change = recent.fit_share - before.fit_share
    if abs(change) < STEADY_SHARE:
        return Trend.STEADY
    return Trend.BETTER if change > 0 else Trend.WORSE


def suits_programme(programme: str, *, reserved_for: str, is_store: bool) -> bool:
    """Tell whether goods of a public programme, or of none, may be put at a location.

    ``reserved_for`` is the programme of the location, empty for none. Goods of a public programme are stored
    where it is reserved for them, and nothing else is put there; at a dock or in quarantine they pass
    beside others. Source: separate accounts and stores of European food, regulation (EU) 2021/1057.
    """
    return reserved_for == programme or (not reserved_for and not is_store)
