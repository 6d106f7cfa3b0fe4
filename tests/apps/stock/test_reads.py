"""What is there, what may leave, where it came from, and whether the books hold."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from apps.catalogue.states import DateKind
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.sites.services import location_archive, site_archive
from apps.sites.states import LocationPurpose
from apps.stock.models import Lot, Movement
from apps.stock.selectors import (
    available_by_lot,
    balances_of,
    holdings,
    ledger_verify,
    lot_explained,
    lots_in_stock,
    lots_put_away,
    stock_by_product,
    trace_of,
    waiting,
)
from apps.stock.services import movement_reverse, stock_deliver, stock_lose
from apps.stock.states import LossDestination, LossReason, LotStatus
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_inspection, make_lot, paper, receive, reserved_item
from tests.spaces import tampering


def day(days: Any):
    return clock.today() + dt.timedelta(days=days)


def lose(lot: Lot, shelf: Location, grams: int):
    return stock_lose(
        KEEPER,
        op_key=uuid4(),
        lot=lot,
        location=shelf,
        grams=grams,
        reason=LossReason.PESTS,
        destination=LossDestination.COMPOST,
    )


def hand_over(lot: Lot, shelf: Location, grams: int, partner: Partner):
    items = [reserved_item(lot, shelf, grams)]
    return stock_deliver(KEEPER, op_key=uuid4(), items=items, partner=partner, document=paper("note"))[0]


def test_free_and_reserved_grams_of_a_lot_stand_side_by_side(shelf: Location) -> None:
    lot, other = make_lot(5_000, location=shelf), make_location()
    receive(lot, 700, other)
    reserved_item(lot, shelf, 2_000)
    there = [(h.location, h.on_hand_grams, h.reserved_grams, h.grams) for h in balances_of(lot)]
    assert there == [(shelf, 3_000, 2_000, 5_000), (other, 700, 0, 700)]


def test_lots_are_listed_first_expired_first_and_by_site(shelf: Location) -> None:
    late, soon = make_lot(location=shelf, expires_on=day(9)), make_lot(location=shelf, expires_on=day(2))
    make_lot(location=make_location())
    assert [held.lot for held in available_by_lot(shelf.site)] == [soon, late]
    assert len(available_by_lot()) == 3


def test_partners_see_products_and_mixes_with_their_first_date(shelf: Location) -> None:
    product = make_product()
    make_lot(2_000, product, location=shelf, expires_on=day(9))
    make_lot(1_000, product, location=shelf, expires_on=day(4))
    make_lot(500, family=product.family, location=shelf)
    item, mix = stock_by_product(site=shelf.site)
    assert (item.product, item.grams, item.lot_count, item.earliest_on) == (product, 3_000, 2, day(4))
    assert (mix.product, mix.label, mix.grams) == (None, product.family.name, 500)


def test_partners_do_not_see_what_they_may_not_have(bank: FoodBank, shelf: Location) -> None:
    make_lot(location=shelf, status=LotStatus.BLOCKED)
    make_lot(location=make_location(shelf.site, purpose=LocationPurpose.QUARANTINE))
    make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=day(-1))
    make_lot(location=shelf, supply_source=SupplySource.FSE_PLUS)
    make_inspection(make_lot(location=shelf, expires_on=day(-1)))
    excluded = {SupplySource.FSE_PLUS}
    assert stock_by_product(excluded_sources=excluded, accepts_past_best_before=False) == []
    assert len(stock_by_product(excluded_sources=excluded)) == 1


def test_a_use_by_date_knows_no_grace_in_the_database_either(shelf: Location) -> None:
    family = make_family(grace_days=60, date_kind=DateKind.USE_BY)
    make_lot(family=family, location=shelf, expires_on=day(-1))
    assert stock_by_product() == []
    assert waiting().expired_count == 1


def test_staff_see_what_is_kept_back_too(shelf: Location) -> None:
    product = make_product()
    lot = make_lot(2_000, product, location=shelf)
    make_lot(1_000, product, location=shelf, status=LotStatus.BLOCKED)
    reserved_item(lot, shelf, 500)
    (holding,) = holdings()
    assert (holding.free_grams, holding.reserved_grams, holding.kept_back_grams) == (1_500, 500, 1_000)
    assert (holding.grams, holding.lot_count) == (3_000, 2)
    assert holdings(make_location().site) == []


def test_a_lot_used_up_has_nothing_left_and_no_place(shelf: Location) -> None:
    lot = make_lot(2_000, location=shelf)
    lose(lot, shelf, 2_000)
    found: Any = lots_in_stock().get(pk=lot.pk)
    assert (found.on_hand_grams, found.stock_grams, found.places) == (0, 0, "")


def test_the_queues_of_the_day(shelf: Location) -> None:
    make_lot(1_000, location=shelf, date_kind=DateKind.USE_BY, expires_on=day(-1))
    make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=day(0))
    make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=day(3))
    make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=day(4))
    make_lot(location=shelf, status=LotStatus.BLOCKED)
    found = waiting()
    assert (found.expired_count, found.expired_grams) == (1, 1_000)
    assert (found.soon_count, found.blocked_count) == (2, 1)


@pytest.mark.parametrize("place", ["location", "site"])
def test_goods_left_in_an_archived_place_wait_for_somebody(shelf: Location, place: str) -> None:
    make_lot(location=make_location())
    left, gone = make_lot(location=shelf), make_lot(1_000, location=shelf)
    lose(gone, shelf, 1_000)
    if place == "location":
        location_archive(KEEPER, location=shelf)
    else:
        site_archive(KEEPER, site=shelf.site)
    assert waiting().put_away_count == 1
    assert [row["account__lot_id"] for row in lots_put_away()] == [left.pk]


def test_a_trace_names_who_gave_and_who_got(shelf: Location) -> None:
    lot, partner = make_lot(5_000, location=shelf), make_partner()
    hand_over(lot, shelf, 2_000, partner)
    lose(lot, shelf, 500)
    trace = trace_of(lot)
    assert [(step.party_label, step.grams) for step in trace.came] == [(lot.donor_label, 5_000)]
    assert [(step.kind, step.grams) for step in trace.went] == [("deliver", 2_000), ("lose", 500)]
    assert (trace.partners, trace.inside_grams) == ([partner.name], 2_500)


def test_a_trace_leaves_out_what_was_reversed(shelf: Location) -> None:
    lot = make_lot(5_000, location=shelf)
    out = hand_over(lot, shelf, 2_000, make_partner())
    movement_reverse(KEEPER, op_key=uuid4(), movement=out, reason="Came back")
    assert (trace_of(lot).partners, trace_of(lot).inside_grams) == ([], 5_000)


def test_what_came_in_less_what_went_out_is_what_is_there(shelf: Location) -> None:
    lot = make_lot(5_000, location=shelf)
    hand_over(lot, shelf, 2_000, make_partner())
    lose(lot, shelf, 500)
    lines = {line.kind: line.grams for line in lot_explained(lot)}
    assert lines == {"donor": 5_000, "partner": -2_000, "loss": -500}
    assert sum(lines.values()) == trace_of(lot).inside_grams


def test_books_that_hold_show_no_difference(shelf: Location) -> None:
    lose(make_lot(5_000, location=shelf), shelf, 500)
    assert Movement.objects.count() == 2
    assert ledger_verify() == []


def test_a_balance_that_drifted_is_named(bank: FoodBank, shelf: Location) -> None:
    lot = make_lot(5_000, location=shelf)
    account = lot.accounts.get(kind="on_hand")
    drift(bank, account.pk, 5)
    (difference,) = ledger_verify()
    assert (difference.lot_number, difference.account_id, difference.grams) == (lot.number, account.pk, 5)
    drift(bank, account.pk, -5)


def drift(bank: FoodBank, account_id: int, grams: int) -> None:
    with tampering() as cursor:
        sql = f'UPDATE "{bank.schema_name}".stock_balance SET grams = grams + %s WHERE account_id = %s'
        cursor.execute(sql, [grams, account_id])
