"""Goods are counted while orders go on: a count is compared with the books of its own instant.

The lot is locked, the books are read, and both stand in the entry: whatever moved before or moves after,
the difference stays what it was. It is posted as a movement, at once or when a second person approves.
"""

from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from apps.catalogue.models import ProductFamily
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.changes import part_of
from apps.kernel.history import made_once, record_create, record_save, record_update, write_entry
from apps.kernel.models import new_id
from apps.kernel.numbering import next_number
from apps.sites.models import Location, Site
from apps.stock import errors, ledger, rules
from apps.stock.abilities import abilities
from apps.stock.ledger import Document, Leg, on_hand, post
from apps.stock.locks import lock_lots, lock_sheet, retrying
from apps.stock.models import CountEntry, CountLimits, CountLine, CountSheet, Lot
from apps.stock.selectors import PENDING, grams_at, limits_now, places_to_count
from apps.stock.states import EntryStatus, MovementKind, SheetStatus


def sheet_open(
    actor: Actor,
    *,
    op_key: UUID,
    site: Site,
    locations: Sequence[Location] = (),
    family: ProductFamily | None = None,
    is_blind: bool = False,
) -> CountSheet:
    """Open a sheet over what the books hold at some locations of a site, or at all, of a family, or of all.

    The same key again returns the first one.

    Raises:
        NothingToCount: the books hold nothing there, and no location was named.
    """
    require(abilities(actor), "open_count")
    sheet = CountSheet(
        id=op_key,
        site=site,
        location_codes=[location.code for location in locations],
        family=family,
        is_blind=is_blind,
        opened_by_label=actor.label[:200],
    )
    known = CountSheet.objects.filter(pk=op_key)
    return made_once(known.first, partial(_open, actor, sheet, locations))


def _open(actor: Actor, sheet: CountSheet, locations: Sequence[Location]) -> CountSheet:
    """Number a sheet and write it with a line for each lot at a location."""
    places = places_to_count(sheet.site, locations=locations, family=sheet.family)
    if not places and not locations:
        raise errors.NothingToCount
    sheet.number = next_number("INV")
    record_create(actor, sheet)
    CountLine.objects.bulk_create(
        CountLine(sheet=sheet, position=position, lot_id=lot_id, location_id=location_id)
        for position, (lot_id, location_id) in enumerate(places, 1)
    )
    return sheet


@retrying
@transaction.atomic
def stock_count(
    actor: Actor,
    *,
    op_key: UUID,
    lot: Lot,
    location: Location,
    counted_grams: int,
    tare_grams: int = 0,
    reason: str = "",
    sheet: CountSheet | None = None,
) -> CountEntry:
    """Record what was found of a lot at a location, reserved goods included, beside what the books hold now.

    A small difference is posted at once, a large one waits for a second person. What is missing is taken
    from the free goods; what of it is promised to orders stays to be settled with them. An earlier count
    that still waits is replaced.

    Raises:
        SheetClosed: the sheet is closed.
        LotElsewhere: the location belongs to another site than the sheet.
    """
    require(abilities(actor, lot), "count")
    current = lock_sheet(sheet.pk) if sheet else None
    locked = lock_lots([lot.pk])[lot.pk]
    first = CountEntry.objects.filter(pk=op_key).first()
    if first is not None:
        return first
    line_of = _line_of(current, lot, location) if current else None
    held = grams_at(locked, location)
    CountEntry.objects.filter(PENDING, lot=locked, location=location).update(
        status=EntryStatus.REPLACED, unsettled_grams=0, updated_at=clock.now()
    )
    entry = CountEntry(
        id=op_key,
        line=line_of,
        lot=locked,
        location=location,
        counted_grams=counted_grams,
        tare_grams=tare_grams,
        on_hand_grams=held.on_hand_grams,
        reserved_grams=held.reserved_grams,
        counted_by_id=actor.id,
        counted_by_label=actor.label[:200],
        reason=reason[:200],
    )
    changes = {"locations": part_of(location, {"grams": [held.grams, counted_grams]})}
    write_entry(actor, locked, "counted", changes=changes, reason=reason, entry_id=op_key)
    entry.status = _first_status(actor, entry)
    if entry.status == EntryStatus.POSTED:
        _post(actor, entry)
    entry.save(force_insert=True)
    return entry


