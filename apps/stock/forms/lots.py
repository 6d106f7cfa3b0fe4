"""Forms of the stock: filters, and what is typed to move, lose, count, block or reverse."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.catalogue.forms import QuantityField
from apps.catalogue.models import ProductFamily
from apps.donors.models import Campaign
from apps.kernel import clock
from apps.kernel.display import paper_date
from apps.kernel.folding import Fold
from apps.kernel.forms import (
    DayInput,
    FilterForm,
    KgField,
    OpKeyForm,
    StepperInput,
    add_refusal,
)
from apps.kernel.quantity import format_kg
from apps.sites.models import Location, Site
from apps.sites.selectors import active_locations, active_sites
from apps.sites.states import LocationPurpose, Programme
from apps.stock.errors import NoLabel, TooManyLabels
from apps.stock.models import Balance, Lot, Movement, Pallet
from apps.stock.rules import FROZEN, SOON_DAYS, last_allowed_day, zone_of
from apps.stock.selectors import (
    Held,
    LabelWeight,
    balances_of,
    expired,
    lots_put_away,
    place_meant,
    put_away_of_lot,
    to_inspect,
)
from apps.stock.services import LABELS_MOST, Checklist, NewPallets
from apps.stock.states import LabelPaper, LossDestination, LossReason, LotStatus, MovementKind

STATES = [
    ("", _("In stock")),
    ("soon", _("Leaves within 3 days")),
    ("expired", _("May no longer leave")),
    ("inspect", _("Past best before, to inspect")),
    (LotStatus.BLOCKED.value, LotStatus.BLOCKED.label),
    ("put_away", _("In an archived location")),
    ("used_up", _("Used up")),
]

SOMETHING_LEFT = Q(stock_grams__gt=0)


class SiteFilter(FilterForm):
    """One site, or all of them."""

    site = forms.ModelChoiceField(active_sites(), label=_("Site"), empty_label=_("All sites"))

    @property
    def chosen_site(self) -> Site | None:
        """The site to look at, ``None`` for all."""
        return self.cleaned_data.get("site") if self.is_valid() else None


class LotFilter(SiteFilter):
    """Filters of the lots; without a state, those with something left."""

    family = forms.ModelChoiceField(ProductFamily.objects.active(), label=_("Family"), empty_label=_("All"))
    zone = forms.ChoiceField(label=_("Temperature zone"), choices=[("", _("All")), *Location.Zone.choices])
    expires_before = forms.DateField(label=_("Expires before"), widget=DayInput())
    state = forms.ChoiceField(label=_("State"), choices=STATES)

    field_order = ("state", "site", "family", "zone", "expires_before")

    def narrow(self, records: QuerySet[Lot]) -> QuerySet[Lot]:
        """Keep the lots that match."""
        if not self.is_valid():
            return records.filter(SOMETHING_LEFT)
        wanted = self.cleaned_data
        if wanted["family"]:
            records = records.filter(family=wanted["family"])
        if wanted["expires_before"]:
            records = records.filter(expires_on__lt=wanted["expires_before"])
        if wanted["zone"]:
            records = records.filter(pk__in=_kept_in(wanted["zone"]))
        return _in_state(records, wanted["state"])


def _kept_in(zone: str) -> QuerySet[Lot, Any]:
    filled = Lot.objects.filter(accounts__location__zone=zone, accounts__balance__grams__gt=0)
    return filled.order_by().values("pk")


def _in_state(lots: QuerySet[Lot], state: str) -> QuerySet[Lot]:
    """Keep the lots in a state (``STATES``)."""
    if state == "used_up":
        return lots.filter(~SOMETHING_LEFT)
    until = clock.today() + dt.timedelta(days=SOON_DAYS)
    conditions = {
        "": Q(),
        "soon": Q(last_day__range=(clock.today(), until), status=LotStatus.AVAILABLE),
        "expired": expired(""),
        "inspect": to_inspect(""),
        LotStatus.BLOCKED.value: Q(status=LotStatus.BLOCKED),
        "put_away": Q(pk__in=lots_put_away()),
    }
    return lots.filter(conditions[state], SOMETHING_LEFT)


class ProgrammeFilter(FilterForm):
    """A public programme, one of its campaigns or all, and a period: the year under way by default."""

    programme = forms.ChoiceField(label=_("Programme"), choices=Programme.choices)
    campaign = forms.ChoiceField(label=_("Campaign"))
    since = forms.DateField(label=_("Since"), widget=DayInput())
    until = forms.DateField(label=_("Until"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["campaign"]
        if isinstance(field, forms.ChoiceField):
            known = Campaign.objects.order_by("-starts_on", "name").values_list("name", flat=True)
            field.choices = [("", _("All")), *((name, name) for name in dict.fromkeys(known))]

    def asked(self) -> dict[str, Any]:
        """Return what is asked for, with what was left open filled in."""
        typed = self.cleaned_data if self.is_valid() else {}
        today = clock.today()
        return {
            "programme": typed.get("programme") or Programme.FSE_PLUS.value,
            "campaign": typed.get("campaign") or None,
            "since": typed.get("since") or today.replace(month=1, day=1),
            "until": typed.get("until") or today,
        }


class MovementFilter(FilterForm):
    """Filters of the journal."""

    kind = forms.ChoiceField(label=_("Movement"), choices=[("", _("All")), *MovementKind.choices])
    since = forms.DateField(label=_("Since"), widget=DayInput())
    until = forms.DateField(label=_("Until"), widget=DayInput())

    def narrow(self, records: QuerySet[Movement]) -> QuerySet[Movement]:
        """Keep the movements of a kind and of a period, both days included."""
        if not self.is_valid():
            return records
        wanted = self.cleaned_data
        given = {
            "kind": wanted["kind"],
            "occurred_on__gte": wanted["since"],
            "occurred_on__lte": wanted["until"],
        }
        return records.filter(**{name: value for name, value in given.items() if value})


class ReasonForm(OpKeyForm):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class StatusForm(forms.Form):
    """Why a lot is blocked, or may leave again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class InspectForm(OpKeyForm):
    """The checklist of an inspection; everything that holds is ticked, and then until when it may leave."""

    packaging_intact = forms.BooleanField(
        label=_("Packaging intact: not open, not swollen, no rust"), required=False
    )
    storage_respected = forms.BooleanField(
        label=_("Stored and carried as the label asks, since it came"), required=False
    )
    freezing_checked = forms.BooleanField(label=_("Freezing date known and on the label"), required=False)
    senses_good = forms.BooleanField(
        label=_("One article opened: look, smell and taste as they should be"), required=False
    )
    traceable = forms.BooleanField(label=_("Donor, lot and date can be read"), required=False)
    life_suffices = forms.BooleanField(label=_("Enough life left for those who will eat it"), required=False)
    valid_until = forms.DateField(
        label=_("May leave until"),
        widget=DayInput(),
        required=False,
        help_text=_("When something is not ticked, the lot is blocked, to be thrown away."),
    )
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].initial = last_allowed_day(
            lot.date_kind, lot.expires_on, grace_days=lot.grace_days
        )
        if zone_of(lot.temperature_class) != FROZEN:
            del self.fields["freezing_checked"]

    def clean(self) -> dict[str, Any]:
        """Return what is typed as the service takes it; with nothing ticked nothing was looked at."""
        typed = self.cleaned_data
        names = ("packaging_intact", "storage_respected", "senses_good", "traceable", "life_suffices")
        found = {name: bool(typed.get(name)) for name in names}
        if not any(found.values()) and not typed.get("comment"):
            self.add_error("comment", _("Tick what is as it should be, or say here why nothing is."))
        checklist = Checklist(**found, freezing_checked=typed.get("freezing_checked"))
        others = {name: typed[name] for name in ("op_key", "valid_until", "comment") if name in typed}
        return {"checklist": checklist} | others


