"""A picking list follows its order when frozen goods were given back and others took their place."""

from collections.abc import Iterable

from django.db import transaction

from apps.delivery.abilities import abilities
from apps.delivery.locks import picking_locked
from apps.delivery.models import PickingList, PickLine
from apps.delivery.rules import held_grams
from apps.delivery.states import OPEN, PickingStatus
from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_save
from apps.kernel.models import new_id
from apps.orders.models import Order, Reservation
from apps.orders.selectors import document_of
from apps.stock.services import Item, stock_release


@transaction.atomic
def picking_revise(actor: Actor, *, order: Order) -> PickingList:
    """Make the open picking list of an order say what the order holds now.

    What was weighed of goods given back goes back to stock; a list with something new is to be picked again.
    """
    require(abilities(actor), "revise")
    picking = picking_locked(order.pk)
    if picking.status not in OPEN:
        return picking
    lines = list(
        PickLine.objects.filter(picking_list=picking).select_related(
            "reservation__lot", "reservation__location"
        )
    )
    changed = [line for line in lines if line.reserved_grams != line.reservation.grams]
    extra = [item for line in changed if (item := _weighed_beyond(line)) is not None]
    stock_release(actor, op_key=new_id(), items=extra, document=document_of(order))
    for line in changed:
        line.reserved_grams = line.reservation.grams
        line.picked_grams = None if line.reserved_grams else 0
    parts = [*changed, *_new_lines(picking, lines)]
    if any(line.picked_grams is None for line in parts):
        picking.status = PickingStatus.TO_PICK
    record_save(actor, picking, action="revised", parts={"lines": parts})
    return picking


def _weighed_beyond(line: PickLine) -> Item | None:
    """Return what the ledger holds for a line beyond what was reserved: it was weighed, and stays here."""
    extra = held_grams(reserved=line.reserved_grams, picked=line.picked_grams) - line.reserved_grams
    held = line.reservation
    return Item(lot=held.lot, location=held.location, grams=extra) if extra else None


def _new_lines(picking: PickingList, lines: Iterable[PickLine]) -> list[PickLine]:
    known = {line.reservation_id for line in lines}
    held = Reservation.objects.filter(line__order=picking.order_id, grams__gt=0).exclude(pk__in=known)
    return [
        PickLine(picking_list=picking, reservation=each, reserved_grams=each.grams)
        for each in held.select_related("lot")
    ]
