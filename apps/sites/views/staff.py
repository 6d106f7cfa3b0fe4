"""Pages of the sites: the list, a site's sheet, its locations, vehicles and opening slots."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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
from apps.sites import services
from apps.sites.abilities import abilities
from apps.sites.forms import NewSiteForm, SiteFilter, SiteForm
from apps.sites.models import Location, OpeningSlot, Site, Vehicle
from apps.sites.selectors import locations_of, sites_with_counts, vehicles_of


def _state(part: Location | Vehicle) -> Chip:
    return Chip(_("Archived")) if part.is_archived else Chip(_("In use"), Tone.OK)


STATE = Column(label=_("State"), value=_state)
LOCATION_COLUMNS = (
    Column(label=_("Storage location"), value=str),
    Column(label=_("Zone"), value="get_zone_display"),
    Column(
        label=_("Purpose"),
        value="get_purpose_display",
        note=Column(label=_("Reserved for a programme"), value="get_programme_display"),
    ),
    Column(label=_("Capacity"), value=lambda location: location.capacity_grams or None, kind=Kind.KG),
    STATE,
)
VEHICLE_COLUMNS = (
    Column(label=_("Vehicle"), value="name"),
    Column(label=_("Number plate"), value="plate"),
    Column(label=_("Payload"), value="capacity_grams", kind=Kind.KG),
    Column(label=_("Refrigerated"), value="is_refrigerated", kind=Kind.YES_NO),
    STATE,
)
SLOT_COLUMNS = (
    Column(label=_("Opening slot"), value=str),
    Column(label=_("Purpose"), value="get_purpose_display"),
)


class SitePage:
    """What the pages of a site share."""

    model = Site
    urls = "sites_site"
    abilities = staticmethod(abilities)


class SiteList(SitePage, RecordList[Site]):
    """The sites of the bank."""

    columns = (
        Column(label=_("Name"), value="name", sort="name"),
        Column(label=_("Code"), value="code", sort="code"),
        Column(label=_("Kind"), value="get_kind_display", sort="kind"),
        Column(label=_("Town"), value="city", sort="city"),
        Column(label=_("Locations"), value="location_count", kind=Kind.NUMBER, sort="location_count"),
        Column(label=_("Vehicles"), value="vehicle_count", kind=Kind.NUMBER, sort="vehicle_count"),
    )
    search_fields = ("name", "code", "city", "address")
    filters = SiteFilter
    create_label = _("Add a site")
    lead = _("Warehouses, antennas and depots: where goods are.")
    empty_text = _("No site yet. Add the warehouse first: goods need a place.")

    def records(self) -> QuerySet[Site]:
        """Return the sites with what they hold."""
        return sites_with_counts()


class SiteDetail(SitePage, RecordDetail[Site]):
    """A site's sheet, from which its locations, vehicles and slots are kept."""

    fields = (
        Column(label=_("Code"), value="code"),
        Column(label=_("Kind"), value="get_kind_display"),
        Column(label=_("Address"), value="address"),
        Column(label=_("Town"), value=lambda site: f"{site.postcode} {site.city}".strip()),
        Column(label=_("Department"), value="department"),
        Column(label=_("Telephone"), value="phone"),
    )

    def panels(self, record: Site) -> list[Panel]:
        """Return the tables of locations, vehicles and opening slots."""
        return [
            table_panel(
                _("Storage locations"),
                columns=LOCATION_COLUMNS,
                records=locations_of(record),
                url_of=lambda location: reverse("sites_location_detail", args=[location.pk]),
                empty=_("No storage location yet. Goods are put in one when they arrive."),
                actions=self._add("edit", "sites_location_create", _("Add a storage location")),
            ),
            table_panel(
                _("Vehicles"),
                columns=VEHICLE_COLUMNS,
                records=vehicles_of(record),
                url_of=lambda vehicle: reverse("sites_vehicle_detail", args=[vehicle.pk]),
                empty=_("No vehicle yet. A round needs one."),
                actions=self._add("edit_vehicles", "sites_vehicle_create", _("Add a vehicle")),
            ),
            table_panel(
                _("Opening slots"),
                columns=SLOT_COLUMNS,
                records=record.opening_slots.all(),
                url_of=self._slot_url if "edit" in self.allowed else None,
                acts_of=self._slot_acts if "edit" in self.allowed else None,
                empty=_("No slot yet. Partners and carriers need to know when the dock is open."),
                actions=self._add("edit", "sites_slot_create", _("Add an opening slot")),
            ),
        ]

    def _slot_url(self, slot: OpeningSlot) -> str:
        return reverse("sites_slot_edit", args=[slot.pk])

    def _slot_acts(self, slot: OpeningSlot) -> list[Action]:
        return [Action(label=_("Remove"), url=reverse("sites_slot_remove", args=[slot.pk]), asks=True)]

    def _add(self, verb: str, url_name: str, label: Text) -> list[Action]:
        if verb not in self.allowed or self.record.is_archived:
            return []
        return [Action(label=label, url=reverse(url_name, args=[self.record.pk]), icon="plus")]


class SiteCreate(SitePage, RecordCreate[Site]):
    """Opens a site."""

    form_class = NewSiteForm
    service = staticmethod(services.site_create)
    title = _("Add a site")


class SiteEdit(SitePage, RecordEdit[Site]):
    """Changes a site."""

    form_class = SiteForm
    service = staticmethod(services.site_update)
    title = _("Change the site")


class SiteArchive(SitePage, RecordArchive[Site]):
    """Puts a site away, or takes it out again."""

    service = staticmethod(services.site_archive)
