"""Placing, cancelling and following orders."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import history_begin, record_save
from apps.kernel.numbering import next_number
from apps.orders.abilities import abilities
from apps.orders.errors import KeyTaken, NothingAvailable, OrderClosed, ReasonMissing
from apps.orders.facts import OrderCancelled, OrderConfirmed
from apps.orders.locks import order_locked
from apps.orders.models import Order, OrderLine, Reservation
from apps.orders.selectors import WantedLine, document_of, order_refusal
from apps.orders.services.reserving import line_reserve
from apps.orders.states import CANCELLABLE_BY_PARTNER, OPEN, OrderStatus
from apps.partners.models import Partner
from apps.sites.models import Site
from apps.stock.locks import retrying
from apps.stock.services import Item, stock_release


@retrying
def order_place(
    actor: Actor,
    *,
    op_key: UUID,
    partner: Partner,
    site: Site,
    wanted_on: dt.date,
    lines: Sequence[WantedLine],
    comment: str = "",
) -> Order:
    """Place an order and reserve its lots, first expired first out, as much as there is.

    A line that gets less than wanted is kept, with what it got. Sent again with the same ``op_key``, it
    returns the first order.

    Raises:
        Forbidden: this person does not order for this partner.
        DomainError: the partner, the site, the day or some lines do not allow it (``orders.errors``).
        NothingAvailable: nothing at all could be reserved; nothing was written.
        KeyTaken: the same key was used for another partner's order.
    """
    require(abilities(actor, partner), "place")
    first = Order.objects.filter(op_key=op_key, partner=partner).first()
    if first is not None:
        return first
    refusal = order_refusal(partner=partner, site=site, wanted_on=wanted_on, lines=lines)
    if refusal is not None:
        raise refusal
    try:
        with transaction.atomic():
            order = Order(
                op_key=op_key,
                partner=partner,
                site=site,
                wanted_on=wanted_on,
                placed_by=actor.label,
                comment=comment.strip(),
            )
            return _place(actor, order, lines)
    except IntegrityError as error:
        if "op_key" not in str(error):
            raise
        first = Order.objects.filter(op_key=op_key, partner=partner).first()
        if first is None:
            raise KeyTaken from error
        return first


def _place(actor: Actor, order: Order, lines: Sequence[WantedLine]) -> Order:
    """Number the order, reserve, and write down what each line got."""
    order.number = next_number("CO")
    order.save(force_insert=True)
    rows = [_row(order, n, line) for n, line in enumerate(lines)]
    wanted = [(row, row.wanted_grams) for row in rows]
    holds = line_reserve(actor, op_key=order.op_key, order=order, wanted=wanted)
    if not holds:
        raise NothingAvailable(goods=", ".join(row.label for row in rows))
    for row in rows:
        row.reserved_grams = sum(hold.grams for hold in holds if hold.key == row.pk)
    history_begin(actor, order, parts={"lines": rows})
    Reservation.objects.bulk_create(
        Reservation(line_id=hold.key, lot=hold.lot, location=hold.location, grams=hold.grams)
        for hold in holds
    )
    reserved = sum(row.reserved_grams for row in rows)
    emit(OrderConfirmed(order_id=order.pk, partner_id=order.partner_id, reserved_grams=reserved))
    return order


def _row(order: Order, position: int, line: WantedLine) -> OrderLine:
    return OrderLine(
        order=order,
        position=position,
        product=line.product,
        family=line.family,
        programme=line.programme,
        label=line.label,
        wanted_grams=line.grams,
    )


@retrying
@transaction.atomic
def order_cancel(actor: Actor, *, order: Order, reason: str) -> Order:
    """Cancel an order and release what was reserved; doing it twice changes nothing.

    Raises:
        Forbidden: this person may not cancel it.
        ReasonMissing: no reason was given.
        OrderClosed: it was handed over, or is prepared and only the bank may still cancel it.
    """
    require(abilities(actor, order), "cancel")
    current = order_locked(order.pk)
    if current.status == OrderStatus.CANCELLED:
        return current
    if not reason.strip():
        raise ReasonMissing
    _refuse_late(actor, current)
    held = Reservation.objects.filter(line__order=current, grams__gt=0).select_related("lot", "location")
    items = [Item(lot=r.lot, location=r.location, grams=r.grams) for r in held]
    stock_release(actor, op_key=uuid5(current.op_key, "cancel"), items=items, document=document_of(current))
    _set_status(actor, current, OrderStatus.CANCELLED, reason=reason.strip())
    emit(OrderCancelled(order_id=current.pk, released_grams=sum(item.grams for item in items)))
    return current


def _refuse_late(actor: Actor, order: Order) -> None:
    if order.status not in OPEN:
        raise OrderClosed(
            _("Order %(order)s was handed over: it can no longer be cancelled.") % {"order": order}
        )
    if order.status not in CANCELLABLE_BY_PARTNER and not actor.is_staff:
        raise OrderClosed(
            _("Order %(order)s is already prepared. Call the food bank to cancel it.") % {"order": order}
        )


@transaction.atomic
def order_mark_picked(actor: Actor, *, order: Order) -> Order:
    """Say that an order is prepared and waits for its partner; doing it twice changes nothing.

    Raises:
        OrderClosed: it was cancelled or handed over meanwhile.
    """
    require(abilities(actor, order), "prepare")
    return _advance(actor, order, from_=OrderStatus.CONFIRMED, to=OrderStatus.PICKED)


@transaction.atomic
def order_mark_delivered(actor: Actor, *, order: Order) -> Order:
    """Say that the partner took its order; doing it twice changes nothing.

    Raises:
        OrderClosed: it is not prepared, or was cancelled meanwhile.
    """
    require(abilities(actor, order), "prepare")
    return _advance(actor, order, from_=OrderStatus.PICKED, to=OrderStatus.DELIVERED)


def _advance(actor: Actor, order: Order, *, from_: OrderStatus, to: OrderStatus) -> Order:
    current = order_locked(order.pk)
    if current.status == to:
        return current
    if current.status != from_:
        raise OrderClosed(
            _("Order %(order)s is now: %(state)s. Reload the page.")
            % {"order": current, "state": current.get_status_display()}
        )
    _set_status(actor, current, to)
    return current


def _set_status(actor: Actor, order: Order, status: OrderStatus, *, reason: str = "") -> None:
    """Change the state of a locked order, with its history."""
    order.status = status
    record_save(actor, order, action=status.value, reason=reason)
