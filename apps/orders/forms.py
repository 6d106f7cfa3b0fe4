"""Forms of the orders: putting one together, cancelling, filtering."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.kernel.forms import DayInput, FilterForm, OpKeyForm, StepperInput, add_refusal
from apps.orders.errors import LinesRefused
from apps.orders.models import Order
from apps.orders.selectors import Goods, Shelf, WantedLine, lines_refusal, place_refusal
from apps.orders.states import OrderStatus
from apps.partners.models import Partner
from apps.sites.models import Site

MOST_UNITS = 100_000
"""Above it a typed number of units is a mistake."""


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
    def is_short(self) -> bool:
        """Tell whether less than that is free at this moment."""
        return self.grams > self.goods.available_grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Goods on the page with the field of their quantity."""

    goods: Goods
    field: forms.BoundField


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

    @property
    def goods(self) -> list[Goods]:
        """Everything the page lists, in its order."""
        return [*(goods for shelf in self.shelves for goods in shelf.goods), *self.gone]

    def rows(self) -> Iterator[tuple[Shelf, list[Row]]]:
        """Return each shelf with its goods and their fields."""
        for shelf in self.shelves:
            yield shelf, [Row(goods=goods, field=self[goods.key]) for goods in shelf.goods]

    def rows_gone(self) -> list[Row]:
        """Return what was wanted and is no longer in stock."""
        return [Row(goods=goods, field=self[goods.key]) for goods in self.gone]

    @cached_property
    def basket(self) -> list[Chosen]:
        """What has been chosen so far, whether or not the rest of the form is right."""
        counts = [(goods, _whole(self[goods.key].value())) for goods in self.goods]
        return [Chosen(goods=goods, units=units) for goods, units in counts if units > 0]

    @property
    def basket_grams(self) -> int:
        """The weight of the basket."""
        return sum(chosen.grams for chosen in self.basket)

    def lines(self) -> list[WantedLine]:
        """Return the basket as lines of an order."""
        return [chosen.goods.wanted(chosen.units) for chosen in self.basket]

    def hidden(self) -> list[forms.BoundField]:
        """Return the fields that carry the order from the check to its confirmation."""
        names = ["site", "wanted_on", "comment", *(chosen.goods.key for chosen in self.basket)]
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """Refuse at once, each at its field, everything that could never be placed."""
        cleaned = super().clean() or self.cleaned_data
        mistyped = any(goods.key in self.errors for goods in self.goods)
        refusals = [None if mistyped else lines_refusal(partner=self.partner, lines=self.lines())]
        if "site" in cleaned and "wanted_on" in cleaned:
            asked = {"site": cleaned["site"], "wanted_on": cleaned["wanted_on"]}
            refusals.append(place_refusal(partner=self.partner, **asked))
        for refusal in filter(None, refusals):
            self.refuse(refusal)
        return cleaned

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at the day, the site or the goods at fault."""
        if not isinstance(error, LinesRefused):
            add_refusal(self, error)
            return
        for position, sentence in error.problems.items():
            self.add_error(self.basket[position].goods.key, sentence)


def _units_field(goods: Goods) -> forms.IntegerField:
    field = forms.IntegerField(
        label=goods.label, required=False, min_value=0, max_value=MOST_UNITS, widget=StepperInput()
    )
    field.widget.attrs.update(
        {
            "max": goods.available_units,
            "step": goods.step,
            "inputmode": "numeric",
            "placeholder": "0",
            "autocomplete": "off",
        }
    )
    return field


def _whole(value: Any) -> int:
    """Return a typed number of units; 0 for anything else."""
    text = str(value if value is not None else "").strip()
    return min(int(text), MOST_UNITS) if text.isdecimal() else 0


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.CharField(
        label=_("Why is it cancelled?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
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

    status = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *OrderStatus.choices])
    partner = forms.ModelChoiceField(Partner.objects.all(), label=_("Partner"), empty_label=_("All"))
    site = forms.ModelChoiceField(queryset=Site.objects.none(), label=_("Site"), empty_label=_("All"))
    wanted_from = forms.DateField(label=_("Wanted from"), widget=DayInput())
    wanted_until = forms.DateField(label=_("Wanted until"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"] = forms.ModelChoiceField(
            queryset=Site.objects.active(), label=_("Site"), empty_label=_("All"), required=False
        )

    def narrow(self, records: QuerySet[Order]) -> QuerySet[Order]:
        """Keep the orders of a state, a partner, a site, a period (both days included)."""
        lookups = {
            "status": "status",
            "partner": "partner",
            "site": "site",
            "wanted_from": "wanted_on__gte",
            "wanted_until": "wanted_on__lte",
        }
        if not self.is_valid():
            return records
        asked = {lookups[name]: value for name, value in self.cleaned_data.items() if value}
        return records.filter(**asked)
