"""Forms of delivery: weights, handover, contribution rates, filters."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalogue.forms import QuantityField
from apps.delivery.errors import WeightsRefused
from apps.delivery.models import ContributionRate, DeliveryNote, PickingList, PickLine
from apps.delivery.selectors import notes_of_day
from apps.delivery.states import PickingStatus
from apps.donors.states import SupplySource
from apps.kernel.errors import DomainError
from apps.kernel.forms import DayInput, FilterForm, KgField, OpKeyForm, add_refusal, field_for
from apps.kernel.quantity import format_kg
from apps.partners.models import Partner
from apps.partners.states import PartnerType
from apps.sites.models import Location, Site
from apps.sites.selectors import active_locations
from apps.sites.states import LocationPurpose
from apps.stock.models import Lot
from apps.stock.selectors import Given
from apps.stock.states import ReturnReason

COLDEST_C = -60
WARMEST_C = 40
"""Beyond these a typed temperature is a mistake."""


class WeightsForm(forms.Form):
    """The real weight of each line of a picking list; a line left empty is not weighed yet."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, lines: Sequence[PickLine]) -> None:
        super().__init__(data, label_suffix="", use_required_attribute=False)
        self.lines = lines
        for line in lines:
            field = QuantityField(
                label=str(line.reservation.lot),
                required=False,
                allow_zero=True,
                initial=line.picked_grams,
            )
            field.pack(line.reservation.lot.product)
            self.fields[_name(line.pk)] = field

    def rows(self) -> list[tuple[PickLine, forms.BoundField]]:
        """Return each line with the field of its weight."""
        return [(line, self[_name(line.pk)]) for line in self.lines]

    def weights(self, *, rest_as_reserved: bool) -> dict[UUID, int]:
        """Return the grams typed, by line; on request the lines left empty weigh what was reserved."""
        typed = {line.pk: self.cleaned_data[_name(line.pk)] for line in self.lines}
        if rest_as_reserved:
            typed = {
                line.pk: line.reserved_grams if typed[line.pk] is None else typed[line.pk]
                for line in self.lines
            }
        return {pk: grams for pk, grams in typed.items() if grams is not None}

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at the lines at fault, else above the form."""
        if not isinstance(error, WeightsRefused):
            add_refusal(self, error)
            return
        for pk, sentence in error.problems.items():
            self.add_error(_name(pk) if _name(pk) in self.fields else None, sentence)


def _name(pk: UUID) -> str:
    return f"weight_{pk.hex}"


class HandoverForm(OpKeyForm):
    """Who takes the goods, and how cold the cold ones leave."""

    received_by = forms.CharField(
        label=_("Handed to"),
        help_text=_("First name and name of the person who takes the goods."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    chilled_temperature_c = forms.DecimalField(
        label=_("Chilled goods, temperature at departure (°C)"),
        max_digits=4,
        decimal_places=1,
        min_value=COLDEST_C,
        max_value=WARMEST_C,
    )
    frozen_temperature_c = forms.DecimalField(
        label=_("Frozen goods, temperature at departure (°C)"),
        max_digits=4,
        decimal_places=1,
        min_value=COLDEST_C,
        max_value=WARMEST_C,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, has_chilled: bool, has_frozen: bool) -> None:
        super().__init__(data, label_suffix="", use_required_attribute=False)
        if not has_chilled:
            del self.fields["chilled_temperature_c"]
        if not has_frozen:
            del self.fields["frozen_temperature_c"]


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a kilogram contributes, for whom, for which source, from which day."""

    class Meta:
        model = ContributionRate
        fields = ("partner_type", "supply_source", "cents_per_kg", "starts_on")
        formfield_callback = field_for
        help_texts = {
            "supply_source": _("European food and market withdrawals are always free."),
            "cents_per_kg": _("5 means 0.05 € per kg. 0 means free."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, every, choices in (
            ("partner_type", _("Every partner"), PartnerType.choices),
            ("supply_source", _("Every source"), SupplySource.choices),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both fields have choices
            field.choices = [("", every), *choices]


class RateFilter(FilterForm):
    """Filters of the contribution rates."""

    partner_type = forms.ChoiceField(label=_("Partner type"), choices=[("", _("All")), *PartnerType.choices])
    supply_source = forms.ChoiceField(
        label=_("Supply source"), choices=[("", _("All")), *SupplySource.choices]
    )


class PickingFilter(FilterForm):
    """Filters of the picking lists."""

    status = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *PickingStatus.choices])
    site = forms.ModelChoiceField(queryset=Site.objects.none(), label=_("Site"), empty_label=_("All"))
    until = forms.DateField(label=_("Wanted until"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"] = forms.ModelChoiceField(
            queryset=Site.objects.active(), label=_("Site"), empty_label=_("All"), required=False
        )

    def narrow(self, records: QuerySet[PickingList]) -> QuerySet[PickingList]:
        """Keep the lists of a state, a site, wanted by a day."""
        lookups = {"status": "status", "site": "order__site", "until": "order__wanted_on__lte"}
        return _narrowed(self, records, lookups)


class NoteFilter(FilterForm):
    """Filters of the delivery notes."""

    partner = forms.ModelChoiceField(
        queryset=Partner.objects.none(), label=_("Partner"), empty_label=_("All")
    )
    since = forms.DateField(label=pgettext_lazy("date", "From"), widget=DayInput())
    until = forms.DateField(label=pgettext_lazy("date", "To"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"] = forms.ModelChoiceField(
            queryset=Partner.objects.all(), label=_("Partner"), empty_label=_("All"), required=False
        )

    def narrow(self, records: QuerySet[DeliveryNote]) -> QuerySet[DeliveryNote]:
        """Keep the notes of a partner and a period (both days included)."""
        lookups = {"partner": "partner", "since": "delivered_on__gte", "until": "delivered_on__lte"}
        return _narrowed(self, records, lookups)


class OwnNoteFilter(FilterForm):
    """Filters of a charity's own delivery notes."""

    since = forms.DateField(label=pgettext_lazy("date", "From"), widget=DayInput())
    until = forms.DateField(label=pgettext_lazy("date", "To"), widget=DayInput())

    def narrow(self, records: QuerySet[DeliveryNote]) -> QuerySet[DeliveryNote]:
        """Keep the notes of a period (both days included)."""
        return _narrowed(self, records, {"since": "delivered_on__gte", "until": "delivered_on__lte"})


def _narrowed(form: FilterForm, records: QuerySet[Any], lookups: Mapping[str, str]) -> QuerySet[Any]:
    if not form.is_valid():
        return records
    asked = {lookups[name]: value for name, value in form.cleaned_data.items() if value}
    return records.filter(**asked)


class DayForm(OpKeyForm):
    """The day whose delivery notes are printed."""

    day = forms.DateField(label=_("Delivered on"), widget=DayInput())

    def clean_day(self) -> dt.date:
        """Refuse a day without a delivery note.

        Raises:
            ValidationError: nothing was delivered on that day.
        """
        chosen: dt.date = self.cleaned_data["day"]
        if not notes_of_day(chosen).exists():
            raise forms.ValidationError(_("There is no delivery note of this day. Choose another one."))
        return chosen


class NoteMailForm(OpKeyForm):
    """The address that a delivery note is sent to."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"})
    )


class ReturnForm(OpKeyForm):
    """What comes back of a delivery note: which lot, how much, why, into which quarantine."""

    lot = forms.ChoiceField(label=_("Goods"), widget=forms.RadioSelect)
    grams = KgField(label=_("Weight that comes back"))
    reason = forms.ChoiceField(label=_("Why it comes back"), choices=ReturnReason.choices)
    location = forms.ModelChoiceField(Location.objects.none(), label=_("Put in"), empty_label=None)
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)

    def __init__(
        self, *args: Any, given: Mapping[UUID, Given], lots: Iterable[Lot], site: Site, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lots = {str(lot.pk): lot for lot in lots if given[lot.pk].left_grams}
        goods, places = self.fields["lot"], self.fields["location"]
        if isinstance(goods, forms.ChoiceField):
            goods.choices = [(key, _left(lot, given[lot.pk])) for key, lot in self.lots.items()]
        if isinstance(places, forms.ModelChoiceField):
            places.queryset = active_locations(site).filter(purpose=LocationPurpose.QUARANTINE)

    def clean_lot(self) -> Lot:
        """Return the lot chosen."""
        return self.lots[self.cleaned_data["lot"]]


def _left(lot: Lot, given: Given) -> str:
    left = _("at most %(weight)s") % {"weight": format_kg(given.left_grams)}
    return f"{lot.number} {lot.label}, {left}"
