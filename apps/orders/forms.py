"""Forms of the orders: putting one together, cancelling, filtering."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalogue.forms import unit_choices
from apps.catalogue.rules import KG, UNIT
from apps.kernel.display import number
from apps.kernel.errors import DomainError
from apps.kernel.forms import DayInput, FilterForm, OpKeyForm, StepperInput, add_refusal
from apps.kernel.quantity import within_reach
from apps.orders.errors import LinesRefused
from apps.orders.models import Order
from apps.orders.selectors import (
    Goods,
    Shelf,
    WantedLine,
    lines_refusal,
    orders_holding,
    place_refusal,
    spoilt_reservations,
)
from apps.orders.states import TO_REPAIR, OrderStatus
from apps.partners.models import Partner
from apps.sites.models import Site
from apps.stock.models import Lot

MOST_UNITS = 100_000
"""Above it a typed number of units is a mistake."""
MOST_DIGITS = 100
"""A longer text is not read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Goods in the basket: how many units, and what that weighs in grams."""

    goods: Goods
    units: int

    @property
    def grams(self) -> int:
        """The weight of the units."""
        return self.units * self.goods.unit_grams

    @property
    def said(self) -> str:
        """The units in words, those of a product in every size it is packed in."""
        product = self.goods.product
        return product.packed(self.grams) if product else f"{number(self.units)} × {self.goods.unit_label}"

    @property
    def is_short(self) -> bool:
        """Tell whether less than that is free at this moment."""
        return self.grams > self.goods.available_grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Goods on the page with the field of their quantity, and that of the unit where there is a choice."""

    goods: Goods
    field: forms.BoundField
    unit: forms.BoundField | None = None


