"""Pages of the bank: its delivery notes, the rates of the solidarity contribution."""

from dataclasses import replace

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.delivery.abilities import rate_abilities
from apps.delivery.forms import NoteFilter, RateFilter, RateForm
from apps.delivery.models import ContributionRate, DeliveryNote
from apps.delivery.services import rate_create, rate_update
from apps.delivery.views.notes import NotePage
from apps.kernel.abilities import Abilities
from apps.kernel.pages import Action, Column, Kind, RecordCreate, RecordDetail, RecordEdit, RecordList

NUMBER = Column(label=_("Number"), value="number", sort="number")
DELIVERED_ON = Column(label=_("Delivered on"), value="delivered_on", kind=Kind.DAY, sort="delivered_on")
GRAMS = Column(label=_("Weight"), value="grams", kind=Kind.KG, sort="grams")
CONTRIBUTION = Column(
    label=_("Solidarity contribution"),
    value="contribution_cents",
    kind=Kind.EUROS,
    sort="contribution_cents",
)


class NoteList(NotePage, RecordList[DeliveryNote]):
    """The delivery notes of the bank."""

    verb = "view"
    columns = (
        Column(label=_("Partner"), value="partner.name", sort="partner__name", note=NUMBER),
        replace(DELIVERED_ON, note=Column(label=_("Site"), value="picking_list.order.site.name")),
        Column(label=_("Order"), value="picking_list.order.number"),
        GRAMS,
        CONTRIBUTION,
        Column(label=_("Received by"), value="received_by"),
    )
    search_fields = ("number", "partner__name", "picking_list__order__number")
    filters = NoteFilter
    empty_text = _("No delivery note yet. Each handover writes one.")

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to the notes of a day on paper."""
        url = reverse("delivery_day_print")
        return [Action(label=_("Print the day’s notes"), url=url, icon="printer")]


class RatePage:
    """What the pages of the contribution rates share."""

    model = ContributionRate
    urls = "delivery_rate"
    record_name = "rate"
    abilities = staticmethod(rate_abilities)


def type_in_words(rate: ContributionRate) -> str:
    """Return the partner type a rate is for."""
    return rate.get_partner_type_display() or str(_("Every partner"))


def source_in_words(rate: ContributionRate) -> str:
    """Return the source a rate is for."""
    return rate.get_supply_source_display() or str(_("Every source"))


RATE_COLUMNS = (
    Column(label=_("Partner type"), value=type_in_words, sort="partner_type"),
    Column(label=_("Supply source"), value=source_in_words, sort="supply_source"),
    Column(label=_("Contribution per kg"), value="cents_per_kg", kind=Kind.EUROS, sort="cents_per_kg"),
    Column(label=_("Valid from"), value="starts_on", kind=Kind.DAY, sort="starts_on"),
)


class RateList(RatePage, RecordList[ContributionRate]):
    """The rates, the latest first."""

    columns = RATE_COLUMNS
    filters = RateFilter
    create_label = _("Set a rate")
    lead = _(
        "What a kilogram contributes to logistics. The rate that names the partner type wins, then the "
        "one that names the source, then the latest. European food and market withdrawals are always free."
    )
    empty_text = _("No rate yet: nothing is asked of partners.")

    def records(self) -> QuerySet[ContributionRate]:
        """Return every rate."""
        return ContributionRate.objects.all()


class RateDetail(RatePage, RecordDetail[ContributionRate]):
    """One rate and its history."""

    fields = RATE_COLUMNS


class RateCreate(RatePage, RecordCreate[ContributionRate]):
    """A new rate."""

    form_class = RateForm
    service = staticmethod(rate_create)
    title = _("Set a rate")


class RateEdit(RatePage, RecordEdit[ContributionRate]):
    """A rate put right; notes already written do not change."""

    form_class = RateForm
    service = staticmethod(rate_update)
    title = _("Change the rate")
    lead = _("Delivery notes already written keep their contribution.")
