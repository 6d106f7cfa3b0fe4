"""Forms of receiving: an arrival at the door, the control of its lines, temperature limits."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.models import Campaign, Donor
from apps.donors.selectors import campaigns_open, may_be_put
from apps.donors.states import SupplySource
from apps.kernel import clock, display
from apps.kernel.codes import codes_in
from apps.kernel.errors import DomainError
from apps.kernel.forms import DayInput, FilterForm, KgField, OpKeyForm, StepperInput, add_refusal, field_for
from apps.kernel.models import StoredFile, new_id
from apps.kernel.quantity import format_kg
from apps.offers.forms import GoodsField, GoodsForm, LineForms, place_refusal, typed
from apps.offers.selectors import Goods
from apps.receiving import rules
from apps.receiving.errors import ControlFailed, NoCodeSeen
from apps.receiving.models import CollectionShop, Container, GoodsReceipt, NationalCollection, ReceiptLine
from apps.receiving.rules import Dock
from apps.receiving.selectors import dock_of, locations_for, locations_in_use, suggested_places
from apps.receiving.services import LineCheck, NewReceiptLine, SortedLine
from apps.receiving.states import ReceiptStatus
from apps.rounds.forms import CelsiusField, degrees_at_hand
from apps.rounds.states import RefusalReason
from apps.sites.models import Location, Site
from apps.sites.rules import Suggestion

COLLECTED_CLASS = TemperatureClass.AMBIENT.value
SHORT_DATE_REASON = _("It will be given out before its date")


class ArrivalForm(OpKeyForm):
    """Goods that come to the door: from whom, to which site, on what terms."""

    donor = forms.ModelChoiceField(
        Donor.objects.active(), label=_("Donor or supplier"), empty_label=_("Choose")
    )
    site = forms.ModelChoiceField(Site.objects.active(), label=_("Site"), empty_label=_("Choose"))
    supply_source = forms.ChoiceField(
        label=_("Supply source"),
        choices=[("", _("As in the donor's file")), *SupplySource.choices],
        required=False,
        help_text=_("It decides tax receipts and State reports, and cannot change once in stock."),
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=_("Campaign"),
        empty_label=_("None, or the only one open"),
        required=False,
        help_text=_("Of a public programme, if any."),
    )
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["campaign"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = campaigns_open(clock.today())

    def clean_campaign(self) -> str:
        """Return the name of the campaign, empty for none."""
        chosen = self.cleaned_data["campaign"]
        return chosen.name if chosen else ""


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


class PhotoInput(forms.FileInput):
    """Opens the camera of a telephone; what it takes is shrunk before it is sent, where scripts run."""

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*", "capture": "environment", "data-shrink": "1600"})


class PhotoForm(OpKeyForm):
    """A photograph of goods of a receipt."""

    line = forms.ModelChoiceField(ReceiptLine.objects.none(), label=_("Goods"), empty_label=None)
    photo = forms.FileField(label=_("Photograph"), widget=PhotoInput())

    def __init__(self, *args: Any, receipt: GoodsReceipt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = self.fields["line"]
        if isinstance(lines, forms.ModelChoiceField):
            lines.queryset = receipt.lines.all()


class ScanForm(GoodsForm):
    """A code on the goods: from a scanner that types, from a photograph, or its digits by hand.

    ``goods`` answers for a code that does not say what they are; ``keep_gtin`` writes it into the catalogue.
    """

    code = forms.CharField(
        label=_("Code on the goods"),
        max_length=400,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Scan it, or type the digits under the bars."),
    )
    photo = forms.FileField(
        label=_("Photograph of the code"),
        required=False,
        widget=PhotoInput(),
    )
    goods = GoodsField(label=_("What it is"), required=False)
    keep_gtin = forms.BooleanField(label=_("Keep this article number on the product"), required=False)

    field_order = ("code", "photo", "goods", "keep_gtin")

    def __init__(self, *args: Any, may_keep: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, prefix="scan", **kwargs)
        if not may_keep:
            del self.fields["keep_gtin"]

    def said(self) -> str:
        """Return what the code says: on the photograph if there is one, else what was typed.

        Raises:
            DomainError: the photograph shows no code, or is none.
        """
        photo = self.cleaned_data["photo"]
        if photo is None:
            return str(self.cleaned_data["code"])
        found = codes_in(photo.read())
        if not found:
            raise NoCodeSeen
        return max(found, key=lambda code: (code.is_gs1, len(code.text))).text


class CheckForm(forms.Form):
    """The control of one line: weights, °C, date, label, place; the rules say what is missing."""

    marks_optional = False

    accepted_grams = KgField(label=_("Weight accepted"), allow_zero=True, required=False)
    temperature_c = CelsiusField(label=_("Temperature"), required=False)
    refused_grams = KgField(label=_("Weight refused"), allow_zero=True, required=False)
    refusal_reason = forms.ChoiceField(
        label=_("Why it is refused"), choices=[("", _("Choose")), *RefusalReason.choices], required=False
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
    photo = forms.FileField(label=_("Photograph"), required=False, widget=PhotoInput())
    short_date = forms.BooleanField(label=SHORT_DATE_REASON, required=False)
    short_date_reason = forms.CharField(
        label=_("How it will be given out in time"), max_length=200, required=False
    )

    def __init__(
        self,
        *args: Any,
        line: ReceiptLine,
        dock: Dock,
        locations: Iterable[Location],
        best: Suggestion | None = None,
        **kwargs: Any,
    ) -> None:
        fit = locations_for(line.temperature_class, locations)
        fit = sorted(fit, key=lambda place: not may_be_put(line.receipt.supply_source, place))
        suits = [place.pk for place in fit if may_be_put(line.receipt.supply_source, place)]
        best = best if best and best.location_id in suits else None
        usual = best.location_id if best else fit[0].pk if fit else ""
        first = {**_first_values(line), "location": str(usual), **kwargs.pop("initial", {})}
        options = {"prefix": f"line-{line.pk}", "initial": first, "label_suffix": "", **kwargs}
        super().__init__(*args, **options)
        self.line, self.dock = line, dock
        self.photos: list[StoredFile] = []
        self.locations = {str(each.pk): each for each in fit}
        places = self.fields["location"]
        if isinstance(places, forms.ChoiceField):
            places.choices = [("", _("Choose")), *((key, str(each)) for key, each in self.locations.items())]
        places.help_text = best.why if best else ""
        limit = dock.limits.get(line.temperature_class)
        if limit is not None:
            at_most = _("At most %(max)s °C; with reserve up to %(reserve)s °C.")
            self.fields["temperature_c"].help_text = at_most % {
                "max": _degrees(limit.max_c),
                "reserve": _degrees(limit.refused_above_c),
            }
        expected = _("%(weight)s expected") % {"weight": format_kg(line.expected_grams)}
        self.degrees_at_hand = degrees_at_hand(line.temperature_class)
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
        best = suggested_places(receipt)
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
                best=best.get(line.pk),
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


SCALE_MOST_GRAMS = 3_000_000
"""What one turn of a pallet scale can show; more is a slip of the finger."""


class CollectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A national collection."""

    class Meta:
        model = NationalCollection
        fields = ("name", "starts_on", "ends_on", "site", "tolerance_percent")
        help_texts: ClassVar = {
            "tolerance_percent": _("How far sorting may pass what was weighed before a reason is asked."),
        }
        formfield_callback = field_for


