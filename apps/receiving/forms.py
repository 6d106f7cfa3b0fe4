"""Forms of receiving: an arrival at the door, the control of its lines, temperature limits."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind
from apps.donors.models import Donor
from apps.donors.states import SupplySource
from apps.kernel import display
from apps.kernel.errors import DomainError
from apps.kernel.forms import DayInput, FilterForm, KgField, OpKeyForm, add_refusal
from apps.kernel.quantity import format_kg
from apps.offers.forms import GoodsForm, place_refusal, typed
from apps.offers.selectors import Goods
from apps.receiving import rules
from apps.receiving.errors import ControlFailed
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.rules import Dock
from apps.receiving.selectors import dock_of, locations_for, locations_in_use
from apps.receiving.services import LineCheck, NewReceiptLine
from apps.receiving.states import ReceiptStatus
from apps.rounds.forms import CelsiusField
from apps.rounds.states import RefusalReason
from apps.sites.models import Location, Site

SHORT_DATE_REASON = _("It will be given out before its date")


class ArrivalForm(OpKeyForm):
    """Goods that come to the door: from whom, to which site, on what terms."""

    donor = forms.ModelChoiceField(Donor.objects.active(), label=_("Donor or supplier"))
    site = forms.ModelChoiceField(Site.objects.active(), label=_("Site"))
    supply_source = forms.ChoiceField(
        label=_("Supply source"),
        choices=[("", _("As in the donor's file")), *SupplySource.choices],
        required=False,
        help_text=_("It decides tax receipts and State reports, and cannot change once in stock."),
    )
    campaign = forms.CharField(
        label=_("Campaign"), max_length=40, required=False, help_text=_("Of a public programme, if any.")
    )
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)


class ArrivalLineForm(GoodsForm):
    """Goods announced on the supplier's note, or seen on the truck."""

    expected_grams = KgField(label=_("Weight announced"))

    def line(self) -> NewReceiptLine:
        """Return the line of the new receipt."""
        goods: Goods = self.cleaned_data["goods"]
        grams = self.cleaned_data["expected_grams"]
        return NewReceiptLine(product=goods.product, family=goods.family, expected_grams=grams)


class FoundGoodsForm(GoodsForm):
    """Goods that sorting found and nobody announced."""

    def line(self) -> NewReceiptLine:
        """Return the line to add."""
        goods: Goods = self.cleaned_data["goods"]
        return NewReceiptLine(product=goods.product, family=goods.family)


class CheckForm(forms.Form):
    """The control of one line: weights, °C, date, label, place; the rules say what is missing."""

    marks_optional = False

    accepted_grams = KgField(label=_("Weight accepted"), allow_zero=True, required=False)
    temperature_c = CelsiusField(label=_("Temperature"), required=False)
    refused_grams = KgField(label=_("Weight refused"), allow_zero=True, required=False)
    refusal_reason = forms.ChoiceField(
        label=_("Why it is refused"), choices=[("", _("Choose…")), *RefusalReason.choices], required=False
    )
    date_kind = forms.ChoiceField(label=_("Kind of date"), choices=DateKind)
    expires_on = forms.DateField(
        label=_("Date on the label"),
        widget=DayInput(),
        required=False,
        help_text=_("Of a mix, the nearest."),
    )
    supplier_lot = forms.CharField(label=_("Lot number on the label"), max_length=40, required=False)
    location = forms.ChoiceField(label=_("Put in"), required=False)
    short_date = forms.BooleanField(label=SHORT_DATE_REASON, required=False)
    short_date_reason = forms.CharField(
        label=_("How it will be given out in time"), max_length=200, required=False
    )

    def __init__(
        self, *args: Any, line: ReceiptLine, dock: Dock, locations: Iterable[Location], **kwargs: Any
    ) -> None:
        fit = locations_for(line.temperature_class, locations)
        first = {**_first_values(line), "location": str(fit[0].pk) if fit else ""}
        options = {"prefix": f"line-{line.pk}", "initial": first, "label_suffix": "", **kwargs}
        super().__init__(*args, **options)
        self.line, self.dock = line, dock
        self.locations = {str(each.pk): each for each in fit}
        places = self.fields["location"]
        if isinstance(places, forms.ChoiceField):
            places.choices = [("", _("Choose…")), *((key, str(each)) for key, each in self.locations.items())]
        limit = dock.limits.get(line.temperature_class)
        if limit is not None:
            at_most = _("At most %(max)s °C; with reserve up to %(reserve)s °C.")
            self.fields["temperature_c"].help_text = at_most % {
                "max": _degrees(limit.max_c),
                "reserve": _degrees(limit.refused_above_c),
            }
        expected = _("%(weight)s expected") % {"weight": format_kg(line.expected_grams)}
        self.fields["accepted_grams"].help_text = expected if line.expected_grams else _("Not announced")

    @property
    def asks_short_date(self) -> bool:
        """Tell whether the 48-hour question is shown: a short date is known, answered or refused."""
        if "short_date" in self.errors or self["short_date"].value():
            return True
        known = self.line
        short = rules.is_short(known.date_kind, known.expires_on, taken_on=self.dock.taken_on)
        return short and self.dock.is_gift

    def check(self) -> LineCheck:
        """Return what was found; an empty weight is nothing."""
        values = self.cleaned_data
        reason = values["short_date_reason"] or str(SHORT_DATE_REASON)
        return LineCheck(
            line_id=self.line.pk,
            accepted_grams=values["accepted_grams"] or 0,
            refused_grams=values["refused_grams"] or 0,
            refusal_reason=values["refusal_reason"],
            temperature_c=values["temperature_c"],
            date_kind=values["date_kind"],
            expires_on=values["expires_on"],
            supplier_lot=values["supplier_lot"],
            location=self.locations.get(values["location"]),
            short_date_reason=reason if values["short_date"] else "",
        )