def _line_of(sheet: CountSheet, lot: Lot, location: Location) -> CountLine:
    """Return the line of a lot on an open sheet (it is locked), added when it was not expected there."""
    if sheet.status == SheetStatus.CLOSED:
        raise errors.SheetClosed(sheet.number)
    if location.site_id != sheet.site_id:
        raise errors.LotElsewhere(sheet.site.name)
    line = sheet.lines.filter(lot=lot, location=location).first()
    if line is not None:
        return line
    last = sheet.lines.aggregate(last=Max("position"))["last"] or 0
    return CountLine.objects.create(
        sheet=sheet, position=last + 1, lot=lot, location=location, is_listed=False
    )


def _first_status(actor: Actor, entry: CountEntry) -> EntryStatus:
    if entry.difference_grams == 0:
        return EntryStatus.MATCHED
    limits = limits_now()
    waits = rules.needs_approval(
        entry.difference_grams,
        entry.book_grams,
        grams_limit=limits.limit_grams,
        percent_limit=limits.limit_percent,
    )
    return EntryStatus.WAITING if waits and not actor.is_software else EntryStatus.POSTED


def _post(actor: Actor, entry: CountEntry) -> None:
    """Bring the difference of a count into the books, as far as free goods go (its lot is locked)."""
    free = grams_at(entry.lot, entry.location).on_hand_grams
    posted, entry.unsettled_grams = rules.settled(entry.difference_grams, free)
    _move(actor, entry, posted, op_key=entry.pk)


def _move(actor: Actor, entry: CountEntry, grams: int, *, op_key: UUID) -> None:
    """Post grams found (above zero) or missing, on the day they were counted."""
    entry.posted_grams += grams
    if grams == 0:
        return
    here = on_hand(entry.location)
    source, destination = (ledger.COUNTED, here) if grams > 0 else (here, ledger.COUNTED)
    leg = Leg(
        kind=MovementKind.COUNT,
        lot=entry.lot,
        source=source,
        destination=destination,
        grams=abs(grams),
        reason=entry.reason,
    )
    sheet = entry.line.sheet if entry.line else None
    document = Document("count", sheet.pk, sheet.number) if sheet else None
    post(actor, op_key=op_key, legs=[leg], document=document, occurred_on=clock.day_of(entry.counted_at))


@retrying
@transaction.atomic
def count_approve(actor: Actor, *, entry: CountEntry, reason: str = "") -> CountEntry:
    """Approve a difference that waits: it is posted as it was at the instant of the count.

    Raises:
        CounterApproves: the same person counted.
        CountDecided: it no longer waits.
    """
    require(abilities(actor, entry), "approve_count")
    current = _locked(entry)
    if current.status == EntryStatus.POSTED:
        return current
    _require_waiting(actor, current)
    _decided(actor, current, EntryStatus.POSTED, reason)
    _post(actor, current)
    current.save()
    return current


@retrying
@transaction.atomic
def count_refuse(actor: Actor, *, entry: CountEntry, reason: str) -> CountEntry:
    """Refuse a difference that waits: the lot is to be counted again, the books stay as they are.

    Raises:
        CounterApproves: the same person counted; who erred counts again.
        CountDecided: it no longer waits.
    """
    require(abilities(actor, entry), "approve_count")
    current = _locked(entry)
    if current.status == EntryStatus.REFUSED:
        return current
    _require_waiting(actor, current)
    _decided(actor, current, EntryStatus.REFUSED, reason)
    current.save()
    return current


def _locked(entry: CountEntry) -> CountEntry:
    """Lock the lot of a count, then read the count."""
    lock_lots([entry.lot_id])
    return CountEntry.objects.select_related("lot", "location__site", "line__sheet").get(pk=entry.pk)


