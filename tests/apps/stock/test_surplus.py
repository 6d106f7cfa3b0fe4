"""Surplus goods leave for another bank and arrive there."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.kernel.abilities import Actor
from apps.sites.models import Location
from apps.stock.errors import (
    FamilyUnknownHere,
    LotIsBlocked,
    MovementNotReversible,
    NotEnoughStock,
    NothingToMove,
)
from apps.stock.models import Lot, Movement
from apps.stock.selectors import LotOrigin, origin_of
from apps.stock.services import movement_reverse, surplus_arrive, surplus_ship
from apps.stock.states import LotStatus
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import TransferLine
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.network import make_transfer
from tests.making.sites import make_location
from tests.making.stock import KEEPER, counted, held, make_lot, paper


@pytest.fixture
def line(bank: FoodBank, twin_b: FoodBank):
    return make_transfer(bank, twin_b, grams=5_000)


def says(line: TransferLine, **grams: Any) -> None:
    """Write into the transfer's document what the ledgers are about to do."""
    with in_platform(Purpose.TEST):
        type(line).objects.filter(pk=line.pk).update(**grams)


def ship(lot: Lot, shelf: Location, line: TransferLine, grams: int = 5_000, op_key: UUID | None = None):
    says(line, shipped_grams=grams)
    return surplus_ship(
        KEEPER,
        op_key=op_key or uuid4(),
        lot=lot,
        location=shelf,
        grams=grams,
        transfer_line_id=line.pk,
        document=paper("transfer"),
    )


def arrive(
    origin: LotOrigin, location: Location, line: TransferLine, *weights: int, op_key: UUID | None = None
):
    received, lost = weights if len(weights) == 2 else (*weights, 0)
    says(line, received_grams=received, lost_grams=lost)
    return surplus_arrive(
        KEEPER,
        op_key=op_key or uuid4(),
        origin=origin,
        location=location,
        received_grams=received,
        lost_grams=lost,
        transfer_line_id=line.pk,
        document=paper("transfer"),
    )


def origin(lot: Lot, bank: FoodBank):
    return origin_of(lot, bank_id=bank.pk, bank_label=bank.name)


def test_shipped_goods_leave_the_stock_and_are_on_the_road(
    bank: FoodBank, shelf: Location, line: TransferLine
) -> None:
    lot = make_lot(8_000, location=shelf)
    ship(lot, shelf, line)
    assert held(lot, shelf) == (3_000, 0)
    assert counted(bank)[-1] == ("shipped", "", 5_000)
    with in_platform(Purpose.TEST):
        assert list(line.legs.values_list("bank_id", "direction", "grams")) == [(bank.pk, "out", 5_000)]


def test_a_repeated_shipment_is_the_first_one(shelf: Location, line: TransferLine) -> None:
    lot, key = make_lot(8_000, location=shelf), uuid4()
    assert ship(lot, shelf, line, op_key=key) == ship(lot, shelf, line, op_key=key)
    assert held(lot, shelf) == (3_000, 0)


def test_no_more_is_shipped_than_is_free_and_nothing_that_is_blocked(
    shelf: Location, line: TransferLine
) -> None:
    with pytest.raises(NotEnoughStock):
        ship(make_lot(1_000, location=shelf), shelf, line, 2_000)
    with pytest.raises(LotIsBlocked):
        ship(make_lot(5_000, location=shelf, status=LotStatus.BLOCKED), shelf, line)
    says(line, shipped_grams=0)


def test_what_arrives_is_a_new_lot_with_the_same_origin(
    bank: FoodBank, twin_b: FoodBank, shelf: Location, line: TransferLine
) -> None:
    lot = make_lot(8_000, make_product(), location=shelf, campaign="2026", is_organic=True)
    ship(lot, shelf, line)
    came = origin(lot, bank)
    with in_tenant(twin_b, Purpose.TEST):
        make_family(code=lot.family.code)
        there = arrive(came, make_location(), line, 5_000)
    assert (there.donor_label, there.received_on, there.expires_on) == (
        lot.donor_label, lot.received_on, lot.expires_on,
    )  # fmt: skip
    assert (there.supply_source, there.campaign, there.is_organic) == (lot.supply_source, "2026", True)
    assert (there.origin_bank_id, there.origin_lot_id) == (bank.pk, lot.pk)


