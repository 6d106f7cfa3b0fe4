"""Orders through the API."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from apps.orders.models import Order
from apps.stock.services import lot_block
from tenants.crossing import Purpose, in_tenant
from tests.making.catalogue import make_product
from tests.making.orders import make_order, tomorrow
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot

URL = "/api/v1/orders/"


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.ORDERS)


@pytest.fixture
def wish(twin_a):
    """Return a body that orders 10 kg of a product of which 30 kg are in stock."""
    with in_tenant(twin_a, Purpose.TEST):
        product, location = make_product(), make_location()
        make_lot(30_000, product=product, location=location)
        return {
            "partner": str(make_partner().pk),
            "site": str(location.site_id),
            "wanted_on": tomorrow().isoformat(),
            "lines": [{"product": str(product.pk), "grams": 10_000}],
            "op_key": str(uuid4()),
        }


def post(client, body, path: str = "", **headers):
    return client.post(URL + path, body, content_type="application/json", headers=headers)


def test_an_order_reserves_lots_at_once(client, wish):
    response = post(client, wish)
    assert response.status_code == 201
    [line] = response.json()["lines"]
    assert (line["wanted_grams"], line["reserved_grams"]) == (10_000, 10_000)
    assert [lot["grams"] for lot in line["reservations"]] == [10_000]
    assert response.json()["status"] == "confirmed"


def test_a_family_is_ordered_as_it_comes(client, wish, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        lot = make_lot(5_000, location=make_location(site_id=wish["site"]))
    body = post(client, {**wish, "lines": [{"family": str(lot.family_id), "grams": 6_000}]}).json()
    assert body["lines"][0]["product"] is None
    assert (body["wanted_grams"], body["reserved_grams"]) == (6_000, 5_000)


def test_sent_twice_it_is_placed_once(client, wish, twin_a):
    assert post(client, wish).json()["id"] == post(client, wish).json()["id"]
    with in_tenant(twin_a, Purpose.TEST):
        assert Order.objects.count() == 1


def test_the_key_may_come_as_a_header(client, wish):
    key = wish.pop("op_key")
    first = post(client, wish, **{"Idempotency-Key": key}).json()
    assert post(client, wish, **{"Idempotency-Key": key}).json()["id"] == first["id"]


@pytest.mark.parametrize(("key", "code"), [(None, "required"), ("not-a-key", "invalid")])
def test_without_a_key_nothing_is_placed(client, wish, key, code):
    wish.pop("op_key")
    response = post(client, wish, **({"Idempotency-Key": key} if key else {}))
    assert response.status_code == 400
    assert (response.json()["field"], response.json()["code"]) == ("op_key", code)


def test_a_charity_orders_for_itself_without_naming_itself(program, twin_a, wish):
    partner = wish.pop("partner")
    response = post(program(twin_a, Role.PARTNER, partner_id=partner), wish)
    assert response.json()["partner"]["id"] == partner


def test_a_charity_does_not_order_for_another(program, twin_a, wish):
    with in_tenant(twin_a, Purpose.TEST):
        other = make_partner()
    assert post(program(twin_a, Role.PARTNER, partner_id=other.pk), wish).status_code == 403


def test_the_bank_says_for_whom_it_orders(client, wish):
    wish.pop("partner")
    response = post(client, wish)
    assert (response.status_code, response.json()["field"]) == (400, "partner")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"grams": 5}, "lines.0"),
        ({"product": str(uuid4()), "family": str(uuid4()), "grams": 5}, "lines.0"),
        ({"product": str(uuid4()), "grams": 5}, "lines.0.product"),
        ({"product": str(uuid4()), "grams": 0}, "lines.0.grams"),
        ({"product": str(uuid4())}, "lines.0.grams"),
        ({"product": str(uuid4()), "quantity": 2}, "lines.0.grams"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(client, wish, line, field):
    response = post(client, {**wish, "lines": [line]})
    assert response.status_code == 400
    assert response.json()["field"] == field


def test_what_is_not_in_stock_any_more_is_refused_in_words(client, wish, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        product = make_product()
    response = post(client, {**wish, "lines": [{"product": str(product.pk), "grams": 500}]})
    assert (response.status_code, response.json()["code"]) == (422, "nothing_available")


def test_a_cancelled_order_says_so(client, wish):
    order = post(client, wish).json()["id"]
    body = post(client, {"reason": "Van broken"}, f"{order}/cancel/").json()
    assert body["status"] == "cancelled"


def test_orders_are_filtered_by_day_and_state(client, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        make_order()
    assert client.get(f"{URL}?wanted_on={tomorrow()}&status=confirmed").json()["count"] == 1
    assert client.get(f"{URL}?wanted_on=2020-01-01").json()["count"] == 0


def test_the_number_of_queries_does_not_grow_with_the_orders(client, twin_a, django_assert_max_num_queries):
    with in_tenant(twin_a, Purpose.TEST):
        orders = [make_order() for _n in range(6)]
    with django_assert_max_num_queries(14):
        assert client.get(URL).json()["count"] == 6
    with django_assert_max_num_queries(16):
        client.get(f"{URL}{orders[0].pk}/")


def test_nothing_of_a_blocked_lot_is_ordered(program, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        partner, location, product = make_partner(), make_location(), make_product()
        lot = make_lot(10_000, product, location=location)
        lot_block(KEEPER, lot=lot, reason="Checked by hand")
        day = tomorrow()
    body = {
        "partner": str(partner.pk),
        "site": str(location.site_id),
        "wanted_on": day.isoformat(),
        "lines": [{"product": str(product.pk), "grams": 1_000}],
        "op_key": str(uuid4()),
    }
    answer = program(twin_a, Role.ORDERS).post("/api/v1/orders/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_available")


def test_an_order_takes_cases_and_tells_how_goods_are_packed(client, wish):
    line = {"product": wish["lines"][0]["product"], "quantity": 2, "unit": "case"}
    body = post(client, {**wish, "op_key": str(uuid4()), "lines": [line]}).json()
    assert body["wanted_grams"] == 12_000
    sizes = body["lines"][0]["product"]["unit_sizes"]
    assert sizes == {"kg": 1_000, "unit": 500, "case": 6_000}
    refused = post(client, {**wish, "op_key": str(uuid4()), "lines": [line | {"unit": "pallet"}]})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("much", "field"),
    [({"grams": 10**30}, "grams"), ({"quantity": 2, "unit": "case"}, "quantity")],
)
def test_more_than_a_warehouse_holds_is_refused_at_its_field(client, wish, twin_a, much, field):
    with in_tenant(twin_a, Purpose.TEST):
        heavy = make_product(unit_grams=9_000_000_000)
    response = post(client, {**wish, "lines": [{"product": str(heavy.pk), **much}]})
    assert (response.status_code, response.json()["field"]) == (400, f"lines.0.{field}")
