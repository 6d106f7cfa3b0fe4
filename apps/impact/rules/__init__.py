"""What the indicators are computed from, and how: pure functions over aggregated figures.

Weights are grams. A reversal counts backwards, so a figure may be negative; a share that has no
meaning then (no whole, or a part outside it) is ``None``, never a number that misleads.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

MEALS_PER_KG: Final = 2
"""Meal equivalence of the whole network (1 meal = 500 g); food only, never hygiene products."""
GRAMS_PER_MEAL: Final = 1000 // MEALS_PER_KG


class Flow(StrEnum):
    """Which way a kilogram went. Transfers between banks are no new origin: they have flows of their own."""

    IN = "in"
    OUT = "out"
    LOSS = "loss"
    SHIPPED = "shipped"
    ARRIVED = "arrived"
    COUNT = "count"
    USED = "used"
    MADE = "made"


STOCK_SIGNS: Final = {
    Flow.IN: 1,
    Flow.ARRIVED: 1,
    Flow.COUNT: 1,
    Flow.MADE: 1,
    Flow.OUT: -1,
    Flow.LOSS: -1,
    Flow.SHIPPED: -1,
    Flow.USED: -1,
}
"""How a flow changes the stock of a bank. What was lost on the road first arrives, then is lost; what was
lost in the workshop is a loss and no longer used. What partners return is handed over backwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Figures added up over a period; a dimension that was not asked for is ``None``.

    ``standing_grams`` adds up the same flow from the first day on to the end of the period.
    """

    flow: str
    bank_id: UUID | None = None
    day: dt.date | None = None
    site: str | None = None
    family: str | None = None
    source: str | None = None
    detail: str | None = None
    is_food: bool | None = None
    is_fresh: bool | None = None
    is_organic: bool | None = None
    grams: int = 0
    cents: int = 0
    lines: int = 0
    standing_grams: int = 0


Totals = Sequence[Total]


def weight(totals: Totals, *flows: Flow) -> int:
    """Return the grams of the flows."""
    return sum(total.grams for total in totals if total.flow in flows)


def received(totals: Totals) -> int:
    """Return the grams of first receipts: goods from another bank or from a workshop are no new origin."""
    return weight(totals, Flow.IN)


def handed_over(totals: Totals) -> int:
    """Return the grams handed over to partners."""
    return weight(totals, Flow.OUT)


def lost(totals: Totals) -> int:
    """Return the grams lost, whatever the reason."""
    return weight(totals, Flow.LOSS)


def shipped(totals: Totals) -> int:
    """Return the grams that left for another bank."""
    return weight(totals, Flow.SHIPPED)


def arrived(totals: Totals) -> int:
    """Return the grams that came from another bank, losses on the road included."""
    return weight(totals, Flow.ARRIVED)


def stock(totals: Totals) -> int:
    """Return the grams in stock at the end of the period."""
    return sum(STOCK_SIGNS[Flow(total.flow)] * total.standing_grams for total in totals)


def in_transit(totals: Totals) -> int:
    """Return the grams between two banks at the end of the period (of the whole network)."""
    road = {Flow.SHIPPED: 1, Flow.ARRIVED: -1}
    return sum(road.get(Flow(total.flow), 0) * total.standing_grams for total in totals)


def meals(totals: Totals) -> int:
    """Return the meals handed over: 1 kg of food = 2 meals, rounded down; hygiene products feed nobody."""
    food = sum(total.grams for total in totals if total.flow == Flow.OUT and total.is_food)
    return max(food, 0) // GRAMS_PER_MEAL


def loss_rate(totals: Totals) -> Decimal | None:
    """Return the share lost of all that left the stock: handed over, shipped or lost."""
    return share(lost(totals), weight(totals, Flow.OUT, Flow.SHIPPED, Flow.LOSS))


def fresh_share(totals: Totals) -> Decimal | None:
    """Return the share of fresh food in the grams received."""
    return share(received([total for total in totals if total.is_fresh]), received(totals))


def organic_share(totals: Totals) -> Decimal | None:
    """Return the share of organic food in the grams received."""
    return share(received([total for total in totals if total.is_organic]), received(totals))


def share(part: int, whole: int) -> Decimal | None:
    """Return a part of a whole between 0 and 1, to four digits; ``None`` when that means nothing."""
    if whole <= 0 or not 0 <= part <= whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"))


def by_source(totals: Totals, flow: Flow) -> dict[str, int]:
    """Return the grams of a flow by supply source, the largest first."""
    return _ranked((total.source or "", total.grams) for total in totals if total.flow == flow)


def by_family(totals: Totals, flow: Flow) -> dict[str, int]:
    """Return the grams of a flow by product family, the largest first."""
    return _ranked((total.family or "", total.grams) for total in totals if total.flow == flow)


def by_detail(totals: Totals, flow: Flow) -> dict[str, int]:
    """Return the grams of a flow by detail (type of partner, reason of loss), the largest first."""
    return _ranked((total.detail or "", total.grams) for total in totals if total.flow == flow)


def by_day(totals: Totals, flow: Flow) -> dict[dt.date, int]:
    """Return the grams of a flow by day, the first day first."""
    added: defaultdict[dt.date, int] = defaultdict(int)
    for total in totals:
        if total.flow == flow and total.day is not None:
            added[total.day] += total.grams
    return dict(sorted(added.items()))


def by_bank(totals: Totals) -> dict[UUID, list[Total]]:
    """Return the totals of each bank."""
    sorted_out: defaultdict[UUID, list[Total]] = defaultdict(list)
    for total in totals:
        if total.bank_id is not None:
            sorted_out[total.bank_id].append(total)
    return dict(sorted_out)


def _ranked(weights: Iterable[tuple[str, int]]) -> dict[str, int]:
    added: defaultdict[str, int] = defaultdict(int)
    for name, grams in weights:
        added[name] += grams
    return {
        name: grams for name, grams in sorted(added.items(), key=lambda pair: (-pair[1], pair[0])) if grams
    }