def _degrees(value: Decimal) -> str:
    return display.number(value, decimals=0 if value == value.to_integral_value() else 1)


def _first_values(line: ReceiptLine) -> dict[str, Any]:
    """Return what the pick-up or the announcement says of a line."""
    return {
        "accepted_grams": line.expected_grams,
        "temperature_c": line.temperature_c,
        "date_kind": line.date_kind,
        "expires_on": line.expires_on,
        "supplier_lot": line.supplier_lot,
    }


class NoteForm(forms.Form):
    """What goes with the whole receipt."""

    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)


class ControlForms:
    """The control of a receipt: one form per line, a comment."""

    def __init__(self, receipt: GoodsReceipt, data: QueryDict | None = None, *, judged: bool = True) -> None:
        dock, locations = dock_of(receipt), locations_in_use(receipt.site)
        self.note = self._form(NoteForm, data, judged=judged)
        self.lines: list[CheckForm] = [
            self._form(
                CheckForm,
                data,
                judged=judged,
                prefix=f"line-{line.pk}",
                line=line,
                dock=dock,
                locations=locations,
            )
            for line in receipt.lines.all()
        ]

    def _form(
        self, form_class: type[Any], data: QueryDict | None, *, judged: bool, prefix: str = "", **known: Any
    ) -> Any:
        """Return a form bound to what was sent, or one that only shows it again."""
        if data is not None and judged:
            return form_class(data, label_suffix="", **known)
        kept = typed(data, prefix) if data is not None else {}
        return form_class(label_suffix="", **({"initial": kept} if kept else {}), **known)

    def is_valid(self) -> bool:
        """Tell whether everything typed can be read."""
        checked = [form.is_valid() for form in (self.note, *self.lines)]
        return all(checked)

    def checks(self) -> list[LineCheck]:
        """Return what was found of each line."""
        return [form.check() for form in self.lines]

    def refuse(self, error: DomainError) -> None:
        """Show every refusal at its field."""
        at_hand: Mapping[str, forms.BaseForm] = {str(form.prefix): form for form in self.lines}
        for refusal in error.refusals if isinstance(error, ControlFailed) else [error]:
            if not place_refusal(at_hand, refusal):
                add_refusal(self.note, refusal)

    @property
    def failed(self) -> list[forms.BaseForm]:
        """The forms with something to correct."""
        return [form for form in (self.note, *self.lines) if form.errors]


class CancelForm(forms.Form):
    """Why nothing is received."""

    reason = forms.CharField(label=_("Why?"), max_length=500)


class LimitForm(forms.Form):
    """This bank's limit for a temperature class."""

    max_c = CelsiusField(label=_("At most"))
    tolerance_c = CelsiusField(
        label=_("Tolerance"),
        min_value=0,
        max_value=9,
        help_text=_("Up to so many degrees above, goods are accepted with reserve."),
    )


class ReceiptFilter(FilterForm):
    """Filters of the list; the state is chosen by the tabs."""

    status = forms.ChoiceField(
        choices=[("", _("All")), *ReceiptStatus.choices], widget=forms.HiddenInput, label=_("State")
    )
    site = forms.ModelChoiceField(Site.objects.active(), label=_("Site"), empty_label=_("All"))
    supply_source = forms.ChoiceField(
        label=_("Supply source"), choices=[("", _("All")), *SupplySource.choices]
    )
