"""The stock through the API."""

import pytest

from apps.kernel.abilities import Role
from tenants.crossing import Purpose, in_tenant
from tests.making.catalogue import make_product
from tests.making.sites import make_location
from tests.making.stock import make_lot, reserved_item


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.STOCK)


@pytest.fixture
def location(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        location, product = make_location(), make_product()
        lot = make_lot(10_000, product=product, location=location)
        reserved_item(lot, location, 4_000)
        make_lot(2_000, product=product, location=make_location())
        return location


def test_lots_show_what_is_free_and_what_is_reserved(client, location):
    body = client.get(f"/api/v1/stock/lots/?site={location.site_id}").json()
    [held] = body["results"]
    assert (held["on_hand_grams"], held["reserved_grams"]) == (6_000, 4_000)
    assert held["location"]["code"] == location.code
    assert held["lot"]["supply_source"] == "GMS_RAMASSE"


def test_products_show_what_can_be_ordered_at_each_site(client, location):
    body = client.get("/api/v1/stock/products/").json()
    assert sorted(goods["available_grams"] for goods in body["results"]) == [2_000, 6_000]
    assert all(goods["product"]["ref"] for goods in body["results"])


def test_an_unknown_site_is_named(client, location):
    response = client.get(f"/api/v1/stock/lots/?site={location.pk}")
    assert response.status_code == 400
    assert (response.json()["field"], response.json()["code"]) == ("site", "does_not_exist")


def test_pages_hold_as_many_rows_as_asked(client, location):
    body = client.get("/api/v1/stock/lots/?page_size=1").json()
    assert (body["count"], len(body["results"])) == (2, 1)
    assert body["next"]


def test_the_number_of_queries_does_not_grow_with_the_stock(
    client, location, twin_a, django_assert_max_num_queries
):
    with in_tenant(twin_a, Purpose.TEST):
        for _n in range(10):
            make_lot(1_000)
    with django_assert_max_num_queries(14):
        client.get("/api/v1/stock/lots/")
    with django_assert_max_num_queries(14):
        client.get("/api/v1/stock/products/")
