"""The history of an order and of an offer through the API."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from apps.orders.models import Order
from apps.orders.services import order_cancel
from tenants.crossing import Purpose, in_tenant
from tests.making.offers import make_offer
from tests.making.orders import make_order
from tests.people import actor_as


@pytest.fixture
def cancelled(twin_a) -> Order:
    with in_tenant(twin_a, Purpose.TEST):
        order = make_order()
        return order_cancel(actor_as(Role.ORDERS), order=order, reason="The cold room broke down")


def history(client, path: str):
    return client.get(f"/api/v1/{path}/history/")


def test_an_order_says_who_did_what_and_why(program, twin_a, cancelled):
    body = history(program(twin_a, Role.STOCK), f"orders/{cancelled.pk}").json()
    last, first = body["results"]
    assert (last["action"], last["who"], last["reason"]) == (
        "cancelled",
        "orders",
        "The cold room broke down",
    )
    assert last["changes"]["status"] == ["confirmed", "cancelled"]
    assert first["action"] == "created"


def test_a_charity_reads_its_own_without_names(program, twin_a, cancelled):
    own = program(twin_a, Role.PARTNER, partner_id=cancelled.partner_id)
    assert history(own, f"orders/{cancelled.pk}").json()["results"][0]["who"] == "The food bank"
    other = program(twin_a, Role.PARTNER, partner_id=uuid4())
    assert history(other, f"orders/{cancelled.pk}").status_code == 404


def test_an_offer_has_its_history_for_who_plans_supply(program, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        offer = make_offer()
    assert history(program(twin_a, Role.ROUNDS), f"offers/{offer.pk}").json()["count"] == 1
    assert history(program(twin_a, Role.ACCOUNTS), f"offers/{offer.pk}").status_code == 403


def test_a_program_is_named_beside_the_person_it_acts_for(program, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        order = make_order()
    client = program(twin_a, Role.ORDERS)
    client.post(f"/api/v1/orders/{order.pk}/cancel/", {"reason": "Twice"}, content_type="application/json")
    who = history(client, f"orders/{order.pk}").json()["results"][0]["who"]
    assert who.startswith("orders person (")
