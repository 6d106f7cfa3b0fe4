"""Orders placed: lists, lines with their lots, what is missing."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from apps.kernel.abilities import Actor
from apps.kernel.quantity import format_kg
from apps.orders.abilities import abilities
from apps.orders.models import Order, OrderLine, Reservation
from apps.orders.rules import Shortage
from apps.orders.states import OPEN, OrderStatus
from apps.partners.models import Partner
from apps.stock.ledger import Document
from apps.stock.models import Lot


def orders_visible_to(actor: Actor) -> QuerySet[Order]:
    """Return the orders this person may see, newest first, with grams wanted and reserved, and lines."""
    return _listed(Order.objects.all()) if "view_all" in abilities(actor) else orders_of_charity(actor)


def orders_of_charity(actor: Actor) -> QuerySet[Order]:
    """Return the orders of the charity this person speaks for, newest first; none for anybody else."""
    if "view_own" not in abilities(actor) or actor.partner_id is None:
        return _listed(Order.objects.none())
    return _listed(Order.objects.filter(partner_id=actor.partner_id))


def _listed(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Add what every list shows: partner, site, grams wanted and reserved, number of lines."""
    return orders.select_related("partner", "site").annotate(
        wanted_grams=_sum_of("wanted_grams"),
        reserved_grams=_sum_of("reserved_grams"),
        line_count=Coalesce(Subquery(_per_order().values_list(Count("pk"))), 0),
    )


def lines_of(order: Order) -> list[OrderLine]:
    """Return the lines of an order with the lots and locations reserved for each."""
    held = Reservation.objects.filter(grams__gt=0).select_related("lot__product", "location")
    held = held.order_by("lot__expires_on", "lot__number")
    lines = OrderLine.objects.filter(order=order).select_related("product", "family")
    return list(lines.prefetch_related(Prefetch("reservations", queryset=held)))


def shortages_in(lines: Iterable[OrderLine]) -> list[Shortage]:
    """Return the lines that got less than was wanted."""
    return [
        Shortage(label=line.label, wanted_grams=line.wanted_grams, reserved_grams=line.reserved_grams)
        for line in lines
        if line.reserved_grams < line.wanted_grams
    ]


def in_words(shortage: Shortage) -> str:
    """Say by name and number what is missing: ``Carrots: 40 kg out of 60 kg``."""
    return _("%(goods)s: %(reserved)s out of %(wanted)s.") % {
        "goods": shortage.label,
        "reserved": format_kg(shortage.reserved_grams),
        "wanted": format_kg(shortage.wanted_grams),
    }


def orders_holding(lot: Lot) -> QuerySet[Order, Any]:
    """Return the ids of the orders that wait for goods of a lot: those a short count concerns."""
    held = Reservation.objects.filter(lot=lot, grams__gt=0, line__order__status__in=OPEN)
    return Order.objects.filter(pk__in=held.values("line__order")).order_by().values("pk")


def document_of(order: Order) -> Document:
    """Return how the ledger names an order."""
    return Document(kind="order", id=order.pk, number=order.number)


def latest_order_of(partner: Partner) -> Order | None:
    """Return the last order a partner placed, cancelled ones left out."""
    return (
        Order.objects.filter(partner=partner)
        .exclude(status=OrderStatus.CANCELLED)
        .select_related("site")
        .first()
    )


def _per_order() -> QuerySet[OrderLine, Any]:
    return OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")


def _sum_of(field: str) -> Coalesce:
    return Coalesce(Subquery(_per_order().values_list(Sum(field))), 0)
