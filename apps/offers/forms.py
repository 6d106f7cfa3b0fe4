"""Forms of the offers: recording with its lines, answering, filtering."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.models import Donor
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.kernel.forms import DayInput, EurosField, FilterForm, KgField, MomentInput, OpKeyForm
from apps.kernel.quantity import format_kg
from apps.offers import rules
from apps.offers.errors import line_field
from apps.offers.models import Offer
from apps.offers.selectors import Goods, GoodsList
from apps.offers.services import NewOfferLine, Place
from apps.offers.states import REASONS_GIVEN, OfferKind, OfferStatus
from apps.sites.rules import is_department

MOST_LINES = 30
_AS_USUAL = ("", _("As usual for these goods"))


class GoodsField(forms.ChoiceField):
    """A choice of a product or of a family mix; the cleaned value is a ``Goods``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.listed: GoodsList | None = None

    def offer(self, listed: GoodsList) -> None:
        """Set the choices, shared by every line of a page."""
        self.listed = listed
        self.choices = listed.choices

    def clean(self, value: Any) -> Any:
        """Return the goods chosen.

        Raises:
            ValidationError: nothing is chosen, or not from the list.
        """
        key = super().clean(value)
        return self.listed.goods(key) if self.listed else None


class GoodsForm(forms.Form):
    """Base of a form about one line of goods."""

    goods = GoodsField(label=_("Goods"))

    def __init__(self, *args: Any, listed: GoodsList, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})
        field = self.fields["goods"]
        if isinstance(field, GoodsField):
            field.offer(listed)


G = TypeVar("G", bound=GoodsForm)


class LineForms(Generic[G]):
    """One form per line of goods: blank ones are left out, a button adds one, without JavaScript."""

    def __init__(self, form_class: type[G], data: QueryDict | None = None) -> None:
        self._form_class = form_class
        self._listed = GoodsList()
        asked = data.get("line_count", "") if data else ""
        self.count = max(1, min(int(asked), MOST_LINES)) if asked.isdecimal() else 1
        self.forms: list[G] = [self._make(n, data=data) for n in range(self.count)]

    def _make(self, n: int, **kwargs: Any) -> G:
        return self._form_class(prefix=f"line-{n}", listed=self._listed, empty_permitted=n > 0, **kwargs)

    def __iter__(self) -> Iterator[G]:
        return iter(self.forms)

    def add_blank(self, data: QueryDict) -> None:
        """Add a line and keep what is typed in the others, without judging it yet."""
        self.count = min(self.count + 1, MOST_LINES)
        self.again(data)

    def again(self, data: QueryDict) -> None:
        """Show the lines again with what is typed, without judging it yet."""
        self.forms = [self._make(n, initial=typed(data, f"line-{n}")) for n in range(self.count)]

    def is_valid(self) -> bool:
        """Tell whether every line that is filled is right; the first one must be filled."""
        checked = [form.is_valid() for form in self.forms]
        return all(checked)

    def filled(self) -> list[G]:
        """Return the lines that are not blank."""
        return [form for form in self.forms if form.has_changed()]


def typed(data: QueryDict, prefix: str = "") -> dict[str, Any]:
    """Return what was sent for the fields of a prefix, as it was typed."""
    start = f"{prefix}-" if prefix else ""
    return {name.removeprefix(start): data[name] for name in data if name.startswith(start)}


def place_refusal(forms_at_hand: Mapping[str, forms.BaseForm], error: DomainError) -> bool:
    """Show a refusal at the field of the form whose prefix it names; returns whether one has it."""
    for prefix, form in forms_at_hand.items():
        name = (error.field or "").removeprefix(f"{prefix}-")
        if name in form.fields and error.field == f"{prefix}-{name}":
            form.add_error(name, error.as_validation_error())
            return True
    return False


