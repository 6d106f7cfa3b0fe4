"""Picking: a list is opened with its order, weighed line by line, closed when the order is cancelled."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.delivery.abilities import abilities
from apps.delivery.errors import NothingPicked, PickingClosed, WeightsRefused
from apps.delivery.locks import picking_locked
from apps.delivery.models import PickingList, PickLine
from apps.delivery.rules import held_grams
from apps.delivery.selectors import pick_lines_of
from apps.delivery.states import OPEN, PickingStatus
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.history import history_begin, record_save
from apps.kernel.models import new_id
from apps.orders.models import Order, Reservation
from apps.orders.selectors import document_of
from apps.orders.services import order_mark_picked
from apps.stock.errors import LotRefusal, NotEnoughStock
from apps.stock.locks import retrying
from apps.stock.services import Item, stock_hold, stock_release


@transaction.atomic
def picking_open(actor: Actor, *, order: Order) -> PickingList:
    """Open the picking list of an order, one line per lot and location; once per order."""
    require(abilities(actor), "open")
    picking, is_new = PickingList.objects.get_or_create(order=order)
    if is_new:
        held = Reservation.objects.filter(line__order=order).select_related("lot")
        lines = [PickLine(picking_list=picking, reservation=each, reserved_grams=each.grams) for each in held]
        history_begin(actor, picking, parts={"lines": lines})
    return picking


@retrying
@transaction.atomic
def picking_record(actor: Actor, *, picking_list: PickingList, weights: Mapping[UUID, int]) -> PickingList:
    """Record the grams really weighed, by line; the list is picked once every line has a weight.

    More than reserved takes free goods of the same lot at the same place. Less leaves the rest reserved
    until the handover, so that a weight can still be corrected. Sent twice, it changes nothing.

    Raises:
        PickingClosed: the list was handed over or cancelled.
        WeightsRefused: a weight is negative, more than the lot holds, or of frozen goods; says which line.
        NothingPicked: every line weighs nothing.
    """
    require(abilities(actor, picking_list), "pick")
    picking = picking_locked(picking_list.order_id)
    if picking.status not in OPEN:
        raise PickingClosed(order=str(picking.order), state=str(picking.get_status_display()))
    lines = pick_lines_of(picking)
    changed = [line for line in lines if weights.get(line.pk, line.picked_grams) != line.picked_grams]
    _refuse_unknown(lines, weights)
    _hold_difference(actor, picking, changed, weights)
    for line in changed:
        line.picked_grams = weights[line.pk]
    if changed:
        record_save(actor, picking, action="weighed", parts={"lines": changed})
    if all(line.picked_grams is not None for line in lines):
        _complete(actor, picking, lines)
    return picking


def _refuse_unknown(lines: Sequence[PickLine], weights: Mapping[UUID, int]) -> None:
    names = {line.pk: _name(line) for line in lines}
    frozen = {line.pk for line in lines if line.reservation.is_frozen}
    problems = {}
    for pk, grams in weights.items():
        if pk not in names:
            problems[pk] = _("This line is not on the list. Reload the page.")
        elif grams < 0:
            problems[pk] = _("%(goods)s: a weight is never below 0 kg.") % {"goods": names[pk]}
        elif grams and pk in frozen:
            problems[pk] = _("%(goods)s: frozen, leave it. Write 0 kg, or replace it in the order.") % {
                "goods": names[pk]
            }
    if problems:
        raise WeightsRefused(problems)


def _hold_difference(
    actor: Actor, picking: PickingList, changed: Sequence[PickLine], weights: Mapping[UUID, int]
) -> None:
    """Make the ledger hold what the new weights need: take more of a lot, or give the excess back.

    Raises:
        WeightsRefused: a lot does not hold that much; says which line.
    """
    more: dict[UUID, Item] = {}
    less: list[Item] = []
    for line in changed:
        before = held_grams(reserved=line.reserved_grams, picked=line.picked_grams)
        difference = held_grams(reserved=line.reserved_grams, picked=weights[line.pk]) - before
        if difference > 0:
            more[line.pk] = _item(line, difference)
        elif difference < 0:
            less.append(_item(line, -difference))
    document = document_of(picking.order)
    try:
        stock_hold(actor, op_key=new_id(), items=list(more.values()), document=document)
    except (NotEnoughStock, LotRefusal) as error:
        named = {pk: error.message for pk, item in more.items() if item.lot.number == error.lot_number}
        raise WeightsRefused(
            {line.pk: f"{_name(line)} – {named[line.pk]}" for line in changed if line.pk in named}
        ) from error
    stock_release(actor, op_key=new_id(), items=less, document=document)


def _complete(actor: Actor, picking: PickingList, lines: Sequence[PickLine]) -> None:
    """Close the weighing: the order waits for its partner."""
    if not any(line.picked_grams for line in lines):
        raise NothingPicked(order=str(picking.order))
    if picking.status == PickingStatus.PICKED:
        return
    picking.status = PickingStatus.PICKED
    picking.picked_at = clock.now()
    picking.picked_by = actor.label
    record_save(actor, picking, action=picking.status)
    order_mark_picked(actor, order=picking.order)


@transaction.atomic
def picking_cancel(actor: Actor, *, order: Order) -> PickingList:
    """Close the picking list of a cancelled order; what was weighed beyond the order goes back to stock."""
    require(abilities(actor), "cancel")
    picking = picking_locked(order.pk)
    if picking.status not in OPEN:
        return picking
    beyond = [
        _item(line, extra)
        for line in pick_lines_of(picking)
        if (extra := held_grams(reserved=line.reserved_grams, picked=line.picked_grams) - line.reserved_grams)
    ]
    stock_release(actor, op_key=new_id(), items=beyond, document=document_of(order))
    picking.status = PickingStatus.CANCELLED
    record_save(actor, picking, action=picking.status)
    return picking


def _item(line: PickLine, grams: int) -> Item:
    return Item(lot=line.reservation.lot, location=line.reservation.location, grams=grams)


def _name(line: PickLine) -> str:
    """Name a line by its goods and lot."""
    return str(line.reservation.lot)
