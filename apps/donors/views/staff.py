"""Pages of the donors: the list, and each donor's file."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.donors import services
from apps.donors.abilities import abilities
from apps.donors.forms import DonorFilter, DonorForm, NewDonorForm
from apps.donors.models import Donor
from apps.donors.rules import Trend, must_propose_convention
from apps.donors.selectors import MonthOfQuality, donors_with_quality, quality_of
from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.errors import Text
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordArchive,
    RecordCreate,
    RecordDetail,
    RecordEdit,
    RecordList,
    table_panel,
)


def convention_chip(donor: Donor) -> Chip:
    """Return where the convention stands today, in words."""
    if donor.has_convention(clock.today()):
        return Chip(_("In force"), Tone.OK)
    if donor.convention_until is not None:
        return Chip(_("Ended"), Tone.WARN)
    if must_propose_convention(donor.sales_area_m2):
        return Chip(_("None, though the law asks for one"), Tone.WARN)
    return Chip(_("None"))


TRENDS: Mapping[Trend, Text] = {
    Trend.BETTER: _("Better in the last three months than before."),
    Trend.WORSE: _("Worse in the last three months than before."),
    Trend.STEADY: _("As in the months before."),
}
UNFIT: Mapping[str, Text] = {
    "temperature": _("Refused: temperature"),
    "date_passed": _("Refused: date passed"),
    "damaged": _("Refused: damaged"),
    "label": _("Refused: label missing"),
    "pests": _("Refused: pests"),
    "not_edible": _("Refused: not edible"),
    "other": _("Refused: other"),
    "sorting": _("Lost at sorting"),
}
"""Why goods were unfit: the reasons of a refusal at the dock, and the loss at sorting."""


def _months(months: Iterable[MonthOfQuality]) -> dict[str, Any]:
    """Return the table of the months."""
    columns = (
        Column(label=_("Month"), value=lambda each: date_format(each.first_day, "YEAR_MONTH_FORMAT")),
        Column(label=_("Brought"), value="quality.brought_grams", kind=Kind.KG),
        Column(label=_("Refused at the dock"), value="quality.refused_grams", kind=Kind.KG),
        Column(label=_("Lost at sorting"), value="quality.lost_grams", kind=Kind.KG),
        Column(label=_("Fit to give out"), value="quality.fit_share", kind=Kind.PERCENT),
    )
    empty = _("Nothing was brought in twelve months.")
    return table_panel(_("Month by month"), columns=columns, records=months, empty=empty).context


class DonorPage:
    """What the pages of a donor share."""

    model = Donor
    urls = "donors_donor"
    abilities = staticmethod(abilities)


CODE = Column(label=_("Code"), value="code", sort="code")
SOURCE = Column(label=_("Supply source"), value="get_supply_source_display", sort="supply_source")
DEPARTMENT = Column(label=_("Department"), value="department", sort="department", named=True)


class DonorList(DonorPage, RecordList[Donor]):
    """The donors of the bank."""

    columns = (
        Column(label=_("Name"), value="name", sort="name", note=CODE),
        Column(label=_("Kind"), value="get_kind_display", sort="kind", note=SOURCE),
        Column(label=_("Town"), value="city", sort="city", note=DEPARTMENT),
        Column(label=_("Telephone"), value="phone"),
        Column(label=_("Convention"), value=convention_chip),
        Column(label=_("Fit to give out"), value="fit_share", kind=Kind.PERCENT, sort="fit_share"),
    )
    search_fields = ("name", "code", "city", "siret", "contact_name", "department")
    filters = DonorFilter
    create_label = _("Add a donor")
    lead = _("Shops, farms, makers and kitchens: who gives or sells.")
    empty_text = _("No donor yet. Add the shops where your rounds stop.")

    def records(self) -> QuerySet[Donor]:
        """Return the donors with the quality of what they brought in twelve months."""
        return donors_with_quality()


class DonorDetail(DonorPage, RecordDetail[Donor]):
    """A donor's file."""

    fields = (
        Column(label=_("Code"), value="code"),
        Column(label=_("Kind"), value="get_kind_display"),
        Column(label=_("Supply source"), value="get_supply_source_display"),
        Column(label=_("SIRET"), value="siret"),
        Column(label=_("Sales area (m²)"), value="sales_area_m2", kind=Kind.NUMBER),
        Column(label=_("Contact"), value="contact_name"),
        Column(label=_("Telephone"), value="phone"),
        Column(label=_("E-mail"), value="email"),
        Column(label=_("Address"), value="address"),
        Column(label=_("Town"), value=lambda donor: f"{donor.postcode} {donor.city}".strip()),
        Column(label=_("Department"), value="department"),
        Column(label=_("Convention"), value=convention_chip),
        Column(label=_("Convention from"), value="convention_from", kind=Kind.DAY),
        Column(label=_("Convention until"), value="convention_until", kind=Kind.DAY),
        Column(label=_("Notes"), value="notes"),
    )

    def panels(self, record: Donor) -> list[Panel]:
        """Return the quality of what the donor brings, to the bank's people."""
        if "history" not in self.allowed:
            return []
        quality = quality_of(record)
        shown = {
            "quality": quality,
            "trend": TRENDS.get(quality.trend) if quality.trend else "",
            "months": _months(quality.months),
            "reasons": [(UNFIT.get(each.reason, each.reason), each.grams) for each in quality.reasons],
        }
        return [Panel(title=_("Quality of what it brings"), template="donors/quality.html", context=shown)]

    def actions(self, record: Donor, allowed: Abilities) -> list[Action]:
        """Return the way to the donor's offers, for the bank's people, and what may be done to the file."""
        buttons = super().actions(record, allowed)
        if "edit" in allowed:
            link = reverse("network_donor_link", args=[record.pk])
            buttons.insert(0, Action(label=_("Declaration link"), url=link, icon="link"))
        if "history" in allowed:
            offers = f"{reverse('offers_offer_list')}?donor={record.pk}"
            buttons.insert(0, Action(label=_("Offers"), url=offers, icon="gift"))
        return buttons


class DonorCreate(DonorPage, RecordCreate[Donor]):
    """Opens a donor's file."""

    form_class = NewDonorForm
    service = staticmethod(services.donor_create)
    title = _("Add a donor")


class DonorEdit(DonorPage, RecordEdit[Donor]):
    """Changes a donor's file."""

    form_class = DonorForm
    service = staticmethod(services.donor_update)
    title = _("Change the donor")


class DonorArchive(DonorPage, RecordArchive[Donor]):
    """Puts a donor's file away, or takes it out again."""

    service = staticmethod(services.donor_archive)
