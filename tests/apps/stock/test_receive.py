"""A posted receipt becomes lots."""

from typing import Any

import pytest
from django.db import transaction

from apps.donors.states import SupplySource
from apps.kernel.abilities import Actor
from apps.kernel.errors import Forbidden
from apps.kernel.facts import emit
from apps.receiving.facts import GoodsReceived
from apps.sites.models import Location
from apps.stock.errors import LocationMissing
from apps.stock.handlers import on_goods_received
from apps.stock.models import Lot, Movement
from apps.stock.services import lots_receive
from apps.stock.states import AccountKind, Granularity
from tests.making.catalogue import make_family, make_product
from tests.making.facts import facts_told
from tests.making.stock import held, place_for, posted_receipt


def test_each_accepted_line_becomes_one_lot_at_its_location(shelf: Location, manager: Actor) -> None:
    receipt = posted_receipt(shelf, (make_product(), 4_000, shelf), (make_family(), 6_000, shelf))
    item, mix = lots_receive(manager, receipt=receipt)
    assert (item.granularity, mix.granularity) == (Granularity.ITEM, Granularity.FAMILY_MIX)
    assert held(item, shelf) == (4_000, 0)
    assert held(mix, shelf) == (6_000, 0)


def test_a_line_with_nothing_accepted_makes_no_lot(shelf: Location, manager: Actor) -> None:
    assert lots_receive(manager, receipt=posted_receipt(shelf, (make_family(), 0, None))) == []


def test_a_lot_keeps_where_it_came_from(shelf: Location, manager: Actor) -> None:
    receipt = posted_receipt(shelf, (make_family(), 4_000, shelf))
    (lot,) = lots_receive(manager, receipt=receipt)
    assert (lot.donor_id, lot.donor_label) == (receipt.donor.pk, receipt.donor.name)
    assert (lot.supply_source, lot.received_on) == (receipt.supply_source, receipt.received_on)
    movement = lot.movements.get()
    assert (movement.party_label, movement.document_number) == (receipt.donor.name, receipt.number)


@pytest.mark.parametrize(
    ("source", "account"),
    [
        (SupplySource.GMS_RAMASSE, AccountKind.DONOR),
        (SupplySource.PURCHASE_OWN, AccountKind.SUPPLIER),
        (SupplySource.PURCHASE_MMPT, AccountKind.SUPPLIER),
    ],
)
def test_gifts_come_from_a_donor_and_purchases_from_a_supplier(
    shelf: Location, manager: Actor, source: Any, account: str
) -> None:
    receipt = posted_receipt(shelf, (make_family(), 4_000, place_for(source, shelf)), source=source)
    (lot,) = lots_receive(manager, receipt=receipt)
    assert lot.movements.get().source.kind == account


def test_receiving_twice_gives_the_same_lots(shelf: Location, manager: Actor) -> None:
    receipt = posted_receipt(shelf, (make_family(), 4_000, shelf), (make_family(), 1_000, shelf))
    first = lots_receive(manager, receipt=receipt)
    assert lots_receive(manager, receipt=receipt) == first
    assert Movement.objects.count() == 2


def test_accepted_goods_need_a_location(shelf: Location, manager: Actor) -> None:
    with pytest.raises(LocationMissing, match="Choose a location"):
        lots_receive(manager, receipt=posted_receipt(shelf, (make_family(), 4_000, None)))
    assert not Lot.objects.exists()


def test_a_volunteer_does_not_post_receipts(shelf: Location, volunteer: Actor) -> None:
    with pytest.raises(Forbidden):
        lots_receive(volunteer, receipt=posted_receipt(shelf, (make_family(), 4_000, shelf)))


def test_the_fact_of_a_receipt_makes_the_lots_in_its_own_transaction(shelf: Location) -> None:
    receipt = posted_receipt(shelf, (make_family(), 4_000, shelf))
    receipt.received_by = "Jeanne"
    receipt.save()
    with facts_told(inside={GoodsReceived: on_goods_received}), transaction.atomic():
        emit(GoodsReceived(receipt_id=receipt.pk, accepted_grams=4_000, refused_grams=0))
    assert Movement.objects.get().actor_label == "Jeanne"
