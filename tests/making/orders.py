"""Builders of orders, through the service that places them."""

import datetime as dt
from typing import Any
from uuid import uuid4

from apps.catalogue.models import Product, ProductFamily
from apps.donors.states import is_kept_apart
from apps.kernel import clock
from apps.kernel.abilities import Actor, software
from apps.orders.models import Order
from apps.orders.services import WantedLine, order_place
from tests.making.catalogue import make_product
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import make_lot

DESK = software("order desk")


def kg(number: float) -> int:
    """Return kilograms as grams."""
    return round(number * 1000)


def make_line(goods: Product | ProductFamily, kilograms: float, programme: str = "") -> WantedLine:
    """Return a wish for a product, or for a family as it comes, maybe of a public programme."""
    own = programme if is_kept_apart(programme) else ""
    if isinstance(goods, Product):
        return WantedLine(product=goods, family=goods.family, grams=kg(kilograms), programme=own)
    return WantedLine(product=None, family=goods, grams=kg(kilograms), programme=own)


def tomorrow() -> dt.date:
    """Return the day that orders of tests are wanted on."""
    return clock.today() + dt.timedelta(days=1)


def place(*lines: WantedLine, actor: Actor = DESK, **overrides: Any) -> Order:
    """Place an order for tomorrow for a new partner, unless told otherwise; ``site`` must be given."""
    partner = overrides.pop("partner", None) or make_partner()
    values: dict[str, Any] = {"op_key": uuid4(), "partner": partner, "wanted_on": tomorrow(), "lines": lines}
    return order_place(actor, **values | overrides)


def make_order(
    kilograms: float = 10,
    *,
    in_stock: float | None = None,
    lot: dict[str, Any] | None = None,
    **overrides: Any,
) -> Order:
    """Return a new order of one product, in stock at its site (as much as is ordered, unless told)."""
    lot = dict(lot or {})
    product = lot.pop("product", None) or make_product()
    location = lot.pop("location", None) or make_location()
    make_lot(kg(kilograms if in_stock is None else in_stock), product=product, location=location, **lot)
    line = make_line(product, kilograms, lot.get("supply_source", ""))
    return place(line, site=location.site, **overrides)