class ClearForm(OpKeyForm):
    """Which of the lots that may no longer leave go out of stock, each ticked by hand, and where to."""

    accounts = forms.TypedMultipleChoiceField(
        label=_("Lots to clear"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick each lot once you hold it in your hands."),
    )
    destination = forms.ChoiceField(label=_("Goes to"), choices=LossDestination.choices)

    def __init__(self, *args: Any, held: Iterable[Balance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["accounts"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(balance.pk, _balance_words(balance)) for balance in held]


def _balance_words(balance: Balance) -> str:
    lot, location = balance.account.lot, balance.account.location
    parts = (str(lot), str(location), format_kg(balance.grams), paper_date(lot.date_kind, lot.expires_on))
    return " · ".join(parts)


class UndoForm(forms.Form):
    """Which clearing is undone: the key of its form."""

    undo = forms.UUIDField()


class LotActForm(OpKeyForm):
    """Base of an act on part of a lot: where it is taken."""

    location = forms.ModelChoiceField(Location.objects.none(), label=_("Location"), empty_label=None)

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["location"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = self.locations(lot)
        quantity = self.fields.get("grams")
        if isinstance(quantity, QuantityField):
            quantity.pack(lot.product)

    def locations(self, lot: Lot) -> QuerySet[Location]:
        """Return the locations to choose from: where the lot is."""
        here = Location.objects.filter(account__lot=lot, account__balance__grams__gt=0)
        return here.select_related("site").order_by(Fold("site__name"), "code").distinct()


class MoveForm(LotActForm):
    """How much of a lot goes where."""

    to = forms.ModelChoiceField(active_locations(), label=_("To"), empty_label=_("Choose"))
    grams = QuantityField(label=_("Quantity"))
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)

    field_order = ("code", "location", "to", "grams", "comment")

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, lot=lot, **kwargs)
        if self.is_bound:
            return
        asked = str(self.initial.get("location", ""))
        free = [held for held in balances_of(lot) if held.on_hand_grams]
        held = next((each for each in free if str(each.location.pk) == asked), next(iter(free), None))
        if held is None:
            return
        self.fields["grams"].initial = held.on_hand_grams
        self.propose(lot, held)

    def propose(self, lot: Lot, held: Held) -> None:
        """Begin with the place where the goods are best put, and say why."""
        best = put_away_of_lot(lot, origin=held.location, grams=held.on_hand_grams)
        if best is not None:
            self.fields["to"].initial, self.fields["to"].help_text = best.location_id, best.why


class QuarantineForm(MoveForm):
    """How much of a lot is set aside, and why."""

    comment = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = self.fields["to"]
        assert isinstance(places, forms.ModelChoiceField)  # noqa: S101 - declared above
        places.queryset = active_locations().filter(purpose=LocationPurpose.QUARANTINE)

    def propose(self, lot: Lot, held: Held) -> None:
        """Propose nothing: where goods are set aside is chosen."""


class PalletMoveForm(MoveForm):
    """Where a pallet goes: the code on the label of the location, scanned or typed, else chosen."""

    code = forms.CharField(
        label=_("Code of the location"),
        max_length=200,
        required=False,
        help_text=_("Scan its label or type its code, or choose it below."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, pallet: Pallet, **kwargs: Any) -> None:
        super().__init__(*args, lot=pallet.lot, **kwargs)
        self.fields["to"].required = False
        held = self.fields["grams"].initial
        self.fields["grams"].initial = min(pallet.grams, held) if held else pallet.grams

    def clean(self) -> dict[str, Any]:
        """Let the code say where; without one, the choice does."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        code = typed.pop("code", "")
        if code:
            typed["to"] = place_meant(code)
            if typed["to"] is None:
                self.add_error("code", _("No location in use has this code."))
        elif typed.get("to") is None and "to" not in self.errors:
            self.add_error("code", _("Scan the label of a location, or choose one below."))
        return typed


class LoseForm(LotActForm):
    """How much of a lot is lost, why, and where it goes."""

    grams = QuantityField(label=_("Quantity"))
    reason = forms.ChoiceField(label=_("Reason"), choices=LossReason.choices)
    destination = forms.ChoiceField(label=_("Goes to"), choices=LossDestination.choices)
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)

    field_order = ("location", "grams", "reason", "destination", "comment")


MOST_UNITS = 99_999_999
"""What a GS1 symbol has digits for."""


class PaperForm(OpKeyForm):
    """What labels are printed on."""

    paper = forms.ChoiceField(
        label=_("Print on"), choices=LabelPaper.choices, initial=LabelPaper.A4, widget=forms.RadioSelect()
    )


class LotLabelForm(PaperForm):
    """How many pallets a lot fills, and how much they hold together."""

    pallet_count = forms.IntegerField(
        label=_("Number of pallets"), min_value=1, max_value=LABELS_MOST, initial=1, widget=StepperInput()
    )
    grams = KgField(label=_("Net weight, all pallets together"))
    unit_count = forms.IntegerField(
        label=_("Units, all pallets together"),
        required=False,
        min_value=1,
        max_value=MOST_UNITS,
        help_text=_("How many articles with this product’s bar code. Leave it empty when nobody counted."),
    )

    field_order = ("pallet_count", "grams", "unit_count", "paper")

    def __init__(self, *args: Any, weight: LabelWeight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["grams"]
        field.initial = weight.unlabelled_grams or weight.stock_grams
        field.help_text = _("%(stock)s are in stock, %(labelled)s of them have a label.") % {
            "stock": format_kg(weight.stock_grams),
            "labelled": format_kg(min(weight.labelled_grams, weight.stock_grams)),
        }

    def wanted(self, lot: Lot) -> NewPallets:
        """Return what is typed as the service takes it."""
        typed = self.cleaned_data
        return NewPallets(
            lot=lot, count=typed["pallet_count"], grams=typed["grams"], unit_count=typed["unit_count"]
        )


class ReceiptLabelForm(PaperForm):
    """How many pallets each lot of a receipt fills; the labels that are there can be printed again."""

    def __init__(
        self, *args: Any, lots: Sequence[Lot], weights: Mapping[UUID, LabelWeight], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lots = {f"pallet_count_{lot.pk.hex}": lot for lot in lots if weights[lot.pk].stock_grams}
        self.labelled = [pallet for lot in lots for pallet in lot.pallets.all()]
        for name, lot in self.lots.items():
            self.fields[name] = _count_field(lot, weights[lot.pk])
        if self.labelled:
            self.fields["again"] = forms.BooleanField(
                required=False,
                label=ngettext(
                    "Print the %(count)s label that is there again",
                    "Print the %(count)s labels that are there again",
                    len(self.labelled),
                )
                % {"count": len(self.labelled)},
            )
        self.order_fields([*self.lots, "again", "paper"])

    def clean(self) -> dict[str, Any]:
        """Refuse nothing at all, and more than one paper holds, at the first number."""
        typed = self.cleaned_data
        counts = {name: typed.get(name) or 0 for name in self.lots}
        total = sum(counts.values()) + len(self.again())
        if not self.errors and not 1 <= total <= LABELS_MOST:
            refusal = TooManyLabels(LABELS_MOST) if total else NoLabel()
            refusal.field = next((name for name, count in counts.items() if count), next(iter(counts), None))
            add_refusal(self, refusal)
        return typed

    def wanted(self) -> list[NewPallets]:
        """Return what is typed as the service takes it."""
        return [NewPallets(lot=lot, count=self.cleaned_data[name]) for name, lot in self.lots.items()]

    def again(self) -> list[Pallet]:
        """Return the pallets whose label is asked for once more."""
        return self.labelled if self.cleaned_data.get("again") else []


def _count_field(lot: Lot, weight: LabelWeight) -> forms.IntegerField:
    known = len(lot.pallets.all())
    said = ngettext(
        "%(stock)s in stock, %(count)s label so far", "%(stock)s in stock, %(count)s labels so far", known
    )
    return forms.IntegerField(
        label=str(lot),
        min_value=0,
        max_value=LABELS_MOST,
        initial=0 if known else 1,
        widget=StepperInput(),
        help_text=said % {"stock": format_kg(weight.stock_grams), "count": known},
    )
