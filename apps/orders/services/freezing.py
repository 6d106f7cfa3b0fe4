"""Goods that may not leave any more while orders hold them: the orders say so, others take their place.

What is frozen is not written down: it is what an open order holds that may not leave on its day, so that it
is true at every instant, and over the moment the lot is released, inspected or taken out of quarantine.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_save, write_entry
from apps.orders.abilities import abilities
from apps.orders.errors import OrderClosed
from apps.orders.facts import OrderRevised
from apps.orders.locks import order_locked
from apps.orders.models import Order, OrderLine, Reservation
from apps.orders.selectors import document_of, frozen_in
from apps.orders.services.reserving import line_reserve
from apps.orders.states import OPEN, OrderStatus
from apps.stock.ledger import movements_under
from apps.stock.locks import retrying
from apps.stock.services import Hold, Item, stock_release


@transaction.atomic
def orders_freeze(actor: Actor, *, lots: Collection[UUID], reason: str) -> list[Order]:
    """Write into the open orders that hold lots just blocked that they are frozen; returns these orders."""
    require(abilities(actor), "freeze")
    return _told(actor, lots, "frozen", reason)


@transaction.atomic
def orders_thaw(actor: Actor, *, lots: Collection[UUID], reason: str) -> list[Order]:
    """Write into the open orders that hold lots just released that these are no longer frozen."""
    require(abilities(actor), "freeze")
    return _told(actor, lots, "thawed", reason)


def _told(actor: Actor, lots: Collection[UUID], action: str, reason: str) -> list[Order]:
    held = Reservation.objects.filter(lot__in=lots, grams__gt=0).values("line__order")
    orders = list(Order.objects.filter(pk__in=held, status__in=OPEN).select_related("partner").order_by("pk"))
    for order in orders:
        write_entry(actor, order, action, reason=reason)
    return orders


@retrying
@transaction.atomic
def order_revise(actor: Actor, *, order: Order, op_key: UUID, with_others: bool) -> Order:
    """Give back what an order holds that may not leave on its day and, if asked, reserve others instead.

    Each line keeps what it could get, maybe nothing. A prepared order that gets other goods is prepared
    again. Without frozen goods it changes nothing, nor when sent twice, whatever froze meanwhile.

    Raises:
        Forbidden: this person does not deal with frozen goods.
        OrderClosed: the order was handed over or cancelled.
    """
    require(abilities(actor, order), "revise")
    current = order_locked(order.pk)
    release_key = uuid5(op_key, "release")
    if movements_under(release_key):
        return current
    if current.status not in OPEN:
        raise OrderClosed(_closed(current))
    frozen = frozen_in(current)
    if not frozen:
        return current
    items = [Item(lot=held.lot, location=held.location, grams=held.grams) for held in frozen]
    stock_release(actor, op_key=release_key, items=items, document=document_of(current))
    holds = _others(actor, current, frozen, op_key) if with_others else []
    _write(actor, current, frozen, holds)
    emit(OrderRevised(order_id=current.pk, freed_lot_ids=tuple({held.lot_id for held in frozen})))
    return current


def _closed(order: Order) -> str:
    return _("Order %(order)s is now: %(state)s. Reload the page.") % {
        "order": order,
        "state": order.get_status_display(),
    }


def _others(actor: Actor, order: Order, frozen: Sequence[Reservation], op_key: UUID) -> list[Hold]:
    """Reserve other lots for what the lines lose, first expired first out."""
    lost: defaultdict[UUID, int] = defaultdict(int)
    lines: dict[UUID, OrderLine] = {held.line_id: held.line for held in frozen}
    for held in frozen:
        lost[held.line_id] += held.grams
    wanted = [(lines[pk], grams) for pk, grams in lost.items()]
    return line_reserve(actor, op_key=uuid5(op_key, "reserve"), order=order, wanted=wanted)


def _write(actor: Actor, order: Order, frozen: Sequence[Reservation], holds: Sequence[Hold]) -> None:
    """Write what the lines hold now; goods given back stay in their reservation with nothing."""
    lines = {line.pk: line for line in OrderLine.objects.filter(order=order)}
    for held in frozen:
        lines[held.line_id].reserved_grams -= held.grams
        held.grams = 0
        held.save(update_fields=["grams"])
    _hold(holds)
    for hold in holds:
        lines[hold.key].reserved_grams += hold.grams
    if holds and order.status == OrderStatus.PICKED:
        order.status = OrderStatus.CONFIRMED
    record_save(actor, order, action="revised", parts={"lines": list(lines.values())})


def _hold(holds: Iterable[Hold]) -> None:
    for hold in holds:
        held, is_new = Reservation.objects.get_or_create(
            line_id=hold.key, lot=hold.lot, location=hold.location, defaults={"grams": hold.grams}
        )
        if not is_new:
            held.grams += hold.grams
            held.save(update_fields=["grams"])
