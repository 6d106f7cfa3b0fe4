"""Orders that hold goods which may not leave on their day are found and told."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.orders.models import Order, Reservation
from apps.orders.selectors import orders_holding, spoilt_reservations
from apps.orders.services import order_revise
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.models import Lot
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.orders import DESK, kg, make_line, make_order, place
from tests.making.pages import queries_of
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import make_inspection, make_lot
from tests.people import SignIn

pytestmark = pytest.mark.usefixtures("bank")


def spoilt() -> set[Order]:
    return {held.line.order for held in spoilt_reservations().select_related("line__order")}


def changed(order: Order, **fields: Any) -> Lot:
    """Write on the lot of an order what somebody found out since."""
    lot = Lot.objects.get(reservations__line__order=order)
    Lot.objects.filter(pk=lot.pk).update(**fields)
    return lot


@pytest.mark.parametrize(
    ("found", "to_repair"),
    [
        ({}, False),
        ({"status": "blocked"}, True),
        ({"date_kind": "USE_BY", "expires_on": dt.timedelta(0)}, False),
        ({"date_kind": "USE_BY", "expires_on": dt.timedelta(-1)}, True),
        ({"date_kind": "BEST_BEFORE", "expires_on": dt.timedelta(-1)}, True),
    ],
)
def test_an_order_is_repaired_when_its_goods_may_not_leave_that_day(found, to_repair):
    order = make_order(lot={"product": make_product(make_family(grace_days=9))})
    if "expires_on" in found:
        found = {**found, "expires_on": order.wanted_on + found["expires_on"]}
    changed(order, **found)
    assert spoilt() == ({order} if to_repair else set())


def test_an_inspection_that_lasts_repairs_it():
    order = make_order(lot={"product": make_product(make_family(grace_days=9))})
    lot = changed(order, expires_on=order.wanted_on - dt.timedelta(days=1))
    make_inspection(lot, valid_until=clock.today())
    assert spoilt() == {order}
    make_inspection(lot, valid_until=order.wanted_on)
    assert spoilt() == set()


def test_the_desk_sees_it_in_the_morning_and_on_the_order(bank: FoodBank, sign_in: SignIn):
    order, fine = make_order(), make_order()
    changed(order, status="blocked")
    browser = sign_in(bank, Role.ORDERS)
    assert "order to repair" in browser.get("/").text
    listed = browser.get(reverse("orders_order_list"), {"status": "repair"}).text
    assert order.number in listed
    assert fine.number not in listed
    assert "To repair" in browser.get(reverse("orders_order_detail", args=[order.pk])).text


def revised(order: Order) -> list[tuple[Lot, int]]:
    """Have other lots take the place of what may not leave; returns what the order holds then."""
    order_revise(DESK, order=order, op_key=uuid4(), with_others=True)
    return [(held.lot, held.grams) for held in Reservation.objects.filter(line__order=order, grams__gt=0)]


@pytest.mark.parametrize("found", ["expired", "uninspected", "quarantined"])
def test_an_order_is_repaired_whatever_keeps_its_goods_and_leaves_the_queue(found):
    shelf, product = make_location(), make_product(make_family(grace_days=9))
    order = make_order(lot={"product": product, "location": shelf})
    lot, day = changed(order), order.wanted_on - dt.timedelta(days=1)
    kinds = {"expired": "USE_BY", "uninspected": "BEST_BEFORE"}
    if found in kinds:
        changed(order, date_kind=kinds[found], expires_on=day)
    else:
        Location.objects.filter(pk=shelf.pk).update(purpose=LocationPurpose.QUARANTINE)
    other = make_lot(kg(20), product=product, location=make_location(shelf.site))
    assert spoilt() == {order}
    assert revised(order) == [(other, kg(10))]
    assert spoilt() == set()
    holding = [list(orders_holding(each).values_list("pk", flat=True)) for each in (lot, other)]
    assert holding == [[], [order.pk]]


@pytest.mark.parametrize("programme", ["", "FSE_PLUS"])
def test_what_takes_the_place_is_of_the_same_programme(programme):
    product = make_product()
    shelf = make_location()
    own = make_location(shelf.site, programme="FSE_PLUS")
    given: dict[str, Any] = {"product": product, "location": shelf}
    european: dict[str, Any] = {"product": product, "location": own, "supply_source": "FSE_PLUS"}
    order = make_order(lot=european if programme else given)
    changed(order, status="blocked")
    fit = {"FSE_PLUS": make_lot(kg(20), **european), "": make_lot(kg(20), **given)}
    assert revised(order) == [(fit[programme], kg(10))]


def test_what_takes_the_place_has_the_days_of_life_that_the_partner_asks():
    product, shelf = make_product(), make_location()
    partner = make_partner(needs_days_left=20, accepts_past_best_before=False)
    make_lot(kg(10), product=product, location=shelf)
    order = place(make_line(product, 10), site=shelf.site, partner=partner)
    changed(order, status="blocked")
    make_lot(kg(20), product=product, location=shelf, expires_on=clock.today() + dt.timedelta(days=9))
    lasts = make_lot(kg(20), product=product, location=shelf)
    assert revised(order) == [(lasts, kg(10))]


def test_the_page_of_an_order_asks_the_same_of_the_database_however_much_is_to_repair(
    bank: FoodBank, sign_in: SignIn
):
    browser, asked = sign_in(bank, Role.ORDERS), []
    for count in (1, 4):
        shelf, product = make_location(), make_product()
        lots = [make_lot(kg(1), product=product, location=shelf) for _ in range(count)]
        order = place(make_line(product, count), site=shelf.site)
        Lot.objects.filter(pk__in=[lot.pk for lot in lots]).update(status="blocked")
        asked.append(queries_of(browser, reverse("orders_order_detail", args=[order.pk])))
    assert asked[0] == asked[1]
