"""Reactions to orders, inside their transaction: a confirmed order has its picking list at once."""

from apps.delivery.services import picking_cancel, picking_open
from apps.kernel.abilities import software
from apps.orders.facts import OrderCancelled, OrderConfirmed
from apps.orders.models import Order


def on_order_confirmed(fact: OrderConfirmed) -> None:
    """Open the picking list of the order."""
    picking_open(software("delivery"), order=Order.objects.get(pk=fact.order_id))


def on_order_cancelled(fact: OrderCancelled) -> None:
    """Close the picking list of the order."""
    picking_cancel(software("delivery"), order=Order.objects.get(pk=fact.order_id))
