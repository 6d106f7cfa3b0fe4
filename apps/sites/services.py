"""Writes to the sites: sites, storage locations, vehicles, opening slots.

``fields`` are those of the model; ``op_key`` is the key made with the form, so that a form sent twice
creates once. A wrong field raises ``ValidationError``, a missing right ``Forbidden``.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_archive, record_create_once, record_update, write_entry
from apps.kernel.models import new_id
from apps.sites.abilities import abilities
from apps.sites.errors import SiteArchived, SiteCodeFixed, SlotOverlaps
from apps.sites.models import Location, OpeningSlot, Site, Vehicle
from apps.sites.selectors import overlapping_slots


@transaction.atomic
def site_create(actor: Actor, *, op_key: UUID | None = None, **fields: Any) -> Site:
    """Open a site."""
    require(abilities(actor), "create")
    return record_create_once(actor, Site(id=op_key or new_id(), **fields))


@transaction.atomic
def site_update(actor: Actor, *, site: Site, **fields: Any) -> Site:
    """Change a site.

    Raises:
        SiteCodeFixed: figures and papers are kept under the code.
    """
    require(abilities(actor, site), "edit")
    if fields.get("code", site.code) != site.code:
        raise SiteCodeFixed
    record_update(actor, site, fields)
    return site


@transaction.atomic
def site_archive(actor: Actor, *, site: Site, archived: bool = True, reason: str = "") -> Site:
    """Put a site away, or take it out again; its locations and vehicles follow it in the choices."""
    require(abilities(actor, site), "archive")
    return record_archive(actor, site, archived=archived, reason=reason)


@transaction.atomic
def location_create(actor: Actor, *, site: Site, op_key: UUID | None = None, **fields: Any) -> Location:
    """Add a storage location to a site.

    Raises:
        SiteArchived: the site is put away.
    """
    require(abilities(actor, site), "edit")
    _refuse_archived(site)
    return record_create_once(actor, Location(id=op_key or new_id(), site=site, **fields))


@transaction.atomic
def location_update(actor: Actor, *, location: Location, **fields: Any) -> Location:
    """Change a storage location."""
    require(abilities(actor, location), "edit")
    record_update(actor, location, fields)
    return location


@transaction.atomic
def location_archive(
    actor: Actor, *, location: Location, archived: bool = True, reason: str = ""
) -> Location:
    """Put a storage location away, or take it out again."""
    require(abilities(actor, location), "archive")
    return record_archive(actor, location, archived=archived, reason=reason)


@transaction.atomic
def vehicle_create(actor: Actor, *, site: Site, op_key: UUID | None = None, **fields: Any) -> Vehicle:
    """Add a vehicle to a site.

    Raises:
        SiteArchived: the site is put away.
    """
    require(abilities(actor, site), "edit_vehicles")
    _refuse_archived(site)
    return record_create_once(actor, Vehicle(id=op_key or new_id(), site=site, **fields))


@transaction.atomic
def vehicle_update(actor: Actor, *, vehicle: Vehicle, **fields: Any) -> Vehicle:
    """Change a vehicle."""
    require(abilities(actor, vehicle), "edit")
    record_update(actor, vehicle, fields)
    return vehicle


@transaction.atomic
def vehicle_archive(actor: Actor, *, vehicle: Vehicle, archived: bool = True, reason: str = "") -> Vehicle:
    """Put a vehicle away, or take it out again."""
    require(abilities(actor, vehicle), "archive")
    return record_archive(actor, vehicle, archived=archived, reason=reason)


@transaction.atomic
def opening_slot_create(
    actor: Actor, *, site: Site, op_key: UUID | None = None, **fields: Any
) -> OpeningSlot:
    """Open a dock for a weekly period; the site's history tells it.

    Raises:
        SiteArchived: the site is put away.
        SlotOverlaps: the dock is already open then for the same purpose.
    """
    require(abilities(actor, site), "edit")
    _refuse_archived(site)
    slot = OpeningSlot(id=op_key or new_id(), site=site, **fields)
    _refuse_overlap(slot)
    if not OpeningSlot.objects.filter(pk=slot.pk).exists():
        write_entry(actor, site, "changed", changes={"opening_slots": [None, str(slot)]})
    return record_create_once(actor, slot)


@transaction.atomic
def opening_slot_update(actor: Actor, *, slot: OpeningSlot, **fields: Any) -> OpeningSlot:
    """Change a weekly period; the site's history tells it.

    Raises:
        SlotOverlaps: the dock is already open then for the same purpose.
    """
    require(abilities(actor, slot), "edit")
    before = str(slot)
    if record_update(actor, slot, fields):
        _refuse_overlap(slot)
        write_entry(actor, slot.site, "changed", changes={"opening_slots": [before, str(slot)]})
    return slot


@transaction.atomic
def opening_slot_remove(actor: Actor, *, slot: OpeningSlot) -> None:
    """Close a dock for a weekly period; doing it twice changes nothing."""
    require(abilities(actor, slot), "edit")
    deleted, _models = OpeningSlot.objects.filter(pk=slot.pk).delete()
    if deleted:
        write_entry(actor, slot.site, "changed", changes={"opening_slots": [str(slot), None]})


def _refuse_archived(site: Site) -> None:
    if site.is_archived:
        raise SiteArchived


def _refuse_overlap(slot: OpeningSlot) -> None:
    slot.clean_fields()
    slot.clean()
    other = overlapping_slots(slot).first()
    if other is not None:
        raise SlotOverlaps(other)
