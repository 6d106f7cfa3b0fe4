"""Builders of picking lists, delivery notes and contribution rates, through their services."""

import datetime as dt
from typing import Any
from uuid import uuid4

from apps.delivery.models import ContributionRate, DeliveryNote, PickingList
from apps.delivery.selectors import pick_lines_of
from apps.delivery.services import handover_record, picking_record, rate_create
from apps.kernel import clock
from apps.kernel.abilities import software
from apps.orders.models import Order
from tests.making.orders import kg, make_order

KEEPER = software("warehouse")


def make_picking(order: Order | None = None, **overrides: Any) -> PickingList:
    """Return the picking list of an order, a new one of 10 kg unless given."""
    order = order or make_order(**overrides)
    return PickingList.objects.select_related("order__partner", "order__site").get(order=order)


def weigh(picking: PickingList, *kilograms: float) -> PickingList:
    """Weigh the lines of a list in walking order; those left out weigh what was reserved."""
    lines = pick_lines_of(picking)
    wanted = [*map(kg, kilograms), *(line.reserved_grams for line in lines[len(kilograms) :])]
    weights = {line.pk: grams for line, grams in zip(lines, wanted, strict=True)}
    return picking_record(KEEPER, picking_list=picking, weights=weights)


def make_picked(order: Order | None = None, **overrides: Any) -> PickingList:
    """Return a picking list weighed as it was reserved."""
    return weigh(make_picking(order, **overrides))


def hand_over(picking: PickingList, **overrides: Any) -> DeliveryNote:
    """Hand a picked list over to the partner's driver."""
    values: dict[str, Any] = {"op_key": uuid4(), "received_by": "Camille Petit"}
    return handover_record(KEEPER, picking_list=picking, **values | overrides)


def make_note(order: Order | None = None, **overrides: Any) -> DeliveryNote:
    """Return the delivery note of an order picked as reserved."""
    return hand_over(make_picked(order, **overrides))


def make_rate(cents_per_kg: int = 10, **overrides: Any) -> ContributionRate:
    """Return a rate for every partner and source since a month, unless told otherwise."""
    values: dict[str, Any] = {
        "partner_type": "",
        "supply_source": "",
        "cents_per_kg": cents_per_kg,
        "starts_on": clock.today() - dt.timedelta(days=30),
    }
    return rate_create(KEEPER, **values | overrides)
