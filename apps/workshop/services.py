"""Acts of the workshop. Each locks its batch, then the lots, then looks for a repeat of its key."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid5

from django.db import transaction

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import CHILLED, DateKind, TemperatureClass
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.changes import part_of
from apps.kernel.history import made_once, record_create, record_save, write_entry
from apps.kernel.numbering import next_number
from apps.sites.models import Location, Site
from apps.stock.ledger import Document, movements_under
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Lot, Movement
from apps.stock.selectors import source_of
from apps.stock.services import Lost, Made, goods_make, goods_use, making_undo
from apps.stock.states import LinkKind, LossDestination, LossReason
from apps.workshop import errors, rules
from apps.workshop.abilities import abilities
from apps.workshop.models import BatchLine, ProductionBatch
from apps.workshop.selectors import standing
from apps.workshop.states import BatchKind, BatchStatus, LineRole

NUMBER_KIND = "AT"


def batch_open(
    actor: Actor,
    *,
    op_key: UUID,
    site: Site,
    label: str,
    family: ProductFamily,
    product: Product | None = None,
    recipe: str = "",
) -> ProductionBatch:
    """Open a batch: what is to be made, and how. The same key again returns the first one.

    Raises:
        Forbidden: the role does not allow it.
    """
    require(abilities(actor), "create")
    batch = ProductionBatch(
        op_key=op_key,
        site=site,
        label=label,
        family=product.family if product else family,
        product=product,
        recipe=recipe,
        started_on=clock.today(),
    )
    known = ProductionBatch.objects.filter(op_key=op_key)
    return made_once(known.first, partial(_open, actor, batch))


def _open(actor: Actor, batch: ProductionBatch) -> ProductionBatch:
    batch.number = next_number(NUMBER_KIND)
    return record_create(actor, batch)


@retrying
@transaction.atomic
def batch_take(
    actor: Actor, *, op_key: UUID, batch: ProductionBatch, lot: Lot, location: Location, grams: int
) -> ProductionBatch:
    """Take free goods for an open batch; they leave the shelf for the workshop.

    Raises:
        BatchNotOpen: the batch is closed or cancelled.
        MayNoLongerBeUsed, UseByPassed, LotIsBlocked, LotInQuarantine: the lot may not be used.
        SourcesKeptApart: a public programme would be mixed with something else.
        NotEnoughStock: less than that is free there.
    """
    require(abilities(actor, batch), "take")
    locked = _locked(batch)
    if movements_under(op_key):
        return locked
    _require_open(locked)
    _require_in_date(lot)
    source_of([lot, *(line.lot for line in _lines(locked, LineRole.INPUT))])
    movement = goods_use(
        actor, op_key=op_key, lot=lot, location=location, grams=grams, document=_document(locked)
    )
    _told(locked, [movement], LineRole.INPUT)
    write_entry(actor, locked, "taken", changes={"lines": part_of(lot, {"grams": [None, grams]})})
    return locked


@retrying
@transaction.atomic
def batch_give_back(actor: Actor, *, op_key: UUID, line: BatchLine, reason: str) -> ProductionBatch:
    """Put goods taken by mistake back where they were.

    Raises:
        BatchNotOpen: the batch is closed or cancelled.
        MovementAlreadyReversed: they are back already.
    """
    require(abilities(actor, line.batch), "take")
    locked = _locked(line.batch)
    key = uuid5(op_key, str(line.movement_id))
    if movements_under(key):
        return locked
    _require_open(locked)
    made = line.movement
    making_undo(actor, op_key=op_key, movements=[made], reason=reason, document=_document(locked))
    write_entry(
        actor,
        locked,
        "given_back",
        changes={"lines": part_of(line.lot, {"grams": [made.grams, None]})},
        reason=reason,
    )
    return locked


@retrying
@transaction.atomic
def batch_close(
    actor: Actor,
    *,
    op_key: UUID,
    batch: ProductionBatch,
    location: Location,
    grams: int,
    lost_grams: int,
    temperature_class: str,
    date_kind: str,
    expires_on: dt.date | None,
    ingredients: str,
    allergens: str,
    loss_reason: str = LossReason.TRANSFORMATION,
    disposal: str = LossDestination.COMPOST,
    cooking_c: Decimal | None = None,
    cooking_minutes: int | None = None,
) -> ProductionBatch:
    """Close a batch: what was made enters the stock as one lot, the rest is a loss, to the gram.

    Raises:
        BatchNotOpen: the batch is closed or cancelled.
        NothingTaken: there is nothing in it.
        DateNotAhead: goods with a date need one after today.
        MadeMoreThanTaken: made and lost are not what was taken.
        WrongZone: the location is too warm or too cold for what was made.
    """
    require(abilities(actor, batch), "close")
    locked = _locked(batch)
    if movements_under(op_key):
        return locked
    _require_open(locked)
    if date_kind != DateKind.NONE and not rules.is_date_ahead(expires_on, on=clock.today()):
        raise errors.DateNotAhead
    made = Made(
        label=locked.label,
        family=locked.family,
        product=locked.product,
        grams=grams,
        location=location,
        temperature_class=temperature_class,
        date_kind=date_kind,
        expires_on=expires_on,
        ingredients=ingredients,
        allergens=allergens,
    )
    reason, goes_to = LossReason(loss_reason), LossDestination(disposal)
    lost = [Lost(grams=lost_grams, reason=reason, disposal=goes_to)] if lost_grams else []
    locked.cooking_c, locked.cooking_minutes = cooking_c, cooking_minutes
    return _closed(actor, op_key, locked, made, lost)


@retrying
@transaction.atomic
def lot_freeze(
    actor: Actor,
    *,
    op_key: UUID,
    lot: Lot,
    location: Location,
    to: Location,
    grams: int,
    expires_on: dt.date,
) -> ProductionBatch:
    """Freeze chilled goods before their last day: a new lot, frozen today, best before the day given.

    Raises:
        NotChilled, FrozenBefore, NotFreezable, MayNoLongerBeUsed: the lot may not be frozen.
        NoFreezer: the other location is not a freezer of the site where the goods are.
        DateNotAhead: best before is not after today.
        NotEnoughStock, LotIsBlocked, LotInQuarantine: as for any goods that leave the shelf.
    """
    require(abilities(actor), "freeze")
    locked = lock_lots([lot.pk])[lot.pk]
    known = ProductionBatch.objects.filter(op_key=op_key).first()
    if known is not None:
        return known
    _require_freezable(locked)
    if to.zone != Location.Zone.FROZEN or to.site_id != location.site_id:
        raise errors.NoFreezer(location.site.name)
    if not rules.is_date_ahead(expires_on, on=clock.today()):
        raise errors.DateNotAhead
    batch = record_create(actor, _freezing(op_key, locked, location.site))
    movement = goods_use(
        actor, op_key=uuid5(op_key, "take"), lot=locked, location=location, grams=grams,
        document=_document(batch),
    )  # fmt: skip
    _told(batch, [movement], LineRole.INPUT)
    made = Made(
        label=locked.label,
        family=locked.family,
        product=locked.product,
        grams=grams,
        location=to,
        temperature_class=TemperatureClass.FROZEN_M18,
        date_kind=DateKind.BEST_BEFORE,
        expires_on=expires_on,
        ingredients=locked.ingredients,
        allergens=locked.allergens,
        frozen_on=clock.today(),
    )
    return _closed(actor, uuid5(op_key, "make"), batch, made, [])


@retrying
@transaction.atomic
def batch_cancel(actor: Actor, *, op_key: UUID, batch: ProductionBatch, reason: str) -> ProductionBatch:
    """Undo a batch, open or closed: what it made leaves the stock, what it took is back on its shelf.

    Raises:
        Conflict: what it made is no longer all there.
    """
    require(abilities(actor, batch), "cancel")
    locked = _locked(batch)
    if locked.status == BatchStatus.CANCELLED:
        return locked
    movements = [line.movement for line in _lines(locked)]
    making_undo(actor, op_key=op_key, movements=movements, reason=reason, document=_document(locked))
    locked.status = BatchStatus.CANCELLED
    record_save(actor, locked, action=BatchStatus.CANCELLED.value, reason=reason)
    return locked


def _closed(
    actor: Actor, op_key: UUID, batch: ProductionBatch, made: Made, lost: Sequence[Lost]
) -> ProductionBatch:
    """Post what a batch made and lost, and close it."""
    taken = [line.movement for line in _lines(batch, LineRole.INPUT)]
    if not taken:
        raise errors.NothingTaken
    produced, *losses = goods_make(
        actor, op_key=op_key, kind=LinkKind(batch.kind), taken=taken, made=made, lost=lost,
        document=_document(batch),
    )  # fmt: skip
    _told(batch, [produced], LineRole.OUTPUT)
    _told(batch, losses, LineRole.LOSS)
    batch.status, batch.closed_at = BatchStatus.CLOSED, clock.now()
    record_save(actor, batch, action=BatchStatus.CLOSED.value)
    return batch


def _locked(batch: ProductionBatch) -> ProductionBatch:
    rows = ProductionBatch.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("site", "family", "product").get(pk=batch.pk)


def _lines(batch: ProductionBatch, *roles: LineRole) -> list[BatchLine]:
    """Return the standing lines of a batch: all, or those of some roles."""
    found = standing().filter(batch=batch).select_related("movement", "lot").order_by("movement_id")
    return [line for line in found if not roles or line.role in roles]


def _told(batch: ProductionBatch, movements: Sequence[Movement], role: LineRole) -> None:
    BatchLine.objects.bulk_create(
        BatchLine(movement=movement, batch=batch, role=role, lot_id=movement.lot_id) for movement in movements
    )


def _require_open(batch: ProductionBatch) -> None:
    if batch.status != BatchStatus.OPEN:
        raise errors.BatchNotOpen(batch.number, batch.get_status_display())


def _require_in_date(lot: Lot) -> None:
    if lot.is_expired(clock.today()):
        raise errors.MayNoLongerBeUsed(lot.number)


def _require_freezable(lot: Lot) -> None:
    if lot.frozen_on is not None:
        raise errors.FrozenBefore(lot.number)
    if lot.temperature_class not in CHILLED:
        raise errors.NotChilled(lot.number)
    if lot.product is not None and not lot.product.is_freezable:
        raise errors.NotFreezable(lot.product.name)
    _require_in_date(lot)


def _freezing(op_key: UUID, lot: Lot, site: Site) -> ProductionBatch:
    return ProductionBatch(
        number=next_number(NUMBER_KIND),
        op_key=op_key,
        kind=BatchKind.FREEZE,
        site=site,
        label=lot.label,
        family=lot.family,
        product=lot.product,
        started_on=clock.today(),
    )


def _document(batch: ProductionBatch) -> Document:
    return Document("batch", batch.pk, batch.number)
