"""Pages of what belongs to a site: storage locations, vehicles, opening slots."""

from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.pages import (
    Action,
    Column,
    FormPage,
    Kind,
    RecordAct,
    RecordArchive,
    RecordDetail,
    RecordEdit,
    RecordPage,
)
from apps.sites import services
from apps.sites.abilities import abilities
from apps.sites.forms import (
    LocationForm,
    NewLocationForm,
    NewOpeningSlotForm,
    NewVehicleForm,
    OpeningSlotForm,
    VehicleForm,
)
from apps.sites.models import Location, OpeningSlot, Site, Vehicle

P = TypeVar("P", bound=Location | Vehicle | OpeningSlot)


class AddToSite(RecordAct[Site]):
    """A form that adds something to a site and comes back to the site's sheet."""

    model = Site
    urls = "sites_site"
    abilities = staticmethod(abilities)
    verb = "edit"
    success = _("%(record)s: added.")

    def perform(self, form: forms.BaseForm) -> Any:
        """Call the service; returns what was added."""
        return self.service(self.request.actor, site=self.record, **form.cleaned_data)

    def success_url(self, record: Any) -> str:
        """Return the site's sheet."""
        return self.url("detail", self.record)


class PartPage(RecordPage[P]):
    """What the pages of a site's part share: the way back is the site's sheet."""

    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[P]:
        """Return the parts with their site."""
        return super().records().select_related("site")

    def url(self, page: str, record: P | None = None) -> str:
        """Return the address of a page; the site's sheet stands for the list."""
        if page == "list":
            return reverse("sites_site_detail", args=[self.record.site_id])
        return super().url(page, record)

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Render the page; the link back bears the site's name."""
        return super().page(status=status, template=template, list_label=self.record.site.name, **context)


class LocationPage(PartPage[Location]):
    """What the pages of a storage location share."""

    model = Location
    urls = "sites_location"


class LocationCreate(AddToSite):
    """Adds a storage location to a site."""

    form_class = NewLocationForm
    service = staticmethod(services.location_create)
    title = _("Add a storage location")


class LocationDetail(LocationPage, RecordDetail[Location]):
    """The sheet of a storage location."""

    fields = (
        Column(label=_("Site"), value="site.name"),
        Column(label=_("Temperature zone"), value="get_zone_display"),
        Column(label=_("Purpose"), value="get_purpose_display"),
        Column(label=_("Capacity"), value=lambda location: location.capacity_grams or None, kind=Kind.KG),
    )

    def actions(self, record: Location, allowed: Abilities) -> list[Action]:
        """Return the way to what lies there, beside changing it and putting it away."""
        lying = reverse("stock_place_detail", args=[record.pk])
        return [Action(label=_("What lies here"), url=lying, icon="boxes"), *super().actions(record, allowed)]


class LocationEdit(LocationPage, RecordEdit[Location]):
    """Changes a storage location."""

    form_class = LocationForm
    service = staticmethod(services.location_update)
    title = _("Change the storage location")


class LocationArchive(LocationPage, RecordArchive[Location]):
    """Puts a storage location away, or takes it out again."""

    service = staticmethod(services.location_archive)


class VehiclePage(PartPage[Vehicle]):
    """What the pages of a vehicle share."""

    model = Vehicle
    urls = "sites_vehicle"


class VehicleCreate(AddToSite):
    """Adds a vehicle to a site."""

    form_class = NewVehicleForm
    service = staticmethod(services.vehicle_create)
    verb = "edit_vehicles"
    title = _("Add a vehicle")


class VehicleDetail(VehiclePage, RecordDetail[Vehicle]):
    """The sheet of a vehicle."""

    fields = (
        Column(label=_("Site"), value="site.name"),
        Column(label=_("Number plate"), value="plate"),
        Column(label=_("Payload"), value="capacity_grams", kind=Kind.KG),
        Column(label=_("Refrigerated"), value="is_refrigerated", kind=Kind.YES_NO),
    )


class VehicleEdit(VehiclePage, RecordEdit[Vehicle]):
    """Changes a vehicle."""

    form_class = VehicleForm
    service = staticmethod(services.vehicle_update)
    title = _("Change the vehicle")


class VehicleArchive(VehiclePage, RecordArchive[Vehicle]):
    """Puts a vehicle away, or takes it out again."""

    service = staticmethod(services.vehicle_archive)


class SlotPage(PartPage[OpeningSlot], FormPage[OpeningSlot]):
    """What the pages of an opening slot share: they come back to the site's sheet."""

    model = OpeningSlot
    urls = "sites_slot"
    record_name = "slot"
    verb = "edit"

    def success_url(self, record: OpeningSlot) -> str:
        """Return the site's sheet."""
        return self.url("list")

    def back_url(self) -> str:
        """Return the site's sheet."""
        return self.url("list")


class SlotCreate(AddToSite):
    """Adds an opening slot to a site."""

    form_class = NewOpeningSlotForm
    service = staticmethod(services.opening_slot_create)
    title = _("Add an opening slot")


class SlotEdit(SlotPage, RecordEdit[OpeningSlot]):
    """Changes an opening slot."""

    form_class = OpeningSlotForm
    service = staticmethod(services.opening_slot_update)
    title = _("Change the opening slot")


class SlotRemove(SlotPage, RecordAct[OpeningSlot]):
    """Removes an opening slot."""

    form_class = forms.Form
    service = staticmethod(services.opening_slot_remove)
    title = _("Remove this opening slot?")
    submit = _("Remove")
    is_grave = True
    success = _("%(record)s: removed.")
