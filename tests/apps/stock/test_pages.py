"""The stock's pages, by role."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.sites.services import location_archive
from apps.stock.models import Lot
from apps.stock.states import LotStatus
from apps.stock.today import queues
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_product
from tests.making.sites import make_location
from tests.making.stock import KEEPER, held, make_lot, reserved_item
from tests.people import SignIn, actor_as

STAFF = [Role.MANAGER, Role.STOCK, Role.VOLUNTEER, Role.ORDERS, Role.ROUNDS, Role.ACCOUNTS]


@pytest.fixture
def lot(shelf: Location):
    return make_lot(5_000, make_product(name="Lentilles"), location=shelf)


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn):
    return sign_in(bank, Role.MANAGER)


def page(name: str, *args: Any, **query: Any):
    return reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("name", ["stock_lot_list", "stock_holding_list", "stock_movement_list"])
def test_the_staff_reads_the_stock(bank: FoodBank, lot: Lot, sign_in: SignIn, role: Role, name: str) -> None:
    assert "Lentilles" in sign_in(bank, role).get(page(name)).text


@pytest.mark.parametrize("role", [Role.PARTNER, Role.DRIVER])
@pytest.mark.parametrize("name", ["stock_lot_list", "stock_holding_list", "stock_movement_list"])
def test_others_do_not(bank: FoodBank, lot: Lot, sign_in: SignIn, role: Role, name: str) -> None:
    partner_id = uuid4() if role == Role.PARTNER else None
    assert sign_in(bank, role, partner_id=partner_id).get(page(name)).status_code == 403


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        (Role.MANAGER, {"move", "lose", "count", "block"}),
        (Role.STOCK, {"move", "lose", "count", "block"}),
        (Role.VOLUNTEER, {"move", "lose", "count"}),
        (Role.ORDERS, set()),
    ],
)
def test_a_sheet_offers_what_this_person_may_do(
    bank: FoodBank, lot: Lot, sign_in: SignIn, role: Role, verbs: set[str]
) -> None:
    client = sign_in(bank, role)
    shown = client.get(page("stock_lot_detail", lot.pk)).text
    offered = {v for v in ("move", "lose", "count", "block") if page(f"stock_lot_{v}", lot.pk) in shown}
    open_to = {
        v
        for v in ("move", "lose", "count", "block")
        if client.get(page(f"stock_lot_{v}", lot.pk)).status_code == 200
    }
    assert offered == open_to == verbs


def test_the_sheet_tells_where_the_lot_is_and_where_it_came_from(
    browser: Client, lot: Lot, shelf: Location
) -> None:
    reserved_item(lot, shelf, 2_000)
    shown = browser.get(page("stock_lot_detail", lot.pk)).text
    for expected in (shelf.code, lot.donor_label, "3\xa0kg", "2\xa0kg", "Reserved", "In stock"):
        assert expected in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"q": "lentil"}, True),
        ({"q": "riz"}, False),
        ({"state": "blocked"}, False),
        ({"state": "soon"}, False),
        ({"state": "expired"}, False),
        ({"state": "used_up"}, False),
        ({"zone": "AMBIENT"}, True),
        ({"zone": "FROZEN"}, False),
        ({"expires_before": "2020-01-01"}, False),
        ({"expires_before": "2100-01-01"}, True),
    ],
)
def test_the_list_is_filtered(browser: Client, lot: Lot, query: dict[str, str], found: Any) -> None:
    assert (lot.number in browser.get(page("stock_lot_list", **query)).text) == found


def test_at_a_site_only_what_is_there_counts(browser: Client, lot: Lot, shelf: Location) -> None:
    elsewhere = make_location().site
    assert lot.number in browser.get(page("stock_lot_list", site=shelf.site.pk)).text
    assert lot.number not in browser.get(page("stock_lot_list", site=elsewhere.pk)).text
    assert "Lentilles" not in browser.get(page("stock_holding_list", site=elsewhere.pk)).text


def test_the_state_filters_find_their_lots(browser: Client, shelf: Location) -> None:
    today = clock.today()
    yesterday = today - dt.timedelta(days=1)
    soon = make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=today)
    late = make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=yesterday)
    blocked = make_lot(location=shelf, status=LotStatus.BLOCKED)
    for state, lot in (("soon", soon), ("expired", late), ("blocked", blocked)):
        shown = browser.get(page("stock_lot_list", state=state)).text
        assert [lot.number for lot in (soon, late, blocked) if lot.number in shown] == [lot.number]


@pytest.mark.parametrize("name", ["stock_lot_list", "stock_holding_list", "stock_movement_list"])
def test_what_is_shown_can_be_taken_away_as_csv(browser: Client, lot: Lot, name: str) -> None:
    answer = browser.get(page(name, format="csv"))
    assert answer["Content-Type"].startswith("text/csv")
    assert "Lentilles" in answer.text


def test_goods_are_moved_by_their_form_and_a_second_click_does_nothing(
    browser: Client, lot: Lot, shelf: Location
) -> None:
    other = make_location()
    sent = {"op_key": uuid4(), "location": shelf.pk, "to": other.pk, "grams": "1,5", "comment": ""}
    for _ in range(2):
        answer = browser.post(page("stock_lot_move", lot.pk), sent)
        assert answer["Location"] == page("stock_lot_detail", lot.pk)
    assert (held(lot, shelf), held(lot, other)) == ((3_500, 0), (1_500, 0))


def test_a_form_says_at_its_field_how_much_is_left(browser: Client, lot: Lot, shelf: Location) -> None:
    sent = {"location": shelf.pk, "grams": "9", "reason": "pests", "destination": "compost"}
    answer = browser.post(page("stock_lot_lose", lot.pk), sent)
    assert answer.status_code == 422
    assert f"Only 5\xa0kg of lot {lot.number}" in answer.text


def test_a_count_is_recorded_and_shown_in_the_history(browser: Client, lot: Lot, shelf: Location) -> None:
    sent = {"location": shelf.pk, "counted_grams": "4", "reason": "July"}
    browser.post(page("stock_lot_count", lot.pk), sent)
    shown = browser.get(page("stock_lot_detail", lot.pk)).text
    assert held(lot, shelf) == (4_000, 0)
    assert "Counted" in shown
    assert "5\xa0kg" in shown


def test_a_lot_is_blocked_and_released(browser: Client, lot: Lot) -> None:
    browser.post(page("stock_lot_block", lot.pk), {"reason": "Doubt"})
    assert Lot.objects.get(pk=lot.pk).status == LotStatus.BLOCKED
    shown = browser.get(page("stock_lot_detail", lot.pk)).text
    assert page("stock_lot_unblock", lot.pk) in shown
    browser.post(page("stock_lot_unblock", lot.pk), {"reason": "Checked"})
    assert Lot.objects.get(pk=lot.pk).status == LotStatus.AVAILABLE


def test_a_movement_is_reversed_from_the_sheet_of_its_lot(browser: Client, lot: Lot, shelf: Location) -> None:
    url = page("stock_movement_reverse", lot.movements.get().pk)
    assert url in browser.get(page("stock_lot_detail", lot.pk)).text
    browser.post(url, {"reason": "Wrong donor"})
    shown = browser.get(page("stock_lot_detail", lot.pk)).text
    assert held(lot, shelf) == (0, 0)
    assert url not in shown


def test_a_volunteer_does_not_reach_the_reversal(bank: FoodBank, lot: Lot, sign_in: SignIn) -> None:
    client = sign_in(bank, Role.VOLUNTEER)
    assert client.get(page("stock_movement_reverse", lot.movements.get().pk)).status_code == 403


def test_the_journal_is_filtered_by_kind_and_day(browser: Client, lot: Lot) -> None:
    assert lot.number in browser.get(page("stock_movement_list", kind="receive", since=clock.today())).text
    assert lot.number not in browser.get(page("stock_movement_list", kind="lose")).text
    assert lot.number not in browser.get(page("stock_movement_list", until="2020-01-01")).text


def test_a_list_costs_the_same_for_one_lot_and_for_ten(browser: Client, lot: Lot, shelf: Location) -> None:
    def cost(name: str):
        with CaptureQueriesContext(connection) as asked:
            browser.get(page(name))
        return len(asked)

    names = ["stock_lot_list", "stock_holding_list", "stock_movement_list"]
    browser.get(page("stock_lot_list"))
    before = [cost(name) for name in names]
    for _ in range(9):
        make_lot(location=shelf)
    assert [cost(name) for name in names] == before


def test_the_day_begins_with_what_waits(bank: FoodBank, shelf: Location) -> None:
    make_lot(
        1_000, location=shelf, date_kind=DateKind.USE_BY, expires_on=clock.today() - dt.timedelta(days=1)
    )
    make_lot(location=shelf, status=LotStatus.BLOCKED)
    assert [queue.tone for queue in queues(actor_as(Role.STOCK))] == ["danger", "neutral"]
    assert [queue.tone for queue in queues(actor_as(Role.VOLUNTEER))] == ["danger"]
    assert queues(actor_as(Role.ORDERS)) == []


def test_goods_in_an_archived_location_are_listed_to_be_moved(browser: Client, shelf: Location) -> None:
    left, kept = make_lot(location=shelf), make_lot(location=make_location())
    location_archive(KEEPER, location=shelf)
    [queue] = queues(actor_as(Role.STOCK))
    shown = browser.get(queue.url).text
    assert (queue.count, queue.label) == (1, "lot in an archived location")
    assert left.number in shown
    assert kept.number not in shown
