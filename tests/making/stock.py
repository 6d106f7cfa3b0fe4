"""Builders of lots, always through the ledger."""

import datetime as dt
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from apps.catalogue.models import Product, ProductFamily
from apps.donors.selectors import may_be_put
from apps.donors.states import SupplySource, is_kept_apart
from apps.kernel import clock
from apps.kernel.abilities import software
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.states import ReceiptStatus
from apps.sites.models import Location
from apps.stock import ledger
from apps.stock.ledger import Document, Leg, Party
from apps.stock.models import Inspection, Lot
from apps.stock.selectors import grams_at
from apps.stock.services import Hold, Item, Want, stock_reserve
from apps.stock.states import Granularity, MovementKind
from tenants.crossing import Purpose, in_platform
from tenants.federation.models import Delta
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.donors import make_donor
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
        receive(lot, grams, place_for(lot.supply_source, location))
    return lot


def place_for(supply_source: str, location: Location | None = None) -> Location:
    """Return a location for goods of a source: the one given, or beside it one of their own programme."""
    own = supply_source if is_kept_apart(supply_source) else ""
    if location is None:
        return make_location(programme=own)
    if may_be_put(supply_source, location):
        return location
    return make_location(location.site, programme=own, zone=location.zone)


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


def make_inspection(lot: Lot, *, passed: bool = True, **fields: Any) -> Inspection:
    """Return what a person found today when looking at a lot: good for thirty days, unless told otherwise."""
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "inspected_on": clock.today(),
        "inspector_label": "warehouse",
        "packaging_intact": passed,
        "storage_respected": True,
        "life_suffices": True,
        "senses_good": True,
        "traceable": True,
        "passed": passed,
        "valid_until": clock.today() + dt.timedelta(days=30) if passed else None,
    }
    return Inspection.objects.create(lot=lot, **values | fields)


def held(lot: Lot, location: Location) -> tuple[int, int]:
    """Return the grams of a lot at a location: free, reserved."""
    there = grams_at(lot, location)
    return there.on_hand_grams, there.reserved_grams


def paper(kind: str = "order") -> Document:
    """Return a document for a movement to follow from."""
    return Document(kind, uuid4(), f"{kind.upper()}-1")


def want(
    grams: int,
    location: Location,
    *,
    product: Product | None = None,
    family: ProductFamily | None = None,
    programme: str = "",
) -> Want:
    """Return a wish for a product, or for a family as it comes, at the location's site."""
    family = product.family if product else family
    assert family is not None
    named = product.pk if product else None
    return Want(uuid4(), location.site_id, family.pk, named, grams, programme)


def reserve(
    *wants: Want, op_key: UUID | None = None, for_day: dt.date | None = None, **rules: Any
) -> list[Hold]:
    """Reserve for an order of today that takes everything, unless told otherwise."""
    return stock_reserve(
        KEEPER,
        op_key=op_key or uuid4(),
        wants=wants,
        document=paper(),
        for_day=for_day or clock.today(),
        **{"accepts_past_best_before": True, "excluded_sources": frozenset(), **rules},
    )


def reserved_item(lot: Lot, location: Location, grams: int) -> Item:
    """Reserve grams of a lot at a location and return them as an item to release or to hand over."""
    leg = Leg(
        kind=MovementKind.RESERVE,
        lot=lot,
        source=ledger.on_hand(location),
        destination=ledger.reserved(location),
        grams=grams,
    )
    ledger.post(KEEPER, op_key=uuid4(), legs=[leg])
    return Item(lot, location, grams)


def counted(bank: FoodBank, **which: Any) -> list[tuple[str, str, int]]:
    """Return what the ledger of a bank told the federation, in order: flow, detail, grams."""
    with in_platform(Purpose.TEST):
        told = Delta.objects.filter(bank_id=bank.pk, **which).order_by("id")
        return list(told.values_list("flow", "detail", "grams"))


Goods = Product | ProductFamily


def posted_receipt(
    location: Location,
    *goods: tuple[Goods, int, Location | None],
    source: SupplySource = SupplySource.GMS_RAMASSE,
    **dates: Any,
) -> GoodsReceipt:
    """Write a posted receipt of (goods, accepted grams, location) lines, as the dock leaves it."""
    receipt = GoodsReceipt.objects.create(
        number=f"BR-{next(_numbers):06d}",
        op_key=uuid4(),
        site=location.site,
        donor=make_donor(),
        supply_source=source,
        status=ReceiptStatus.POSTED,
        received_on=clock.today(),
    )
    for position, (thing, grams, place) in enumerate(goods):
        product = thing if isinstance(thing, Product) else None
        values = {
            "receipt": receipt,
            "position": position,
            "product": product,
            "family": product.family if product else thing,
            "label": thing.name,
            "temperature_class": thing.temperature_class,
            "accepted_grams": grams,
            "date_kind": thing.date_kind,
            "location": place,
        }
        ReceiptLine.objects.create(**values | dates)
    return receipt
