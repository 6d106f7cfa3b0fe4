"""Writes to the sites: sites, storage locations, vehicles, opening slots, the letterhead.

``fields`` are those of the model; ``op_key`` is the key made with the form, so that a form sent twice
creates once. A wrong field raises ``ValidationError``, a missing right ``Forbidden``.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction

from apps.kernel.abilities import Actor, require, verbs
from apps.kernel.facts import emit
from apps.kernel.files import file_archive, file_store
from apps.kernel.history import (
    part_removed,
    record_archive,
    record_create_once,
    record_update,
    write_entry,
)
from apps.kernel.models import new_id
from apps.kernel.pictures import png_anew
from apps.sites.abilities import abilities, letterhead_abilities
from apps.sites.errors import LetterheadFollows, SiteArchived, SiteCodeFixed, SlotOverlaps
from apps.sites.facts import LetterheadChanged
from apps.sites.models import Letterhead, Location, OpeningSlot, Site, Vehicle
from apps.sites.selectors import legal_of, letterhead_now, logo_of, overlapping_slots

LOGO_SIDE_MOST: Final = 600
"""Pixels of the longer side of a logo: 300 dots per inch at five centimetres."""


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
    return record_create_once(actor, slot, parent=(site, "opening_slots"))


@transaction.atomic
def opening_slot_update(actor: Actor, *, slot: OpeningSlot, **fields: Any) -> OpeningSlot:
    """Change a weekly period; the site's history tells it.

    Raises:
        SlotOverlaps: the dock is already open then for the same purpose.
    """
    require(abilities(actor, slot), "edit")
    if record_update(actor, slot, fields, parent=(slot.site, "opening_slots")):
        _refuse_overlap(slot)
    return slot


@transaction.atomic
def opening_slot_remove(actor: Actor, *, slot: OpeningSlot) -> None:
    """Close a dock for a weekly period; doing it twice changes nothing."""
    require(abilities(actor, slot), "edit")
    part_removed(actor, slot, (slot.site, "opening_slots"))


def _refuse_archived(site: Site) -> None:
    if site.is_archived:
        raise SiteArchived


def _refuse_overlap(slot: OpeningSlot) -> None:
    slot.clean_fields()
    slot.clean()
    other = overlapping_slots(slot).first()
    if other is not None:
        raise SlotOverlaps(other)


@transaction.atomic
def letterhead_open(actor: Actor, *, issued_for: str = "", **fields: Any) -> Letterhead:
    """Write the first letterhead of a bank, from what the register knows; one that is there stays."""
    require(verbs("open", when=actor.is_software), "open")
    return Letterhead.objects.first() or record_create_once(
        actor, Letterhead(issued_for=issued_for, **fields)
    )


@transaction.atomic
def letterhead_update(
    actor: Actor,
    *,
    logo: "File[Any] | None" = None,
    remove_logo: bool = False,
    op_key: UUID | None = None,
    **fields: Any,
) -> Letterhead:
    """Change how the papers of the bank look, and who they say it is; its antennas follow.

    Raises:
        LetterheadFollows: an antenna issues papers in its bank's name, which only that bank changes.
        PictureRefused: the logo is no picture, or too large.
    """
    letterhead = letterhead_now()
    require(letterhead_abilities(actor, letterhead), "edit")
    before = legal_of(letterhead)
    if letterhead.issued_for and any(fields.get(name, text) != text for name, text in before.items()):
        raise LetterheadFollows(letterhead.issued_for)
    if letterhead._state.adding:
        record_create_once(actor, Letterhead(id=op_key or new_id(), **{**before, **fields}))
        letterhead = letterhead_now()
    else:
        record_update(actor, letterhead, fields)
    _keep_logo(actor, letterhead, logo=logo, remove=remove_logo, op_key=op_key)
    if legal_of(letterhead) != before:
        emit(LetterheadChanged(**legal_of(letterhead)))
    return letterhead


@transaction.atomic
def letterhead_follow(actor: Actor, *, legal: Mapping[str, str]) -> None:
    """Bring the legal identity of an antenna in step with the bank in whose name it issues papers."""
    require(verbs("follow", when=actor.is_software), "follow")
    letterhead = Letterhead.objects.exclude(issued_for="").first()
    if letterhead is not None:
        record_update(actor, letterhead, {**legal, "issued_for": legal["legal_name"]})


def _keep_logo(
    actor: Actor, letterhead: Letterhead, *, logo: "File[Any] | None", remove: bool, op_key: UUID | None
) -> None:
    """Keep a new logo, written anew as a small picture, in the place of the old one."""
    if logo is None and not remove:
        return
    old = logo_of(letterhead)
    if old is not None and old.pk == op_key:
        return
    if old is not None:
        file_archive(actor, file=old)
    if logo is None:
        write_entry(actor, letterhead, "logo_removed")
        return
    content = ContentFile(png_anew(logo.read(), side_most=LOGO_SIDE_MOST, field="logo"))
    file_store(actor, record=letterhead, content=content, name="logo.png", op_key=op_key)
    write_entry(actor, letterhead, "logo_changed")