class OfferForm(OpKeyForm):
    """Who proposes, on what terms, where and when; an empty place is the donor's own."""

    donor = forms.ModelChoiceField(Donor.objects.active(), label=_("Donor"), empty_label=_("Choose"))
    kind = forms.ChoiceField(
        label=_("On what terms"), choices=OfferKind, initial=OfferKind.GIFT, widget=forms.RadioSelect
    )
    supply_source = forms.ChoiceField(
        label=_("Supply source"),
        choices=[("", _("The donor's usual one")), *SupplySource.choices],
        required=False,
        help_text=_("Left as it is, a purchase is from own funds."),
    )
    address = forms.CharField(
        label=_("Place"),
        max_length=200,
        required=False,
        help_text=_("Leave the place empty to pick up at the donor's address."),
    )
    city = forms.CharField(label=_("Town"), max_length=80, required=False)
    department = forms.CharField(label=_("Department"), max_length=3, required=False)
    pickup_from = forms.DateTimeField(label=_("Pick-up from"), widget=MomentInput())
    pickup_until = forms.DateTimeField(label=_("Pick-up until"), widget=MomentInput())
    answer_by = forms.DateTimeField(
        label=_("Answer before"),
        widget=MomentInput(),
        required=False,
        help_text=_("After this moment the offer can no longer be accepted. Empty: no limit."),
    )
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False, widget=forms.Textarea)

    field_order = ("donor", "kind", "supply_source", "pickup_from", "pickup_until", "answer_by")

    @staticmethod
    def first_values() -> dict[str, Any]:
        """Return the usual window: tomorrow morning."""
        morning = clock.local(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0)
        opens = morning + dt.timedelta(days=1)
        return {"pickup_from": opens, "pickup_until": opens + dt.timedelta(hours=4)}

    def clean_department(self) -> str:
        """Refuse what is not a department."""
        code: str = self.cleaned_data["department"].upper()
        if code and not is_department(code):
            raise forms.ValidationError(_("Write the code of a department, such as 21 or 2A."))
        return code

    def clean(self) -> dict[str, Any]:
        """Ask for the department of a place that is not the donor's."""
        cleaned = super().clean() or self.cleaned_data
        elsewhere = cleaned.get("address") or cleaned.get("city")
        if elsewhere and not cleaned.get("city"):
            self.add_error("city", _("Write the town of this place."))
        if elsewhere and not cleaned.get("department") and "department" not in self.errors:
            self.add_error("department", _("Write the department of this place."))
        return cleaned

    def place(self) -> Place:
        """Return where the goods are."""
        values, donor = self.cleaned_data, self.cleaned_data["donor"]
        if values["city"]:
            return Place(address=values["address"], city=values["city"], department=values["department"])
        return Place(
            address=donor.address,
            city=donor.city,
            department=donor.department,
            latitude=donor.latitude,
            longitude=donor.longitude,
        )


class OfferLineForm(GoodsForm):
    """Goods of an offer; temperature and kind of date follow the goods unless said otherwise."""

    grams = KgField(label=_("Weight"))
    expires_on = forms.DateField(
        label=_("Nearest date"), widget=DayInput(), required=False, help_text=_("Of a mix, the shortest.")
    )
    date_kind = forms.ChoiceField(
        label=_("Kind of date"), choices=[_AS_USUAL, *DateKind.choices], required=False
    )
    temperature_class = forms.ChoiceField(
        label=_("Temperature"), choices=[_AS_USUAL, *TemperatureClass.choices], required=False
    )
    pallet_count = forms.IntegerField(label=_("Pallets"), min_value=0, max_value=999, required=False)
    cents_per_kg = EurosField(label=_("Asked per kg"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a date on goods that bear none."""
        cleaned = super().clean() or self.cleaned_data
        goods: Goods | None = cleaned.get("goods")
        if goods is not None:
            kind = cleaned.get("date_kind") or goods.date_kind
            if not rules.date_fits(kind, cleaned.get("expires_on")):
                self.add_error("date_kind", _("Say whether it is a use-by or a best-before date."))
        return cleaned

    def line(self) -> NewOfferLine:
        """Return the line of the new offer."""
        values = dict(self.cleaned_data)
        goods: Goods = values.pop("goods")
        values["cents_per_kg"] = values["cents_per_kg"] or 0
        return NewOfferLine(product=goods.product, family=goods.family, **values)


class AcceptForm(forms.Form):
    """How much is taken of each line; what is left goes to others."""

    marks_optional = False

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.lines = list(offer.lines.all())
        for line in self.lines:
            self.fields[line_field(line.pk)] = KgField(
                label=line.label,
                allow_zero=True,
                required=False,
                initial=line.offered_grams,
                help_text=_("%(weight)s offered. Write 0 to leave it.")
                % {"weight": format_kg(line.offered_grams)},
            )
        self.fields["comment"] = forms.CharField(label=_("Comment"), max_length=500, required=False)

    def accepted(self) -> dict[UUID, int]:
        """Return the grams accepted per line; an empty box is nothing."""
        return {line.pk: self.cleaned_data[line_field(line.pk)] or 0 for line in self.lines}


class DeclineForm(forms.Form):
    """Why the offer is left to others."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS_GIVEN, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)


class WithdrawForm(forms.Form):
    """What the donor said."""

    comment = forms.CharField(label=_("What the donor said"), max_length=500)


class OfferFilter(FilterForm):
    """Filters of the list; the state is chosen by the tabs."""

    status = forms.ChoiceField(
        choices=[("", _("All")), *OfferStatus.choices], widget=forms.HiddenInput, label=_("State")
    )
    donor = forms.ModelChoiceField(Donor.objects.all(), label=_("Donor"), empty_label=_("All"))
    kind = forms.ChoiceField(label=_("Terms"), choices=[("", _("All")), *OfferKind.choices])
    supply_source = forms.ChoiceField(
        label=_("Supply source"), choices=[("", _("All")), *SupplySource.choices]
    )