def test_what_is_missing_on_arrival_is_a_loss_and_still_has_arrived(
    bank: FoodBank, twin_b: FoodBank, shelf: Location, line: TransferLine
) -> None:
    lot = make_lot(8_000, location=shelf)
    ship(lot, shelf, line)
    came = origin(lot, bank)
    with in_tenant(twin_b, Purpose.TEST):
        make_family(code=lot.family.code)
        place = make_location()
        there = arrive(came, place, line, 4_600, 400)
        assert held(there, place) == (4_600, 0)
    told = [("arrived", "", 4_600), ("arrived", "", 400), ("loss", "transport", 400)]
    assert sorted(counted(twin_b, site=place.site.code)) == sorted(told)


def test_goods_lost_entirely_on_the_road_still_have_a_lot_and_a_site(
    bank: FoodBank, twin_b: FoodBank, shelf: Location, line: TransferLine
) -> None:
    lot = make_lot(8_000, location=shelf)
    ship(lot, shelf, line)
    came = origin(lot, bank)
    with in_tenant(twin_b, Purpose.TEST):
        make_family(code=lot.family.code)
        place = make_location()
        there = arrive(came, place, line, 0, 5_000)
        assert held(there, place) == (0, 0)
    assert sorted(counted(twin_b, site=place.site.code)) == [
        ("arrived", "", 5_000),
        ("loss", "transport", 5_000),
    ]


def test_goods_that_travel_on_keep_their_first_bank(
    bank: FoodBank, twin_b: FoodBank, shelf: Location
) -> None:
    first, first_lot = uuid4(), uuid4()
    lot = make_lot(location=shelf, origin_bank_id=first, origin_bank_label="First", origin_lot_id=first_lot)
    travelled = origin(lot, bank)
    assert (travelled.bank_id, travelled.bank_label, travelled.lot_id) == (first, "First", first_lot)


def test_a_repeated_arrival_is_the_first_one(
    bank: FoodBank, twin_b: FoodBank, shelf: Location, line: TransferLine
) -> None:
    lot, key = make_lot(8_000, location=shelf), uuid4()
    ship(lot, shelf, line)
    came = origin(lot, bank)
    with in_tenant(twin_b, Purpose.TEST):
        make_family(code=lot.family.code)
        place = make_location()
        assert arrive(came, place, line, 5_000, op_key=key) == arrive(came, place, line, 5_000, op_key=key)
        assert Movement.objects.filter(op_key=key).count() == 1


def test_a_product_not_known_here_arrives_as_a_mix_of_its_family(
    bank: FoodBank, twin_b: FoodBank, shelf: Location, line: TransferLine
) -> None:
    lot = make_lot(8_000, make_product(), location=shelf)
    ship(lot, shelf, line)
    came = origin(lot, bank)
    with in_tenant(twin_b, Purpose.TEST):
        make_family(code=lot.family.code)
        there = arrive(came, make_location(), line, 5_000)
    assert (there.product, there.granularity, there.label) == (None, "family_mix", lot.label)


def test_a_family_not_known_here_is_refused(
    bank: FoodBank, twin_b: FoodBank, shelf: Location, line: TransferLine
) -> None:
    lot = make_lot(location=shelf)
    ship(lot, shelf, line)
    with in_tenant(twin_b, Purpose.TEST), pytest.raises(FamilyUnknownHere, match=lot.family.code):
        arrive(origin(lot, bank), shelf, line, 5_000)
    says(line, received_grams=0)


def test_an_arrival_of_nothing_is_refused(bank: FoodBank, twin_b: FoodBank, shelf: Location) -> None:
    with pytest.raises(NothingToMove):
        arrive(origin(make_lot(location=shelf), bank), shelf, make_transfer(bank, twin_b), 0, 0)
    assert Lot.objects.count() == 1


def test_a_shipment_is_reversed_by_its_transfer_not_by_hand(
    bank: FoodBank, shelf: Location, line: TransferLine, manager: Actor
) -> None:
    lot = make_lot(8_000, location=shelf)
    sent = ship(lot, shelf, line)
    with pytest.raises(MovementNotReversible, match="transfer"):
        movement_reverse(manager, op_key=uuid4(), movement=sent, reason="Truck broke down")
    says(line, shipped_grams=0)
    movement_reverse(KEEPER, op_key=uuid4(), movement=sent, reason="Truck broke down")
    assert held(lot, shelf) == (8_000, 0)
    assert counted(bank)[-1] == ("shipped", "", -5_000)
