"""Goods are moved, lost and counted inside the bank."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.catalogue.states import TemperatureClass
from apps.kernel.abilities import Actor
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.errors import NotEnoughStock, NothingToMove, WrongZone
from apps.stock.models import Lot, Movement
from apps.stock.services import stock_count, stock_lose, stock_move, stock_release
from apps.stock.states import EntryStatus, LossDestination, LossReason
from tenants.registry.models import FoodBank
from tests.making.sites import make_location
from tests.making.stock import KEEPER, counted, held, make_lot, paper, reserved_item


def lose(actor: Actor, lot: Lot, location: Location, grams: int, op_key: UUID | None = None):
    return stock_lose(
        actor,
        op_key=op_key or uuid4(),
        lot=lot,
        location=location,
        grams=grams,
        reason=LossReason.PESTS,
        destination=LossDestination.COMPOST,
    )


def move(actor: Actor, lot: Lot, location: Location, to: Location, grams: int):
    return stock_move(actor, op_key=uuid4(), lot=lot, location=location, to=to, grams=grams)


def count(actor: Actor, lot: Lot, location: Location, counted_grams: int, op_key: UUID | None = None):
    return stock_count(
        actor,
        op_key=op_key or uuid4(),
        lot=lot,
        location=location,
        counted_grams=counted_grams,
        reason="July",
    )


def test_moved_goods_change_place_and_nothing_is_counted(
    bank: FoodBank, shelf: Location, volunteer: Actor
) -> None:
    lot, other = make_lot(5_000, location=shelf), make_location()
    before = counted(bank)
    move(volunteer, lot, shelf, other, 2_000)
    assert (held(lot, shelf), held(lot, other)) == ((3_000, 0), (2_000, 0))
    assert counted(bank) == before


def test_no_more_is_moved_than_is_free(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    reserved_item(lot, shelf, 4_000)
    with pytest.raises(NotEnoughStock, match=r"1\xa0kg"):
        move(manager, lot, shelf, make_location(), 2_000)


@pytest.mark.parametrize("grams", [0, -5])
def test_a_move_needs_a_weight(shelf: Location, manager: Actor, grams: int) -> None:
    with pytest.raises(NothingToMove):
        move(manager, make_lot(location=shelf), shelf, make_location(), grams)


def test_a_move_needs_another_place(shelf: Location, manager: Actor) -> None:
    with pytest.raises(NothingToMove):
        move(manager, make_lot(location=shelf), shelf, shelf, 1)


def test_frozen_goods_are_not_moved_to_a_dry_store(shelf: Location, manager: Actor) -> None:
    freezer = make_location(zone=Location.Zone.FROZEN)
    lot = make_lot(location=freezer, temperature_class=TemperatureClass.FROZEN_M18)
    with pytest.raises(WrongZone, match="Freezer"):
        move(manager, lot, freezer, shelf, 1_000)


def test_a_volunteer_puts_goods_in_quarantine_but_does_not_take_them_out(
    shelf: Location, volunteer: Actor, manager: Actor
) -> None:
    lot, aside = make_lot(location=shelf), make_location(purpose=LocationPurpose.QUARANTINE)
    move(volunteer, lot, shelf, aside, 1_000)
    with pytest.raises(Forbidden):
        move(volunteer, lot, aside, shelf, 1_000)
    assert move(manager, lot, aside, shelf, 1_000)


def test_a_loss_says_why_and_where_it_goes(bank: FoodBank, shelf: Location, volunteer: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    movement = lose(volunteer, lot, shelf, 2_000)
    assert (movement.destination.detail, movement.disposal) == ("pests", "compost")
    assert counted(bank)[-1] == ("loss", "pests", 2_000)
    assert held(lot, shelf) == (3_000, 0)


def test_a_repeated_loss_is_the_first_one(shelf: Location, manager: Actor) -> None:
    lot, key = make_lot(5_000, location=shelf), uuid4()
    assert lose(manager, lot, shelf, 2_000, key) == lose(manager, lot, shelf, 2_000, key)
    assert held(lot, shelf) == (3_000, 0)


@pytest.mark.parametrize(("found", "free"), [(4_000, 3_000), (5_900, 4_900)])
def test_a_count_puts_the_books_right_reserved_goods_included(
    shelf: Location, manager: Actor, found: Any, free: int
) -> None:
    lot = make_lot(5_000, location=shelf)
    reserved_item(lot, shelf, 1_000)
    count(manager, lot, shelf, found)
    assert held(lot, shelf) == (free, 1_000)


@pytest.mark.parametrize(("found", "told"), [(4_000, -1_000), (5_900, 900)])
def test_a_count_is_counted_with_its_sign(
    bank: FoodBank, shelf: Location, manager: Actor, found: Any, told: int
) -> None:
    count(manager, make_lot(5_000, location=shelf), shelf, found)
    assert counted(bank)[-1] == ("count", "", told)


def test_a_right_count_moves_nothing_but_is_in_the_history(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    assert count(manager, lot, shelf, 5_000).status == EntryStatus.MATCHED
    assert not Movement.objects.filter(kind="count").exists()
    assert history_of(lot).get(action="counted").reason == "July"


def test_a_count_below_what_orders_reserved_takes_the_free_goods_and_keeps_the_rest_in_mind(
    shelf: Location,
) -> None:
    lot = make_lot(5_000, location=shelf)
    item = reserved_item(lot, shelf, 3_000)
    entry = count(KEEPER, lot, shelf, 2_000)
    assert (entry.posted_grams, entry.unsettled_grams) == (-2_000, 1_000)
    assert held(lot, shelf) == (0, 3_000)
    stock_release(KEEPER, op_key=uuid4(), items=[item], document=paper())
    entry.refresh_from_db()
    assert (held(lot, shelf), entry.posted_grams, entry.unsettled_grams) == ((2_000, 0), -3_000, 0)


@pytest.mark.parametrize("found", [5_000, 4_000])
def test_a_repeated_count_is_the_first_one_whatever_happened_since(
    shelf: Location, manager: Actor, found: Any
) -> None:
    lot, key = make_lot(5_000, location=shelf), uuid4()
    first = count(manager, lot, shelf, found, key)
    lose(manager, lot, shelf, 1_000)
    assert count(manager, lot, shelf, found, key) == first
    assert Movement.objects.filter(kind="count").count() == (0 if found == 5_000 else 1)


def test_a_count_may_find_a_lot_where_the_books_had_none(shelf: Location, manager: Actor) -> None:
    lot, other = make_lot(5_000, location=shelf), make_location()
    count(manager, lot, other, 700)
    assert held(lot, other) == (700, 0)