class OrderForm(OpKeyForm):
    """What a partner wants of what is there: a number of units per goods, a site, a day.

    Goods sent that are no longer in stock keep their field, so that nothing wanted is lost in silence.
    """

    site = forms.ModelChoiceField(queryset=Site.objects.none(), label=_("Collect at"))
    wanted_on = forms.DateField(label=_("On"), widget=DayInput())
    comment = forms.CharField(
        label=_("A word for the food bank"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        partner: Partner,
        sites: QuerySet[Site],
        shelves: Sequence[Shelf],
        gone: Sequence[Goods] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, label_suffix="", use_required_attribute=False, **kwargs)
        self.partner = partner
        self.shelves = shelves
        self.gone = gone
        self.fields["site"] = forms.ModelChoiceField(queryset=sites, label=_("Collect at"), empty_label=None)
        for goods in self.goods:
            self.fields[goods.key] = _units_field(goods)
            if has_choice(goods):
                self.fields[_unit_key(goods)] = _unit_field(goods)

    @property
    def goods(self) -> list[Goods]:
        """Everything the page lists, in its order."""
        return [*(goods for shelf in self.shelves for goods in shelf.goods), *self.gone]

    def rows(self) -> Iterator[tuple[Shelf, list[Row]]]:
        """Return each shelf with its goods and their fields."""
        for shelf in self.shelves:
            yield shelf, [self._row(goods) for goods in shelf.goods]

    def rows_gone(self) -> list[Row]:
        """Return what was wanted and is no longer in stock."""
        return [self._row(goods) for goods in self.gone]

    def _row(self, goods: Goods) -> Row:
        unit = self[_unit_key(goods)] if has_choice(goods) else None
        return Row(goods=goods, field=self[goods.key], unit=unit)

    @cached_property
    def basket(self) -> list[Chosen]:
        """What has been chosen so far, whether or not the rest of the form is right."""
        counts = [(goods, _whole(self[goods.key].value()) * self._size(goods)) for goods in self.goods]
        return [Chosen(goods=goods, units=units) for goods, units in counts if units > 0]

    def _size(self, goods: Goods) -> int:
        """Return how many units go into one of what the goods are ordered in."""
        if goods.product is None or not has_choice(goods):
            return 1
        chosen = self[_unit_key(goods)].value() if self._says_unit(goods) else UNIT
        return goods.product.packing.sizes.get(str(chosen), goods.unit_grams) // goods.unit_grams

    def _says_unit(self, goods: Goods) -> bool:
        """Tell whether the unit was sent, or known from the step before; else a number is one of units."""
        sent = self.data if self.is_bound else self.initial
        return _unit_key(goods) in sent

    @property
    def basket_grams(self) -> int:
        """The weight of the basket."""
        return sum(chosen.grams for chosen in self.basket)

    def lines(self) -> list[WantedLine]:
        """Return the basket as lines of an order."""
        return [chosen.goods.wanted(chosen.units) for chosen in self.basket]

    def hidden(self) -> list[forms.BoundField]:
        """Return the fields that carry the order from the check to its confirmation."""
        names = ["site", "wanted_on", "comment"]
        for chosen in self.basket:
            names += [chosen.goods.key, *([_unit_key(chosen.goods)] if self._says_unit(chosen.goods) else [])]
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """Refuse at once, each at its field, everything that could never be placed."""
        cleaned = super().clean() or self.cleaned_data
        self._refuse_too_much()
        mistyped = any(goods.key in self.errors for goods in self.goods)
        refusals = [None if mistyped else lines_refusal(partner=self.partner, lines=self.lines())]
        if "site" in cleaned and "wanted_on" in cleaned:
            asked = {"site": cleaned["site"], "wanted_on": cleaned["wanted_on"]}
            refusals.append(place_refusal(partner=self.partner, **asked))
        for refusal in filter(None, refusals):
            self.refuse(refusal)
        return cleaned

    def _refuse_too_much(self) -> None:
        for chosen in self.basket:
            try:
                within_reach(chosen.grams)
            except forms.ValidationError as error:
                self.add_error(chosen.goods.key, error)

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at the day, the site or the goods at fault."""
        if not isinstance(error, LinesRefused):
            add_refusal(self, error)
            return
        for position, sentence in error.problems.items():
            self.add_error(self.basket[position].goods.key, sentence)


def has_choice(goods: Goods) -> bool:
    """Tell whether goods can be ordered in more than one unit."""
    return goods.product is not None and len(goods.product.packing.sizes) > 2


def _unit_key(goods: Goods) -> str:
    return f"{goods.key}_unit"


def _unit_field(goods: Goods) -> forms.ChoiceField:
    choices = [(unit, label) for unit, label in unit_choices(goods.product) if unit != KG]
    field = forms.ChoiceField(choices=choices, required=False, initial=UNIT)
    field.widget.attrs["aria-label"] = _("Unit")
    return field


def _units_field(goods: Goods) -> forms.IntegerField:
    field = forms.IntegerField(
        label=goods.label, required=False, min_value=0, max_value=MOST_UNITS, widget=StepperInput()
    )
    field.widget.attrs.update(
        {
            "max": goods.available_units,
            "step": 1 if has_choice(goods) else goods.step,
            "inputmode": "numeric",
            "placeholder": "0",
            "autocomplete": "off",
        }
    )
    return field


def _whole(value: Any) -> int:
    """Return a typed number of units; 0 for anything else."""
    text = str(value if value is not None else "").strip()
    return min(int(text), MOST_UNITS) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.CharField(
        label=_("Why is it cancelled?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReviseForm(OpKeyForm):
    """Whether other goods take the place of those that may not leave."""

    with_others = forms.TypedChoiceField(
        label=_("Instead of the frozen goods"),
        coerce=lambda value: value == "yes",
        initial="yes",
        choices=[
            ("yes", _("Other lots of the same goods, as much as there is")),
            ("no", _("Nothing: take them out of the order")),
        ],
        widget=forms.RadioSelect,
    )


class PartnerChoiceForm(forms.Form):
    """For whom the desk places an order."""

    partner = forms.ModelChoiceField(queryset=Partner.objects.none(), label=_("Partner"))

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, label_suffix="", use_required_attribute=False)
        self.fields["partner"] = forms.ModelChoiceField(
            queryset=Partner.objects.active(), label=_("Partner"), empty_label=_("Choose a partner")
        )


class OrderFilter(FilterForm):
    """Filters of the list of orders."""

    status = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *OrderStatus.choices, (TO_REPAIR, _("To repair"))]
    )
    partner = forms.ModelChoiceField(Partner.objects.all(), label=_("Partner"), empty_label=_("All"))
    site = forms.ModelChoiceField(queryset=Site.objects.none(), label=_("Site"), empty_label=_("All"))
    wanted_from = forms.DateField(label=_("Wanted from"), widget=DayInput())
    wanted_until = forms.DateField(label=_("Wanted until"), widget=DayInput())
    lot = forms.ModelChoiceField(Lot.objects.all(), label=_("Lot"), widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"] = forms.ModelChoiceField(
            queryset=Site.objects.active(), label=_("Site"), empty_label=_("All"), required=False
        )

    def narrow(self, records: QuerySet[Order]) -> QuerySet[Order]:
        """Keep the orders of a state, a partner, a site, a period (both days included), of a lot."""
        lookups = {
            "status": "status",
            "partner": "partner",
            "site": "site",
            "wanted_from": "wanted_on__gte",
            "wanted_until": "wanted_on__lte",
        }
        if not self.is_valid():
            return records
        asked: dict[str, Any] = {lookup: self.cleaned_data[name] for name, lookup in lookups.items()}
        asked = {lookup: value for lookup, value in asked.items() if value}
        if self.cleaned_data["lot"]:
            asked["pk__in"] = orders_holding(self.cleaned_data["lot"])
        if asked.get("status") == TO_REPAIR:
            del asked["status"]
            records = records.filter(pk__in=spoilt_reservations().values("line__order"))
        return records.filter(**asked)