def _require_waiting(actor: Actor, entry: CountEntry) -> None:
    if entry.status != EntryStatus.WAITING:
        raise errors.CountDecided
    if actor.id is not None and actor.id == entry.counted_by_id:
        raise errors.CounterApproves


def _decided(actor: Actor, entry: CountEntry, status: EntryStatus, reason: str) -> None:
    entry.status = status
    entry.decided_by_label, entry.decided_at = actor.label[:200], clock.now()
    entry.decision_reason, entry.updated_at = reason[:200], clock.now()
    act = "count_approved" if status == EntryStatus.POSTED else "count_refused"
    _told(actor, entry, act, [entry.book_grams, entry.counted_grams], reason)


@retrying
@transaction.atomic
def count_settle(actor: Actor, *, entry: CountEntry) -> CountEntry:
    """Take what a count found missing from the goods that are free by now; doing it twice takes no more."""
    require(abilities(actor, entry), "settle_count")
    current = _locked(entry)
    _settle(actor, current)
    return current


def settle_freed(actor: Actor, *, places: Collection[tuple[Lot, Location]]) -> None:
    """Settle the counts of lots whose goods were just given back by orders (their lots are locked)."""
    lots = {lot.pk for lot, _location in places}
    wanted = {(lot.pk, location.pk) for lot, location in places}
    short = CountEntry.objects.filter(PENDING, lot__in=lots, unsettled_grams__gt=0)
    for entry in short.select_related("lot", "location__site", "line__sheet").order_by("id"):
        if (entry.lot_id, entry.location_id) in wanted:
            _settle(actor, entry)


def _settle(actor: Actor, entry: CountEntry) -> None:
    free = grams_at(entry.lot, entry.location).on_hand_grams
    taken = min(entry.unsettled_grams, free)
    if taken > 0:
        _told(actor, entry, "count_settled", [entry.unsettled_grams, entry.unsettled_grams - taken])
        entry.unsettled_grams -= taken
        _move(actor, entry, -taken, op_key=new_id())
        entry.updated_at = clock.now()
        entry.save()


def count_withdraw(actor: Actor, *, key: UUID, reason: str) -> None:
    """Forget what stays to be settled of a count whose movement is reversed (its lot is locked)."""
    short = CountEntry.objects.filter(pk=key, unsettled_grams__gt=0).select_related("lot", "location__site")
    for entry in short:
        _told(actor, entry, "count_settled", [entry.unsettled_grams, 0], reason)
        entry.unsettled_grams, entry.updated_at = 0, clock.now()
        entry.save()


def _told(actor: Actor, entry: CountEntry, act: str, grams: list[int], reason: str = "") -> None:
    """Write into the history of the lot what became of a count."""
    changes = {"locations": part_of(entry.location, {"grams": grams})}
    write_entry(actor, entry.lot, act, changes=changes, reason=reason)


@transaction.atomic
def sheet_close(actor: Actor, *, sheet: CountSheet, reason: str = "") -> CountSheet:
    """Close a sheet; what was not counted stays as the books have it, and the report says so.

    Raises:
        SheetWaits: differences wait for approval.
    """
    require(abilities(actor, sheet), "close_count")
    current = lock_sheet(sheet.pk)
    if current.status == SheetStatus.CLOSED:
        return current
    waiting = CountEntry.objects.filter(line__sheet=current, status=EntryStatus.WAITING).count()
    if waiting:
        raise errors.SheetWaits(waiting)
    current.status, current.closed_at = SheetStatus.CLOSED, clock.now()
    current.closed_by_label = actor.label[:200]
    record_save(actor, current, action="closed", reason=reason)
    return current


@transaction.atomic
def limits_set(actor: Actor, *, limit_grams: int, limit_percent: int) -> CountLimits:
    """Set which differences wait for a second person."""
    require(abilities(actor), "limit_counts")
    limits = CountLimits.objects.first()
    values = {"limit_grams": limit_grams, "limit_percent": limit_percent}
    if limits is None:
        return record_create(actor, CountLimits(**values))
    record_update(actor, limits, values)
    return limits
