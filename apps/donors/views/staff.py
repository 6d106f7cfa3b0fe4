"""Pages of the donors: the list, and each donor's file."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.donors import services
from apps.donors.abilities import abilities
from apps.donors.forms import DonorFilter, DonorForm, NewDonorForm
from apps.donors.models import Donor
from apps.donors.rules import must_propose_convention
from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    RecordArchive,
    RecordCreate,
    RecordDetail,
    RecordEdit,
    RecordList,
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
    )
    search_fields = ("name", "code", "city", "siret", "contact_name", "department")
    filters = DonorFilter
    create_label = _("Add a donor")
    lead = _("Shops, farms, makers and kitchens: who gives or sells.")
    empty_text = _("No donor yet. Add the shops where your rounds stop.")


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

    def actions(self, record: Donor, allowed: Abilities) -> list[Action]:
        """Return the way to the donor's offers, for the bank's people, and what may be done to the file."""
        buttons = super().actions(record, allowed)
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
