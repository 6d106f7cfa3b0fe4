"""Builders of lots, always through the ledger."""

import datetime as dt
from itertools import count
from typing import Any
from uuid import uuid4

from apps.catalogue.models import Product, ProductFamily
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import software
from apps.sites.models import Location
from apps.stock import ledger
from apps.stock.ledger import Leg, Party
from apps.stock.models import Lot
from apps.stock.states import Granularity, MovementKind
from tests.making.catalogue import make_family
from tests.making.sites import make_location

_numbers = count(1)
KEEPER = software("warehouse")


def make_lot(
    grams: int = 10_000,
    product: Product | None = None,
    family: ProductFamily | None = None,
    location: Location | None = None,
    **fields: Any,
) -> Lot:
    """Return a new lot received at a location today: best before in thirty days, unless told otherwise."""
    family = product.family if product else family or make_family()
    n = next(_numbers)
    values: dict[str, Any] = {
        "number": f"TEST-{n:06d}",
        "granularity": Granularity.ITEM if product else Granularity.FAMILY_MIX,
        "product": product,
        "family": family,
        "label": str(product or family),
        "temperature_class": (product or family).temperature_class,
        "supply_source": SupplySource.GMS_RAMASSE,
        "donor_id": uuid4(),
        "donor_label": f"Donor {n}",
        "received_on": clock.today(),
        "date_kind": (product or family).date_kind,
        "expires_on": clock.today() + dt.timedelta(days=30),
        "is_food": family.is_food,
        "is_fresh": (product or family).is_fresh,
        "value_cents_per_kg": (product or family).value_cents_per_kg,
    }
    lot = Lot.objects.create(**values | fields)
    if grams:
        receive(lot, grams, location or make_location())
    return lot


def receive(lot: Lot, grams: int, location: Location) -> None:
    """Take grams of an existing lot into stock from its donor."""
    party = Party(lot.donor_id, lot.donor_label, "SUPERMARKET") if lot.donor_id else None
    leg = Leg(
        kind=MovementKind.RECEIVE,
        lot=lot,
        source=ledger.DONOR,
        destination=ledger.on_hand(location),
        grams=grams,
        party=party,
    )
    ledger.post(KEEPER, op_key=uuid4(), legs=[leg], occurred_on=lot.received_on)
