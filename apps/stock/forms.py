"""Forms of the stock: filters, and what is typed to move, lose, count, block or reverse."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import ProductFamily
from apps.kernel import clock
from apps.kernel.forms import DayInput, FilterForm, KgField, OpKeyForm
from apps.sites.models import Location, Site
from apps.sites.selectors import active_locations, active_sites
from apps.stock.models import Lot, Movement
from apps.stock.rules import SOON_DAYS
from apps.stock.selectors import expired, lots_put_away
from apps.stock.states import LossDestination, LossReason, LotStatus, MovementKind

STATES = [
    ("", _("In stock")),
    ("soon", _("Leaves within 3 days")),
    ("expired", _("May no longer leave")),
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
        LotStatus.BLOCKED.value: Q(status=LotStatus.BLOCKED),
        "put_away": Q(pk__in=lots_put_away()),
    }
    return lots.filter(conditions[state], SOMETHING_LEFT)


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


class LotActForm(OpKeyForm):
    """Base of an act on part of a lot: where it is taken."""

    location = forms.ModelChoiceField(Location.objects.none(), label=_("Location"), empty_label=None)

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["location"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = self.locations(lot)

    def locations(self, lot: Lot) -> QuerySet[Location]:
        """Return the locations to choose from: where the lot is."""
        here = Location.objects.filter(account__lot=lot, account__balance__grams__gt=0)
        return here.select_related("site").order_by("site__name", "code").distinct()


class MoveForm(LotActForm):
    """How much of a lot goes where."""

    to = forms.ModelChoiceField(active_locations(), label=_("To"))
    grams = KgField(label=_("Weight"))
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)

    field_order = ("location", "to", "grams", "comment")


class LoseForm(LotActForm):
    """How much of a lot is lost, why, and where it goes."""

    grams = KgField(label=_("Weight"))
    reason = forms.ChoiceField(label=_("Reason"), choices=LossReason.choices)
    destination = forms.ChoiceField(label=_("Goes to"), choices=LossDestination.choices)
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)

    field_order = ("location", "grams", "reason", "destination", "comment")


class CountForm(LotActForm):
    """What was found at a location; a lot may turn up where the books had none of it."""

    counted_grams = KgField(
        label=_("Weight found"), allow_zero=True, help_text=_("Everything there, reserved goods included.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, initial=_("Stock count"))

    field_order = ("location", "counted_grams", "reason")

    def locations(self, lot: Lot) -> QuerySet[Location]:
        """Return every location in use."""
        return active_locations()
