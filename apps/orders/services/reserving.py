"""Reserving goods for an order by all that its lines and its partner ask, whoever reserves them."""

from collections.abc import Iterable
from uuid import UUID

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.orders.models import Order, OrderLine
from apps.orders.selectors import classes_refused_to, document_of, sources_refused_to
from apps.stock.services import Hold, Want, stock_reserve


def line_reserve(
    actor: Actor, *, op_key: UUID, order: Order, wanted: Iterable[tuple[OrderLine, int]]
) -> list[Hold]:
    """Reserve grams for lines of an order, first expired first out; returns what there is, by line id.

    They may leave on the day of the order, or today when that has passed.
    """
    day = max(order.wanted_on, clock.today())
    return stock_reserve(
        actor,
        op_key=op_key,
        wants=[_want(order, line, grams) for line, grams in wanted],
        document=document_of(order),
        for_day=day,
        accepts_past_best_before=order.partner.accepts_past_best_before,
        life_days=order.partner.life_days,
        excluded_sources=sources_refused_to(order.partner, day),
        excluded_temperature_classes=classes_refused_to(order.partner),
    )


def _want(order: Order, line: OrderLine, grams: int) -> Want:
    return Want(
        key=line.pk,
        site_id=order.site_id,
        family_id=line.family_id,
        product_id=line.product_id,
        grams=grams,
        programme=line.programme,
    )
