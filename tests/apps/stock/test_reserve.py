"""Orders reserve lots, first expired first out."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.errors import Forbidden
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.errors import NotEnoughStock
from apps.stock.models import Movement
from apps.stock.services import Item, stock_hold, stock_reserve
from apps.stock.states import LotStatus
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.sites import make_location
from tests.making.stock import KEEPER, held, make_inspection, make_lot, paper, reserve, want


def day(days: Any):
    return clock.today() + dt.timedelta(days=days)


def taken(holds: Any):
    return [(hold.lot.number, hold.grams) for hold in holds]


def test_the_nearest_date_goes_first(shelf: Location) -> None:
    product = make_product()
    late = make_lot(5_000, product, location=shelf, expires_on=day(20))
    soon = make_lot(5_000, product, location=shelf, expires_on=day(5))
    assert taken(reserve(want(7_000, shelf, product=product))) == [(soon.number, 5_000), (late.number, 2_000)]


def test_among_equal_dates_the_oldest_receipt_goes_first_and_undated_goods_last(shelf: Location) -> None:
    product = make_product(date_kind=DateKind.NONE)
    undated = make_lot(1_000, product, location=shelf, expires_on=None)
    young = make_lot(1_000, product, location=shelf, expires_on=day(9), received_on=day(0))
    old = make_lot(1_000, product, location=shelf, expires_on=day(9), received_on=day(-3))
    holds = reserve(want(3_000, shelf, product=product))
    assert [hold.lot for hold in holds] == [old, young, undated]


def test_reserved_goods_are_no_longer_free(shelf: Location) -> None:
    product = make_product()
    lot = make_lot(5_000, product, location=shelf)
    reserve(want(2_000, shelf, product=product))
    assert held(lot, shelf) == (3_000, 2_000)


def test_it_reserves_as_much_as_there_is(shelf: Location) -> None:
    product = make_product()
    make_lot(5_000, product, location=shelf)
    assert [hold.grams for hold in reserve(want(8_000, shelf, product=product))] == [5_000]
    assert reserve(want(8_000, shelf, product=product)) == []


def test_a_family_is_served_from_its_products_and_its_mixes(shelf: Location) -> None:
    family = make_family()
    make_lot(1_000, make_product(family), location=shelf, expires_on=day(4))
    make_lot(1_000, family=family, location=shelf, expires_on=day(2))
    assert sum(hold.grams for hold in reserve(want(2_000, shelf, family=family))) == 2_000


def test_a_product_is_not_served_from_a_mix(shelf: Location) -> None:
    product = make_product()
    make_lot(1_000, family=product.family, location=shelf)
    assert reserve(want(1_000, shelf, product=product)) == []


def test_two_wants_share_what_there_is_without_taking_it_twice(shelf: Location) -> None:
    product = make_product()
    make_lot(5_000, product, location=shelf)
    first, second = want(3_000, shelf, product=product), want(4_000, shelf, family=product.family)
    holds = reserve(first, second)
    assert [(hold.key, hold.grams) for hold in holds] == [(first.key, 3_000), (second.key, 2_000)]


def test_only_the_wanted_site_serves(shelf: Location) -> None:
    product = make_product()
    make_lot(5_000, product, location=make_location())
    assert reserve(want(1_000, shelf, product=product)) == []


def test_use_by_before_the_day_is_never_reserved_and_the_day_itself_is(shelf: Location) -> None:
    product = make_product(date_kind=DateKind.USE_BY)
    make_lot(1_000, product, location=shelf, expires_on=day(1))
    last = make_lot(1_000, product, location=shelf, expires_on=day(2))
    assert [hold.lot for hold in reserve(want(5_000, shelf, product=product), for_day=day(2))] == [last]


def test_past_best_before_only_goes_to_those_who_accept_it_and_within_the_grace(shelf: Location) -> None:
    product = make_product(make_family(grace_days=10), grace_days=None)
    beyond = make_lot(1_000, product, location=shelf, expires_on=day(-11))
    passed = make_lot(1_000, product, location=shelf, expires_on=day(-10))
    make_lot(1_000, product, location=shelf, expires_on=day(-9))
    for lot in (beyond, passed):
        make_inspection(lot)
    wish = want(5_000, shelf, product=product)
    assert reserve(wish, accepts_past_best_before=False) == []
    assert [hold.lot for hold in reserve(wish)] == [passed]


def test_a_products_own_grace_replaces_its_familys(shelf: Location) -> None:
    product = make_product(make_family(grace_days=60), grace_days=0)
    make_lot(1_000, product, location=shelf, expires_on=day(-1))
    assert reserve(want(1_000, shelf, product=product)) == []


@pytest.mark.parametrize("reason", ["blocked", "quarantine", "source"])
def test_goods_that_may_not_leave_are_passed_over(bank: FoodBank, shelf: Location, reason: str) -> None:
    product = make_product()
    place = make_location(shelf.site, purpose=LocationPurpose.QUARANTINE) if reason == "quarantine" else shelf
    status = LotStatus.BLOCKED if reason == "blocked" else LotStatus.AVAILABLE
    make_lot(1_000, product, location=place, status=status, supply_source=SupplySource.FSE_PLUS)
    excluded = frozenset({SupplySource.FSE_PLUS}) if reason == "source" else frozenset()
    assert reserve(want(1_000, shelf, product=product), excluded_sources=excluded) == []


def test_a_repeat_answers_the_same_holds(shelf: Location) -> None:
    product = make_product()
    make_lot(5_000, product, location=shelf)
    wishes, key = [want(2_000, shelf, product=product), want(1_000, shelf, product=product)], uuid4()
    first = reserve(*wishes, op_key=key)
    assert reserve(*wishes, op_key=key) == first
    assert Movement.objects.filter(kind="reserve").count() == 2


def test_nobody_without_a_role_reserves(shelf: Location, nobody: Actor) -> None:
    with pytest.raises(Forbidden):
        stock_reserve(
            nobody,
            op_key=uuid4(),
            wants=[],
            document=paper(),
            for_day=clock.today(),
            accepts_past_best_before=True,
            excluded_sources=frozenset(),
        )


def test_what_a_partner_cannot_keep_cold_is_passed_over(shelf: Location) -> None:
    family = make_family()
    make_lot(1_000, family=family, location=shelf, temperature_class=TemperatureClass.FROZEN_M18)
    kept = make_lot(1_000, family=family, location=shelf, expires_on=day(40))
    excluded = frozenset({TemperatureClass.FROZEN_M18})
    holds = reserve(want(5_000, shelf, family=family), excluded_temperature_classes=excluded)
    assert [hold.lot for hold in holds] == [kept]


def test_more_of_these_very_lots_can_be_held_when_picking_weighs_more(shelf: Location) -> None:
    early = make_lot(1_000, location=shelf, expires_on=day(2))
    late = make_lot(1_000, family=early.family, location=shelf, expires_on=day(9))
    items, key = [Item(late, shelf, 300)], uuid4()
    first = stock_hold(KEEPER, op_key=key, items=items, document=paper())
    assert stock_hold(KEEPER, op_key=key, items=items, document=paper()) == first
    assert (held(early, shelf), held(late, shelf)) == ((1_000, 0), (700, 300))


def test_no_more_is_held_than_is_free(shelf: Location) -> None:
    lot = make_lot(1_000, location=shelf)
    with pytest.raises(NotEnoughStock, match=lot.number):
        stock_hold(KEEPER, op_key=uuid4(), items=[Item(lot, shelf, 1_001)], document=paper())
