"""The solidarity contribution, the weights of a picking list, the cold chain at departure: pure rules.

The contribution pays for logistics and is never asked for European food (regulation (EU) 2021/1057,
free distribution) nor for market withdrawals (regulation (EU) 1308/2013, art. 34).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.catalogue.states import CHILLED, FROZEN
from apps.donors.states import FREE_OF_CONTRIBUTION
from apps.kernel.money import cost_of
from apps.kernel.quantity import split_grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Cents per kg asked of a partner type for a source from a day on; an empty text means all."""

    partner_type: str
    supply_source: str
    cents_per_kg: int
    starts_on: dt.date

    def applies(self, *, partner_type: str, supply_source: str, on: dt.date) -> bool:
        """Tell whether the rate holds for a partner type and a source on a day."""
        return (
            self.partner_type in ("", partner_type)
            and self.supply_source in ("", supply_source)
            and self.starts_on <= on
        )

    @property
    def precision(self) -> tuple[bool, bool, dt.date]:
        """What makes a rate win: it names the partner type, then the source, then it is the latest."""
        return (self.partner_type != "", self.supply_source != "", self.starts_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Grams of one source handed over."""

    supply_source: str
    grams: int


def cents_per_kg(rates: Iterable[Rate], *, partner_type: str, supply_source: str, on: dt.date) -> int:
    """Return the cents per kg of a source: the most precise, then latest, rate; 0 without any.

    European food and market withdrawals are always free, whatever the rates say.
    """
    if supply_source in FREE_OF_CONTRIBUTION:
        return 0
    fitting = [
        rate for rate in rates if rate.applies(partner_type=partner_type, supply_source=supply_source, on=on)
    ]
    return max(fitting, key=lambda rate: rate.precision).cents_per_kg if fitting else 0


def contribution(
    lines: Sequence[Weighed], rates: Iterable[Rate], *, partner_type: str, on: dt.date
) -> list[int]:
    """Return the contribution of each line in cents.

    Each source is rounded once, over all its grams, then split over its lines to the cent: the lines of
    a source add up to what its whole weight costs, however many lines there are.
    """
    known = list(rates)
    members: defaultdict[str, list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        members[line.supply_source].append(n)
    cents = [0] * len(lines)
    for source, numbers in members.items():
        rate = cents_per_kg(known, partner_type=partner_type, supply_source=source, on=on)
        weights = [lines[n].grams for n in numbers]
        total = cost_of(sum(weights), rate)
        if total:
            for n, part in zip(numbers, split_grams(total, weights), strict=True):
                cents[n] = part
    return cents


def held_grams(*, reserved: int, picked: int | None) -> int:
    """Return the grams the ledger must hold for a line: what was reserved, or more if more was weighed."""
    return max(reserved, picked or 0)


def left_over_grams(*, reserved: int, picked: int) -> int:
    """Return the grams held for a line that stay in the bank once the weighed ones have left."""
    return max(reserved - picked, 0)


def has_chilled(temperature_classes: Iterable[str]) -> bool:
    """Tell whether chilled goods are among them: their temperature is read at departure."""
    return any(each in CHILLED for each in temperature_classes)


def has_frozen(temperature_classes: Iterable[str]) -> bool:
    """Tell whether frozen goods are among them: their temperature is read at departure."""
    return any(each in FROZEN for each in temperature_classes)
