"""Reads about the sites."""

from django.db.models import Count, F, Q, QuerySet

from apps.kernel.files import files_about
from apps.kernel.folding import Fold
from apps.kernel.models import StoredFile
from apps.kernel.scope import current_scope
from apps.sites.models import AddressedRecord, Letterhead, Location, OpeningSlot, Site, Vehicle


def active_sites() -> QuerySet[Site]:
    """Return the sites in use, by name."""
    return Site.objects.active()


def sites_with_counts() -> QuerySet[Site]:
    """Return the sites with ``location_count`` and ``vehicle_count``: those in use."""
    return Site.objects.annotate(
        location_count=Count("locations", Q(locations__archived_at__isnull=True), distinct=True),
        vehicle_count=Count("vehicles", Q(vehicles__archived_at__isnull=True), distinct=True),
    )


def active_locations(site: Site | None = None) -> QuerySet[Location]:
    """Return the storage locations in use, of one site or of all, with their site."""
    found = Location.objects.active().filter(site__archived_at__isnull=True).select_related("site")
    return found if site is None else found.filter(site=site)


def active_vehicles(site: Site | None = None) -> QuerySet[Vehicle]:
    """Return the vehicles in use, of one site or of all, with their site."""
    found = Vehicle.objects.active().filter(site__archived_at__isnull=True).select_related("site")
    return found if site is None else found.filter(site=site)


def locations_of(site: Site) -> QuerySet[Location]:
    """Return every storage location of a site, those put away last."""
    return site.locations.order_by(F("archived_at").asc(nulls_first=True), "code")


def vehicles_of(site: Site) -> QuerySet[Vehicle]:
    """Return every vehicle of a site, those put away last."""
    return site.vehicles.order_by(F("archived_at").asc(nulls_first=True), Fold("name"))


def overlapping_slots(slot: OpeningSlot) -> QuerySet[OpeningSlot]:
    """Return the other slots of the same dock, day and purpose that share hours with one."""
    return OpeningSlot.objects.filter(
        site=slot.site_id,
        weekday=slot.weekday,
        purpose=slot.purpose,
        opens_at__lt=slot.closes_at,
        closes_at__gt=slot.opens_at,
    ).exclude(pk=slot.pk)


def letterhead_now() -> Letterhead:
    """Return the letterhead of the open bank; one that was never written has the bank's name only."""
    return Letterhead.objects.first() or Letterhead(legal_name=current_scope().bank_name)


def logo_of(letterhead: Letterhead) -> StoredFile | None:
    """Return the logo in use, if there is one."""
    return files_about([letterhead]).first()


def legal_of(letterhead: Letterhead) -> dict[str, str]:
    """Return who the papers say the bank is before the law."""
    return {name: getattr(letterhead, name) for name in Letterhead.LEGAL}


def addressed(record: AddressedRecord) -> dict[str, str]:
    """Return name and address of a file, as a paper keeps them."""
    town = f"{record.postcode} {record.city}".strip()
    return {"name": str(record), "address": ", ".join(filter(None, [record.address, town]))}
