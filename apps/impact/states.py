"""Flows, units and indicators: what each is called, how it is computed, from what source.

A definition is versioned: whoever changes a formula raises the version, and the version is shown beside
the figure. The same definitions serve a bank's page, the federation's page and the API.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.impact import rules
from apps.impact.rules import Flow, Totals
from apps.kernel import display
from apps.kernel.errors import Text
from apps.kernel.quantity import GRAMS_PER_KG, NO_BREAK_SPACE, format_kg

Value = int | Decimal | None

GRAMS_PER_TONNE: Final = 1_000_000
FLOW_LABELS = {
    Flow.IN: _("Received"),
    Flow.OUT: _("Handed over"),
    Flow.LOSS: _("Lost"),
    Flow.SHIPPED: _("Shipped to another bank"),
    Flow.ARRIVED: _("Arrived from another bank"),
    Flow.COUNT: _("Stock count"),
    Flow.USED: _("Taken to the workshop"),
    Flow.MADE: _("Made in the workshop"),
}

LEDGER: Final = _("Movements of the stock ledger")


class Unit(StrEnum):
    """What an indicator is measured in."""

    GRAMS = "grams"
    MEALS = "meals"
    SHARE = "share"


UNIT_LABELS: Final = {Unit.GRAMS: _("kg"), Unit.MEALS: _("meals"), Unit.SHARE: _("share")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One indicator; ``compute`` takes the figures added up over a period."""

    code: str
    name: Text
    formula: Text
    unit: Unit
    compute: Callable[[Totals], Value]
    source: Text = LEDGER
    version: int = 1

    def show(self, value: Value) -> str:
        """Write a value of this indicator with its unit."""
        if value is None:
            return display.NOTHING
        if self.unit is Unit.SHARE:
            return display.percent(value, decimals=1)
        return show_weight(int(value)) if self.unit is Unit.GRAMS else display.number(value)

    def bare(self, value: Value) -> Value:
        """Return a value as a spreadsheet reads it: kg, meals, or a share between 0 and 1."""
        is_weight = self.unit is Unit.GRAMS and value is not None
        return Decimal(value) / GRAMS_PER_KG if is_weight and value is not None else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An indicator read over a period, and over the period it is compared with."""

    definition: Definition
    value: Value
    before: Value

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return self.definition.show(self.value)

    @property
    def shown_before(self) -> str:
        """The earlier value with its unit."""
        return self.definition.show(self.before)

    @property
    def comparison(self) -> str:
        """The change in words: ``12 % more``, ``2.1 points less``, ``unchanged``."""
        if self.value is None or self.before is None:
            return gettext("no comparison")
        is_share = self.definition.unit is Unit.SHARE
        if not is_share and self.before <= 0:
            return gettext("none before") if self.value > 0 else gettext("unchanged")
        now, before = Decimal(self.value), Decimal(self.before)
        change = round(now - before, 3) if is_share else round(now / before - 1, 2)
        if not change:
            return gettext("unchanged")
        return _in_points(change) if is_share else _in_percent(change)


def whole_kg(grams: int) -> str:
    """Write a weight in whole kg; less than a kg is written in full, so that it is not taken for none."""
    return format_kg(grams, decimals=0 if abs(grams) >= GRAMS_PER_KG else None)


def show_weight(grams: int) -> str:
    """Write a weight as it is read at a glance: whole kg, tonnes from ten tonnes on."""
    if abs(grams) < 10 * GRAMS_PER_TONNE:
        return whole_kg(grams)
    return f"{display.number(Decimal(grams) / GRAMS_PER_TONNE, decimals=1)}{NO_BREAK_SPACE}t"


def _in_points(change: Decimal) -> str:
    points = abs(change) * 100
    counted = display.counted_as(points)
    if change > 0:
        words = ngettext("%(points)s point more", "%(points)s points more", counted)
    else:
        words = ngettext("%(points)s point less", "%(points)s points less", counted)
    return words % {"points": display.number(points, decimals=1)}


def _in_percent(change: Decimal) -> str:
    words = gettext("%(change)s more") if change > 0 else gettext("%(change)s less")
    return words % {"change": display.percent(abs(change))}


DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition(
        code="received",
        name=_("Received"),
        formula=_(
            "Weight of first receipts from donors and suppliers, refusals at the dock left out. Goods from "
            "another food bank are not counted again: they were counted where they first arrived."
        ),
        unit=Unit.GRAMS,
        compute=rules.received,
    ),
    Definition(
        code="handed_over",
        name=_("Handed over"),
        formula=_(
            "Weight handed over to partner organisations, as weighed at loading, less what they returned."
        ),
        unit=Unit.GRAMS,
        compute=rules.handed_over,
        version=2,
    ),
    Definition(
        code="meals",
        name=_("Meals handed over"),
        formula=_(
            "Weight of food handed over, 1 kg making 2 meals of 500 g. Hygiene products are not counted."
        ),
        unit=Unit.MEALS,
        compute=rules.meals,
    ),
    Definition(
        code="lost",
        name=_("Lost"),
        formula=_("Weight thrown away or lost after it was received, whatever the reason."),
        unit=Unit.GRAMS,
        compute=rules.lost,
    ),
    Definition(
        code="loss_rate",
        name=_("Loss rate"),
        formula=_(
            "Weight lost, divided by all that left the stock: handed over, shipped to other banks or lost."
        ),
        unit=Unit.SHARE,
        compute=rules.loss_rate,
    ),
    Definition(
        code="fresh_share",
        name=_("Fresh share"),
        formula=_("Weight of fresh food received, divided by the weight received."),
        unit=Unit.SHARE,
        compute=rules.fresh_share,
    ),
    Definition(
        code="organic_share",
        name=_("Organic share"),
        formula=_("Weight of organic food received, divided by the weight received."),
        unit=Unit.SHARE,
        compute=rules.organic_share,
    ),
    Definition(
        code="shipped",
        name=_("Shipped to other banks"),
        formula=_("Weight that left for another food bank."),
        unit=Unit.GRAMS,
        compute=rules.shipped,
    ),
    Definition(
        code="arrived",
        name=_("Arrived from other banks"),
        formula=_("Weight taken over from another food bank, losses on the road included."),
        unit=Unit.GRAMS,
        compute=rules.arrived,
    ),
    Definition(
        code="stock",
        name=_("In stock"),
        formula=_(
            "All that was received, arrived from other banks, was made in the workshop or was found at a "
            "stock count, less all that was handed over, shipped, taken to the workshop or lost, from the "
            "first day to the end of the period."
        ),
        unit=Unit.GRAMS,
        compute=rules.stock,
        version=2,
    ),
)

IN_TRANSIT: Final = Definition(
    code="in_transit",
    name=_("Between two banks"),
    formula=_("Weight shipped to other banks and not yet arrived, at the end of the period."),
    unit=Unit.GRAMS,
    compute=rules.in_transit,
)
"""Read over the whole network only: what one bank ships, another one receives."""


def read_all(definitions: tuple[Definition, ...], totals: Totals, before: Totals) -> list[Reading]:
    """Read every indicator over a period and over the one it is compared with."""
    return [
        Reading(definition=definition, value=definition.compute(totals), before=definition.compute(before))
        for definition in definitions
    ]
