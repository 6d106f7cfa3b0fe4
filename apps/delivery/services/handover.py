"""Handover: the partner takes its goods, a delivery note says so for ever."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.delivery.abilities import abilities
from apps.delivery.errors import (
    AlreadyHandedOver,
    NothingPicked,
    NotPicked,
    PastBestBefore,
    PickingClosed,
    ReceiverMissing,
    TemperatureMissing,
)
from apps.delivery.facts import GoodsDelivered
from apps.delivery.locks import picking_locked
from apps.delivery.models import DeliveryLine, DeliveryNote, PickingList
from apps.delivery.rules import left_over_grams
from apps.delivery.selectors import (
    Parcel,
    cold_needs,
    document_of,
    packing_kept,
    parcels_of,
    parties_of,
    pick_lines_of,
)
from apps.delivery.states import PickingStatus
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_insert, record_save
from apps.kernel.numbering import next_number
from apps.orders.services import order_mark_delivered
from apps.partners.models import Partner
from apps.stock.locks import retrying
from apps.stock.rules import is_past_best_before
from apps.stock.services import Item, stock_deliver, stock_release


@retrying
@transaction.atomic
def handover_record(
    actor: Actor,
    *,
    picking_list: PickingList,
    op_key: UUID,
    received_by: str,
    chilled_temperature_c: Decimal | None = None,
    frozen_temperature_c: Decimal | None = None,
) -> DeliveryNote:
    """Hand a picked order over: number the delivery note, move the goods, release what is left.

    Temperatures in °C are required for the cold goods on the note. Sent again with the same ``op_key``,
    it returns the first note.

    Raises:
        AlreadyHandedOver, NotPicked, PickingClosed: the list is not waiting for its partner.
        ReceiverMissing, TemperatureMissing: something must still be written down.
        PastBestBefore: this partner takes no goods past best before, and a lot is by now.
        LotRefusal: a lot may not leave today (``stock.errors``): blocked, or use by passed.
    """
    require(abilities(actor, picking_list), "hand_over")
    picking = picking_locked(picking_list.order_id)
    first = DeliveryNote.objects.filter(Q(op_key=op_key) | Q(picking_list=picking)).first()
    if first is not None:
        return _same(first, picking, op_key)
    _refuse_unready(picking)
    parcels = parcels_of(picking, picking.order.partner, clock.today())
    if not parcels:
        raise NothingPicked(order=str(picking.order))
    _refuse_incomplete(parcels, received_by, chilled_temperature_c, frozen_temperature_c)
    _refuse_unwanted(parcels, picking.order.partner)
    note = DeliveryNote(
        op_key=op_key,
        picking_list=picking,
        partner=picking.order.partner,
        received_by=received_by.strip(),
        chilled_temperature_c=chilled_temperature_c,
        frozen_temperature_c=frozen_temperature_c,
    )
    _write(actor, note, parcels)
    _move(actor, note, parcels)
    _close(actor, picking)
    emit(
        GoodsDelivered(
            note_id=note.pk,
            partner_id=note.partner_id,
            grams=sum(parcel.grams for parcel in parcels),
            contribution_cents=note.contribution_cents,
        )
    )
    return note


def _same(first: DeliveryNote, picking: PickingList, op_key: UUID) -> DeliveryNote:
    """Return the note made by the same sending; another one came first.

    Raises:
        AlreadyHandedOver: the note was made by somebody else, or the key served another order.
    """
    if first.op_key == op_key and first.picking_list_id == picking.pk:
        return first
    raise AlreadyHandedOver(order=str(picking.order), number=first.number)


def _refuse_unready(picking: PickingList) -> None:
    if picking.status == PickingStatus.TO_PICK:
        raise NotPicked(order=str(picking.order))
    if picking.status != PickingStatus.PICKED:
        raise PickingClosed(order=str(picking.order), state=str(picking.get_status_display()))


def _refuse_incomplete(
    parcels: Sequence[Parcel], received_by: str, chilled: Decimal | None, frozen: Decimal | None
) -> None:
    if not received_by.strip():
        raise ReceiverMissing
    needs_chilled, needs_frozen = cold_needs(parcels)
    if needs_chilled and chilled is None:
        raise TemperatureMissing(
            _("Chilled goods leave: write their temperature."), field="chilled_temperature_c"
        )
    if needs_frozen and frozen is None:
        raise TemperatureMissing(
            _("Frozen goods leave: write their temperature."), field="frozen_temperature_c"
        )


def _refuse_unwanted(parcels: Sequence[Parcel], partner: Partner) -> None:
    """Refuse goods that passed their best before since they were reserved, unless the partner takes them."""
    for parcel in () if partner.accepts_past_best_before else parcels:
        if is_past_best_before(parcel.lot.date_kind, parcel.lot.expires_on, on=clock.today()):
            raise PastBestBefore(lot=parcel.lot.number, partner=partner.name)


def _write(actor: Actor, note: DeliveryNote, parcels: Sequence[Parcel]) -> None:
    """Number the note and write it with its lines; it never changes afterwards."""
    note.number = next_number("BL")
    note.delivered_on = clock.today()
    note.delivered_at = clock.now()
    note.handed_over_by = actor.label
    note.parties = parties_of(note)
    note.contribution_cents = sum(parcel.contribution_cents for parcel in parcels)
    lines = [
        DeliveryLine(
            note=note,
            lot=parcel.lot,
            location=parcel.location,
            label=parcel.label,
            lot_number=parcel.lot.number,
            supplier_lot=parcel.lot.supplier_lot,
            temperature_class=parcel.lot.temperature_class,
            date_kind=parcel.lot.date_kind,
            expires_on=parcel.lot.expires_on,
            supply_source=parcel.supply_source,
            grams=parcel.grams,
            contribution_cents=parcel.contribution_cents,
            packing=packing_kept(parcel.lot),
        )
        for parcel in parcels
    ]
    record_insert(actor, note, parts={"lines": lines})


def _move(actor: Actor, note: DeliveryNote, parcels: Sequence[Parcel]) -> None:
    """Take the weighed goods out of the bank, and give back what was reserved beyond them."""
    document = document_of(note)
    items = [Item(lot=parcel.lot, location=parcel.location, grams=parcel.grams) for parcel in parcels]
    stock_deliver(
        actor, op_key=uuid5(note.op_key, "deliver"), items=items, partner=note.partner, document=document
    )
    left = [
        Item(lot=line.reservation.lot, location=line.reservation.location, grams=grams)
        for line in pick_lines_of(note.picking_list)
        if (grams := left_over_grams(reserved=line.reserved_grams, picked=line.picked_grams or 0))
    ]
    stock_release(actor, op_key=uuid5(note.op_key, "release"), items=left, document=document)


def _close(actor: Actor, picking: PickingList) -> None:
    picking.status = PickingStatus.HANDED_OVER
    record_save(actor, picking, action=picking.status)
    order_mark_delivered(actor, order=picking.order)
