"""Forms of surplus: what is offered, asked for, allocated; transport, claims and agreements."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import ProductFamily
from apps.catalogue.states import TemperatureClass
from apps.donors.states import LOT_SOURCES
from apps.kernel import clock, display
from apps.kernel.folding import Fold
from apps.kernel.forms import DayInput, EurosField, FilterForm, KgField, MomentInput, OpKeyForm
from apps.kernel.quantity import format_kg
from apps.stock.models import Balance
from apps.stock.services import Item
from tenants.network.models import SurplusLine, SurplusRequest
from tenants.network.surplus.agreements import Terms
from tenants.network.surplus.states import Bearer, Driver, Reach
from tenants.network.transfers import Transport

KM = (50, 100, 200, 400)
"""Distances offered as filters of the board, in km."""


class BoardFilter(FilterForm):
    """What is offered: whose, how far, how cold, from which source, and what we lack."""

    whose = forms.ChoiceField(
        label=_("Offered by"),
        choices=[("", _("All")), ("others", _("Other food banks")), ("ours", _("Us"))],
    )
    within = forms.TypedChoiceField(
        label=_("Within"),
        choices=[("", _("Any distance")), *((km, f"{km} km") for km in KM)],
        coerce=int,
        empty_value=None,
    )
    temperature_class = forms.ChoiceField(
        label=_("Temperature class"), choices=[("", _("All")), *TemperatureClass.choices]
    )
    programme = forms.ChoiceField(label=_("Supply source"), choices=[("", _("All")), *LOT_SOURCES])
    lacking = forms.BooleanField(label=_("What we lack"))

    def narrow_for(self, records: Any, bank_id: UUID) -> Any:
        """Keep the lines that match, as one bank sees them; a filter that makes no sense keeps all."""
        if not self.is_valid():
            return records
        asked = self.cleaned_data
        if asked["whose"]:
            own = records.filter(surplus__bank_id=bank_id)
            records = own if asked["whose"] == "ours" else records.exclude(surplus__bank_id=bank_id)
        if asked["within"]:
            records = records.filter(km__lte=asked["within"])
        if asked["lacking"]:
            records = records.filter(lacking=True)
        for name in ("temperature_class", "programme"):
            records = records.filter(**{name: asked[name]}) if asked[name] else records
        return records

    def narrow(self, records: Any) -> Any:
        """Leave the lines as they are: ``narrow_for`` has kept those that match."""
        return records


class PublishForm(OpKeyForm):
    """One weight per lot that may leave, until when, and who may see it."""

    until = forms.DateTimeField(label=_("Offered until"), widget=MomentInput())
    reach = forms.ChoiceField(label=_("Who may see it"), choices=Reach.choices, initial=Reach.NATION)
    comment = forms.CharField(
        label=_("Message to the other banks"), max_length=500, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, held: Sequence[Balance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {f"lot-{balance.account_id}": balance for balance in held}
        own = {name: self.fields.pop(name) for name in list(self.fields)}
        for name, balance in self.held.items():
            lot, place = balance.account.lot, balance.account.location
            dated = display.food_date(lot.date_kind, lot.expires_on).label
            self.fields[name] = KgField(
                label=f"{lot.label} ({lot.number})",
                help_text=_("%(kg)s free at %(place)s. %(date)s")
                % {"kg": format_kg(balance.grams), "place": place, "date": dated},
                required=False,
                allow_zero=True,
            )
        self.fields.update(own)

    def items(self) -> list[Item]:
        """Return what was filled in."""
        found = []
        for name, balance in self.held.items():
            grams, place = self.cleaned_data.get(name), balance.account.location
            if grams and place is not None:
                found.append(Item(balance.account.lot, place, grams))
        return found


class AskForm(OpKeyForm):
    """One weight per line of a surplus."""

    comment = forms.CharField(
        label=_("Message to the other bank"), max_length=500, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, lines: Iterable[SurplusLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name: self.fields.pop(name) for name in list(self.fields)}
        self.line_ids = {f"line-{line.pk}": line.pk for line in lines}
        for line in lines:
            self.fields[f"line-{line.pk}"] = KgField(
                label=line.label,
                help_text=_("%(kg)s left") % {"kg": format_kg(line.left_grams)},
                required=False,
                allow_zero=True,
            )
        self.fields.update(own)

    def weights(self) -> Mapping[UUID, int]:
        """Return the grams typed, by line."""
        return {pk: self.cleaned_data.get(name) or 0 for name, pk in self.line_ids.items()}


class TransportForm(forms.Form):
    """Who drives, which carrier, what it costs and to whom."""

    driver = forms.ChoiceField(
        label=_("Who drives"), choices=[("", _("Not settled yet")), *Driver.choices], required=False
    )
    carrier = forms.CharField(label=_("Carrier"), max_length=120, required=False)
    cost_cents = EurosField(label=_("Transport cost"), required=False)
    cost_bearer = forms.ChoiceField(
        label=_("Who bears the cost"), choices=[("", _("Not settled yet")), *Bearer.choices], required=False
    )

    def transport(self) -> Transport:
        """Return the terms of a valid form."""
        names = ("driver", "carrier", "cost_cents", "cost_bearer")
        return Transport(**{name: self.cleaned_data[name] for name in names})


class AllocateForm(TransportForm):
    """What a request gets of each line, why less, and how it travels."""

    reason = forms.CharField(
        label=_("If you give less than was asked for, why"),
        max_length=500,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, asked: SurplusRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name: self.fields.pop(name) for name in list(self.fields)}
        self.line_ids = {}
        for wish in asked.wishes.all():
            name, line = f"line-{wish.line_id}", wish.line
            self.line_ids[name] = wish.line_id
            self.fields[name] = KgField(
                label=line.label,
                help_text=_("Asked for: %(asked)s. Left: %(left)s.")
                % {"asked": format_kg(wish.grams), "left": format_kg(line.left_grams)},
                initial=min(wish.grams, line.left_grams),
                allow_zero=True,
            )
        self.fields["reason"] = own.pop("reason")
        self.fields.update(own)

    def weights(self) -> Mapping[UUID, int]:
        """Return the grams typed, by line of the surplus."""
        return {pk: self.cleaned_data[name] for name, pk in self.line_ids.items()}


class WhyForm(forms.Form):
    """Why something is refused or taken back."""

    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea)


class ClaimAnswerForm(forms.Form):
    """Whether the sender agrees with a claim, and what it says."""

    agrees = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("We agree")), ("no", _("We contest it"))],
        coerce=lambda said: said == "yes",
    )
    answer = forms.CharField(label=_("What you say to it"), max_length=500, widget=forms.Textarea)


class AgreementForm(OpKeyForm):
    """With whom, which way, what goods, how much, who drives, how long."""

    other = forms.ChoiceField(label=_("Food bank"))
    gives = forms.TypedChoiceField(
        label=_("Which way"),
        choices=[("yes", _("We give")), ("no", _("We receive"))],
        coerce=lambda said: said == "yes",
    )
    family = forms.ModelChoiceField(
        label=_("Family"), queryset=ProductFamily.objects.none(), required=False, empty_label=_("Any goods")
    )
    temperature_class = forms.ChoiceField(
        label=_("Temperature class"), choices=[("", _("Any")), *TemperatureClass.choices], required=False
    )
    share_percent = forms.IntegerField(label=_("Usual share (%)"), min_value=1, max_value=100, required=False)
    weekly_grams = KgField(label=_("Usual weight a week"), required=False, max_grams=1_000_000_000)
    driver = forms.ChoiceField(
        label=_("Who drives"), choices=[("", _("Not settled yet")), *Driver.choices], required=False
    )
    starts_on = forms.DateField(label=_("From"), widget=DayInput(), initial=clock.today)
    ends_on = forms.DateField(label=_("Until"), widget=DayInput(), required=False)
    comment = forms.CharField(
        label=_("Message to the other bank"), max_length=500, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, banks: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = list(banks)  # type: ignore[attr-defined]
        families = ProductFamily.objects.active().order_by(Fold("name"))
        self.fields["family"].queryset = families  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """Return the terms of a valid form."""
        names = (
            "family", "temperature_class", "share_percent", "weekly_grams", "driver", "starts_on", "ends_on",
            "comment",
        )  # fmt: skip
        return Terms(**{name: self.cleaned_data[name] for name in names})


class ResourceForm(forms.Form):
    """Free room by temperature class, and whether arrivals are told."""

    tells_arrivals = forms.BooleanField(
        label=_("Tell what we expect in the next days, by temperature class"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.fields.pop("tells_arrivals")
        for code, label in TemperatureClass.choices:
            self.fields[code] = KgField(label=label, required=False, allow_zero=True, max_grams=10**10)
        self.fields["tells_arrivals"] = own

    def free(self) -> Mapping[str, int | None]:
        """Return the free room typed, by class."""
        return {code: self.cleaned_data[code] for code in TemperatureClass.values}
