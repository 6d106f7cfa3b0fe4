"""Forms of donors on the public site, and of banks that move goods between them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind
from apps.donors.states import DonorKind
from apps.kernel.errors import Text
from apps.kernel.folding import Fold
from apps.kernel.forms import DayInput, EurosField, HourInput, KgField, OpKeyForm
from apps.kernel.money import format_euros
from apps.kernel.quantity import format_kg
from apps.offers.states import OfferKind
from apps.rounds.forms import CelsiusField
from apps.sites.models import Location
from tenants.library.models import LibraryFamily
from tenants.network.advice import FIELD_OF_WORDS, FIELDS, REFUSED
from tenants.network.givable import refusal_of
from tenants.network.models import TransferLine
from tenants.network.offering import NewNetworkLine, goods_of
from tenants.registry import territory

MOST_GRAMS = 1_000_000_000
"""A typing mistake beyond this: a thousand tonnes in one offer line."""


MOST_CENTS_PER_KG = 10_000
"""A typing mistake beyond this: a hundred euros per kg."""
TERMS = [(OfferKind.GIFT.value, _("I give it")), (OfferKind.SALE.value, _("I sell it"))]


def department_choices() -> list[tuple[str, Text]]:
    """Return every department as ``21 Côte-d’Or``, by code, after an empty choice."""
    return [("", _("Choose")), *((d.code, f"{d.code} {d.name}") for d in territory.departments())]


class DepartmentForm(forms.Form):
    """Where somebody is; the answer stays in the URL."""

    department = forms.ChoiceField(label=_("Department"), choices=department_choices)


class PickUpForm(OpKeyForm):
    """Where and when food can be picked up."""

    address = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    city = forms.CharField(
        label=_("Town"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    department = forms.ChoiceField(label=_("Department"), choices=department_choices)
    day = forms.DateField(label=_("Day of the pick-up"), widget=DayInput())
    opens = forms.TimeField(label=_("From"), widget=HourInput())
    until = forms.TimeField(label=_("To"), widget=HourInput())
    comment = forms.CharField(
        label=_("Anything the driver should know"), max_length=500, required=False, widget=forms.Textarea
    )
    terms = forms.ChoiceField(
        label=_("On what terms"),
        choices=TERMS,
        initial=OfferKind.GIFT,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Food banks buy little. A gift is taken sooner, and gives right to a tax receipt."),
    )

    def clean_terms(self) -> str:
        """Return the terms; who says nothing gives."""
        return self.cleaned_data["terms"] or OfferKind.GIFT


class GiveForm(PickUpForm):
    """The same, by somebody who gives for the first time: who they are."""

    name = forms.CharField(
        label=_("Shop, company or farm"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(label=_("What you are"), choices=DonorKind.choices)
    contact_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("We send the link to follow your offer there. Nothing else.")
    )

    field_order = ("name", "kind", "contact_name", "phone", "email")


class LinkAskForm(forms.Form):
    """The address to which a donor's own link is sent."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class LinkRevokeForm(forms.Form):
    """Why a link is ended."""

    reason = forms.CharField(label=_("Why?"), max_length=300)


class LinkRenewForm(forms.Form):
    """Which link is replaced, as the person saw it, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why?"), max_length=300, required=False)


class GoodsForm(forms.Form):
    """One kind of food: a family, its weight, its shortest date."""

    family = forms.ModelChoiceField(
        label=_("Kind of food"), queryset=LibraryFamily.objects.none(), empty_label=_("Choose")
    )
    label = forms.CharField(
        label=_("In your own words"),
        max_length=120,
        required=False,
        help_text=_("For instance: yoghurts, 12 cases."),
    )
    grams = KgField(label=_("Weight"), max_grams=MOST_GRAMS)
    expires_on = forms.DateField(label=_("Shortest date"), widget=DayInput(), required=False)
    date_kind = forms.ChoiceField(
        label=_("What the date is"),
        required=False,
        choices=[("", _("As usual for this food")), *DateKind.choices],
    )
    cents_per_kg = EurosField(
        label=_("Asked per kg"), required=False, help_text=_("Only if you sell it; a gift asks nothing.")
    )

    def clean_cents_per_kg(self) -> int:
        """Return what is asked, in cents per kg; 0 for a gift.

        Raises:
            ValidationError: it is too much.
        """
        cents: int = self.cleaned_data["cents_per_kg"] or 0
        if not 0 <= cents <= MOST_CENTS_PER_KG:
            message = _("At most %(most)s per kg.") % {"most": format_euros(MOST_CENTS_PER_KG)}
            raise forms.ValidationError(message, code="too_dear")
        return cents

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        families = LibraryFamily.objects.order_by(Fold("name"))
        self.fields["family"].queryset = families  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Settle what the date is, and refuse a use-by date that is missing or over."""
        data = super().clean() or {}
        family, day = data.get("family"), data.get("expires_on")
        if family is None or "expires_on" in self.errors:
            return data
        kind = data.get("date_kind") or (family.date_kind if day or family.date_kind == "USE_BY" else "NONE")
        if kind == DateKind.USE_BY and day is None:
            self.add_error("expires_on", _("Write the shortest use-by date."))
        if kind == DateKind.NONE and day is not None:
            self.add_error("date_kind", _("Say whether it is a use-by or a best-before date."))
        data["date_kind"] = kind
        return data

    def line(self) -> NewNetworkLine:
        """Return the line of a valid form."""
        family: LibraryFamily = self.cleaned_data["family"]
        return NewNetworkLine(
            family_code=family.code,
            label=self.cleaned_data["label"] or family.name,
            grams=self.cleaned_data["grams"],
            temperature_class=family.temperature_class,
            date_kind=self.cleaned_data["date_kind"],
            expires_on=self.cleaned_data["expires_on"],
            cents_per_kg=self.cleaned_data["cents_per_kg"],
        )

    def refuse(self, *, on: dt.date) -> None:
        """Refuse, at the field that says it, food that may not be given when it is picked up on a day."""
        family: LibraryFamily = self.cleaned_data["family"]
        infants = {family.code} if family.is_infant_food else set()
        refusal = refusal_of(goods_of(self.line(), infants=infants), on=on)
        if refusal is not None:
            self.add_error(FIELDS.get(refusal, FIELD_OF_WORDS), str(REFUSED[refusal]))


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[GoodsForm]
else:
    _FormSet = forms.BaseFormSet


