"""Columns of figures, and the unit that a chart of weights is written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.impact.states import GRAMS_PER_TONNE, whole_kg
from apps.kernel import display
from apps.kernel.errors import Text
from apps.kernel.quantity import GRAMS_PER_KG
from apps.kernel.tables import Column, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight(Column):
    """A column of grams: whole kg on the page, to the gram in a file."""

    kind: Kind = Kind.KG

    def show(self, record: Any) -> Any:
        """Return the weight as a page of figures shows it."""
        grams = self.read(record)
        return display.NOTHING if grams is None else whole_kg(grams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(Column):
    """A column of names that lead to the record's ``url``, where it has one; bare names in a file."""

    def show(self, record: Any) -> Any:
        """Return the name as a link."""
        name = self.read(record)
        return format_html('<a href="{}">{}</a>', record.url, name) if record.url else name


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit of a chart: kilograms, or tonnes where there are many."""

    divisor: int
    name: Text

    def of(self, grams: int) -> Decimal:
        """Return a weight in this unit."""
        return Decimal(grams) / self.divisor

    def short(self, grams: int) -> str:
        """Write a weight in this unit without naming it."""
        value = self.of(grams)
        return display.number(value, decimals=1 if 0 < abs(value) < 10 and value % 1 else 0)


KILOGRAMS: Final = Scale(GRAMS_PER_KG, _("Weight in kg"))
TONNES: Final = Scale(GRAMS_PER_TONNE, _("Weight in tonnes"))


def scale_of(weights: Sequence[int]) -> Scale:
    """Return the unit for some weights: tonnes once one of them reaches ten."""
    return TONNES if max(map(abs, weights), default=0) >= 10 * GRAMS_PER_TONNE else KILOGRAMS
