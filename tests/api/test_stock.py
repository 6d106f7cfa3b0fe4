"""The stock through the API."""

import datetime as dt
from uuid import uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.stock.models import Lot
from apps.stock.services import NewPallets, labels_print
from tenants.crossing import Purpose, in_tenant
from tests.making.catalogue import make_product
from tests.making.lineage import cooked_in, lot_in
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot, reserved_item


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


def test_the_pallets_of_a_lot_are_listed_with_the_numbers_on_their_labels(client, location, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        lot = Lot.objects.filter(accounts__location=location).earliest("number")
        new = NewPallets(lot=lot, count=2, grams=6_001, unit_count=12)
        first, second = labels_print(KEEPER, op_key=uuid4(), new=[new])
    body = client.get(f"/api/v1/stock/lots/{lot.pk}/pallets/").json()
    assert [(row["number"], row["net_grams"], row["unit_count"]) for row in body["results"]] == [
        (first.number, 3_001, 6),
        (second.number, 3_000, 6),
    ]
    assert body["results"][0]["is_sscc"] is False
    assert client.get(f"/api/v1/stock/lots/{first.pk}/pallets/").status_code == 404


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


def test_food_past_best_before_is_inspected_and_its_inspections_are_read(client, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        passed = clock.today() - dt.timedelta(days=1)
        lot = make_lot(product=make_product(), expires_on=passed)
    address = f"/api/v1/stock/lots/{lot.pk}/inspections/"
    names = ("packaging_intact", "storage_respected", "life_suffices", "senses_good", "traceable")
    found = dict.fromkeys(names, True) | {"op_key": str(uuid4())}
    refused = client.post(address, found, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "inspection_undated")
    found["valid_until"] = (passed + dt.timedelta(days=9)).isoformat()
    assert client.post(address, found, content_type="application/json").status_code == 201
    [read] = client.get(address).json()["results"]
    assert (read["passed"], read["valid_until"]) == (True, found["valid_until"])


def test_the_trace_of_a_lot_names_lots_ways_and_steps(client, twin_a):
    lot = lot_in(twin_a, 10_000)
    soup = cooked_in(twin_a, (lot, 4_000))
    body = client.get(f"/api/v1/stock/lots/{lot.pk}/trace/").json()
    assert {row["id"]: row["generation"] for row in body["lots"]} == {str(lot.pk): 0, str(soup.pk): 1}
    assert [(way["kind"], way["grams"]) for way in body["ways"]] == [("transform", 4_000)]
    assert [step["kind"] for step in body["steps"]] == ["receive"]
    assert client.get(f"/api/v1/stock/lots/{lot.pk}/epcis/").json()["type"] == "EPCISDocument"


def test_the_batches_of_the_workshop_are_listed_with_their_lines(client, twin_a):
    cooked_in(twin_a, (lot_in(twin_a, 10_000), 4_000))
    [batch] = client.get("/api/v1/workshop/batches/").json()["results"]
    assert (batch["status"], batch["taken_grams"], batch["made_grams"]) == ("closed", 4_000, 4_000)
    lines = client.get(f"/api/v1/workshop/batches/{batch['id']}/lines/").json()["results"]
    assert [(line["role"], line["grams"]) for line in lines] == [("input", 4_000), ("output", 4_000)]
    assert client.get(f"/api/v1/workshop/batches/{batch['id']}/").json()["number"] == batch["number"]
    history = client.get(f"/api/v1/workshop/batches/{batch['id']}/history/").json()["results"]
    assert {"created", "taken", "closed"} == {entry["action"] for entry in history}
