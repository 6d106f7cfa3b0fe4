"""Acts of orders: placing, cancelling and following them, and what is done when goods are frozen."""

from apps.orders.selectors import WantedLine
from apps.orders.services.freezing import order_revise, orders_freeze, orders_thaw
from apps.orders.services.placing import (
    order_cancel,
    order_mark_delivered,
    order_mark_picked,
    order_place,
)

__all__ = [
    "WantedLine",
    "order_cancel",
    "order_mark_delivered",
    "order_mark_picked",
    "order_place",
    "order_revise",
    "orders_freeze",
    "orders_thaw",
]