class NewCollectionForm(OpKeyForm, CollectionForm):
    """A collection to prepare."""


class ShopForm(OpKeyForm, forms.ModelForm):  # type: ignore[type-arg]
    """A shop of a collection."""

    class Meta:
        model = CollectionShop
        fields = ("name", "city", "donor")
        help_texts: ClassVar = {"donor": _("When this shop also gives during the year.")}
        formfield_callback = field_for

    def clean_op_key(self) -> UUID:
        """Return the key of a new shop; a shop that exists keeps its own."""
        key: UUID = self.cleaned_data["op_key"] or new_id()
        return key if self.instance._state.adding else self.instance.pk


class ContainerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A container and what it weighs empty."""

    class Meta:
        model = Container
        fields = ("name", "tare_grams")
        formfield_callback = field_for


class NewContainerForm(OpKeyForm, ContainerForm):
    """A container to add."""


class WeighingForm(OpKeyForm):
    """What the scale shows, and what stands on it besides the goods."""

    scale_grams = KgField(label=_("Weight on the scale"), max_grams=SCALE_MOST_GRAMS)
    container = forms.ModelChoiceField(
        Container.objects.active(),
        label=_("In"),
        required=False,
        empty_label=_("Nothing to take off"),
        widget=forms.RadioSelect,
    )
    container_count = forms.IntegerField(
        label=_("How many of them"), min_value=1, max_value=500, initial=1, widget=StepperInput()
    )


class SortedLineForm(GoodsForm):
    """What sorting made of one family: kept and where, thrown away and why."""

    accepted_grams = KgField(label=_("Sorted"), allow_zero=True, required=False)
    expires_on = forms.DateField(
        label=_("Nearest date"), widget=DayInput(), required=False, help_text=_("Of a mix, the nearest.")
    )
    location = forms.ChoiceField(label=_("Put in"), required=False)
    refused_grams = KgField(label=_("Thrown away"), allow_zero=True, required=False)
    refusal_reason = forms.ChoiceField(
        label=_("Why it is thrown away"), choices=[("", _("Choose")), *RefusalReason.choices], required=False
    )

    def __init__(self, *args: Any, locations: Iterable[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line_id = new_id()
        self.locations = {str(each.pk): each for each in locations}
        places = self.fields["location"]
        if isinstance(places, forms.ChoiceField):
            places.choices = [("", _("Choose")), *((key, str(each)) for key, each in self.locations.items())]
            places.initial = next(iter(self.locations), "")

    def line(self) -> SortedLine:
        """Return the line of the receipt to come."""
        values, goods = self.cleaned_data, self.cleaned_data["goods"]
        return SortedLine(
            line_id=self.line_id,
            product=goods.product,
            family=goods.family,
            accepted_grams=values["accepted_grams"] or 0,
            refused_grams=values["refused_grams"] or 0,
            refusal_reason=values["refusal_reason"],
            expires_on=values["expires_on"],
            location=self.locations.get(values["location"]),
        )


class SortedForms(LineForms[SortedLineForm]):
    """One form per family that was sorted, with the dry places of the site that no programme keeps."""

    def __init__(self, site: Site, data: QueryDict | None = None) -> None:
        dry = locations_for(COLLECTED_CLASS, locations_in_use(site))
        self.places = [place for place in dry if may_be_put(SupplySource.NATIONAL_COLLECTION, place)]
        super().__init__(SortedLineForm, data)

    def _make(self, n: int, **kwargs: Any) -> SortedLineForm:
        return super()._make(n, locations=self.places, **kwargs)


class SortingForm(OpKeyForm):
    """What goes with everything that was sorted."""

    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)
