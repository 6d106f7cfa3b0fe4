"""Reads about orders: what can be ordered, whether it may be, and what was ordered."""

from apps.orders.selectors.checks import (
    equipment_problem,
    handover_weekdays,
    lines_refusal,
    order_refusal,
    place_refusal,
    sites_with_orders,
)
from apps.orders.selectors.goods import (
    Goods,
    Shelf,
    WantedLine,
    classes_refused_to,
    goods_key,
    goods_named,
    shelves_for,
    sources_refused_to,
)
from apps.orders.selectors.lists import (
    document_of,
    in_words,
    latest_order_of,
    lines_of,
    orders_holding,
    orders_of_charity,
    orders_visible_to,
    shortages_in,
)
from apps.orders.selectors.repairs import frozen_in, spoilt_reservations

__all__ = [
    "Goods",
    "Shelf",
    "WantedLine",
    "classes_refused_to",
    "document_of",
    "equipment_problem",
    "frozen_in",
    "goods_key",
    "goods_named",
    "handover_weekdays",
    "in_words",
    "latest_order_of",
    "lines_of",
    "lines_refusal",
    "order_refusal",
    "orders_holding",
    "orders_of_charity",
    "orders_visible_to",
    "place_refusal",
    "shelves_for",
    "shortages_in",
    "sites_with_orders",
    "sources_refused_to",
    "spoilt_reservations",
]