class BaseGoodsFormSet(_FormSet):
    """One to three kinds of food: the first is chosen with the thumb, the others from a list."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **forms.BaseFormSet.default_error_messages,
        "too_few_forms": _("Write at least one kind of food."),
    }

    def add_fields(self, form: GoodsForm, index: int | None) -> None:
        """Show every kind of food of the first line."""
        super().add_fields(form, index)
        family = cast("forms.ModelChoiceField[Any]", form.fields["family"])
        if index == 0:
            family.empty_label = None
            family.widget = forms.RadioSelect(choices=cast("Any", family.choices))

    def initial_form_count(self) -> int:
        """Return none: what is filled in again from the last offer may be emptied like anything typed."""
        return 0

    def refuse_goods(self, *, on: dt.date, terms: str) -> bool:
        """Refuse what may not be given on a day, or not on these terms; returns whether all is valid."""
        for form in self.forms:
            if not form.cleaned_data:
                continue
            form.refuse(on=on)
            asked = form.cleaned_data.get("cents_per_kg")
            if terms == OfferKind.SALE and not asked:
                form.add_error("cents_per_kg", _("Write what you ask per kg, or choose to give it."))
            if terms == OfferKind.GIFT and asked:
                form.add_error("cents_per_kg", _("A gift asks nothing. Empty this field, or choose to sell."))
        return not any(form.errors for form in self.forms)

    def lines(self) -> list[NewNetworkLine]:
        """Return the lines that were filled in."""
        return [form.line() for form in self.forms if form.cleaned_data]


GoodsFormSet = forms.formset_factory(
    GoodsForm, formset=BaseGoodsFormSet, extra=2, min_num=1, max_num=3, validate_min=True, validate_max=True
)


class ProposeForm(OpKeyForm):
    """Which bank, from where, how much."""

    to_bank = forms.ChoiceField(label=_("To"))
    location = forms.ModelChoiceField(
        label=_("From the location"), queryset=Location.objects.none(), empty_label=_("Choose")
    )
    grams = KgField(label=_("Weight"))
    comment = forms.CharField(
        label=_("Message to the other bank"), max_length=500, required=False, widget=forms.Textarea
    )

    def __init__(
        self,
        *args: Any,
        banks: Iterable[tuple[str, str]],
        locations: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_bank"].choices = list(banks)  # type: ignore[attr-defined]
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A word to the other side."""

    comment = forms.CharField(label=_("Message"), max_length=500, required=False, widget=forms.Textarea)


class ReasonForm(forms.Form):
    """Why this side refuses, or takes back what it proposed."""

    comment = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea)


class WeighedForm(forms.Form):
    """A form with one weight per line of a transfer, named ``line-<id>``."""

    question = _("Weight")

    def __init__(self, *args: Any, lines: Iterable[TransferLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name: self.fields.pop(name) for name in list(self.fields)}
        self.line_ids = {f"line-{line.pk}": line.pk for line in lines}
        for line in lines:
            self.fields[f"line-{line.pk}"] = KgField(
                label=f"{line.label} ({line.lot_number})",
                help_text=self.hint(line),
                initial=self.usual(line),
                allow_zero=True,
            )
        self.fields.update(own)

    def hint(self, line: TransferLine) -> str:
        """Return what the person compares the weight with."""
        return _("Agreed: %(kg)s") % {"kg": format_kg(line.proposed_grams)}

    def usual(self, line: TransferLine) -> int:
        """Return the weight when all goes well."""
        return line.proposed_grams

    def weights(self) -> Mapping[UUID, int]:
        """Return the grams typed, by line."""
        return {pk: self.cleaned_data[name] for name, pk in self.line_ids.items()}


class ShipForm(WeighedForm):
    """What is loaded, who drives it, what it costs."""

    carrier = forms.CharField(label=_("Carrier"), max_length=120, required=False)
    cost_cents = EurosField(label=_("Transport cost"), required=False)


class ReceiveForm(WeighedForm):
    """What arrived, where it is put, why something is missing."""

    location = forms.ModelChoiceField(
        label=_("Put at"), queryset=Location.objects.none(), empty_label=_("Choose")
    )
    reason = forms.CharField(
        label=_("If something is missing, why"), max_length=300, required=False, widget=forms.Textarea
    )

    temperature_c = CelsiusField(
        label=_("Temperature on arrival"), required=False, help_text=_("Of chilled and frozen goods.")
    )

    field_order = ("temperature_c", "location", "reason")

    def __init__(self, *args: Any, locations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]

    def hint(self, line: TransferLine) -> str:
        """Return what was shipped."""
        return _("Shipped: %(kg)s") % {"kg": format_kg(line.shipped_grams)}

    def usual(self, line: TransferLine) -> int:
        """Return what was shipped."""
        return line.shipped_grams
