"""Who may call what: method, role, address, own bank or another, expected answer."""

import json
from typing import Any, NamedTuple

import pytest

from apps.kernel.abilities import Role
from tenants.crossing import Purpose, in_tenant
from tests.making.offers import make_offer
from tests.making.orders import make_order
from tests.people import visitor

STAFF = {Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER}
SUPPLY = {Role.MANAGER, Role.STOCK, Role.ROUNDS}
DESK = {Role.MANAGER, Role.ORDERS, Role.PARTNER}
ROLES = [*sorted(STAFF), Role.PARTNER, Role.DRIVER]


class Operation(NamedTuple):
    """One operation, a body that makes sense, and the roles that may call it."""

    method: str
    path: str
    body: Any
    allowed: set[Role]


OPERATIONS = [
    Operation("GET", "offers/", None, STAFF),
    Operation("GET", "offers/{offer}/", None, STAFF),
    Operation("GET", "offers/{offer}/history/", None, SUPPLY),
    Operation("POST", "offers/{offer}/accept/", {}, SUPPLY),
    Operation("POST", "offers/{offer}/decline/", {"reason": "no_room"}, SUPPLY),
    Operation("GET", "stock/lots/", None, STAFF),
    Operation("GET", "stock/products/", None, STAFF),
    Operation("GET", "stock/counts/", None, STAFF),
    Operation("GET", "orders/", None, STAFF | {Role.PARTNER}),
    Operation("GET", "orders/{order}/", None, STAFF | {Role.PARTNER}),
    Operation("GET", "orders/{order}/history/", None, STAFF | {Role.PARTNER}),
    Operation("POST", "orders/{order}/cancel/", {"reason": "Van broken"}, DESK),
    Operation("GET", "indicators/", None, STAFF | {Role.DRIVER}),
    Operation("GET", "schema/", None, set(ROLES)),
]


@pytest.fixture
def things(twin_a):
    """An offer to answer and an order placed in bank A."""
    with in_tenant(twin_a, Purpose.TEST):
        return {"offer": make_offer().pk, "order": make_order()}


def call(client, operation: Operation, things):
    url = "/api/v1/" + operation.path.format(offer=things["offer"], order=things["order"].pk)
    data = "" if operation.body is None else json.dumps(operation.body)
    return client.generic(operation.method, url, data=data, content_type="application/json").status_code


def partner_of(role: Role, things):
    return things["order"].partner_id if role is Role.PARTNER else None


every_operation = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=[f"{operation.method} {operation.path}" for operation in OPERATIONS]
)


@every_operation
@pytest.mark.parametrize("role", ROLES)
def test_roles_of_the_bank(operation, role, program, twin_a, things):
    client = program(twin_a, role, partner_id=partner_of(role, things))
    assert call(client, operation, things) == (200 if role in operation.allowed else 403)


@every_operation
def test_a_token_of_one_bank_is_refused_by_another(operation, program, twin_a, twin_b, things):
    assert call(program(twin_a, Role.MANAGER, at=twin_b), operation, things) == 401


@every_operation
def test_things_of_another_bank_do_not_exist(operation, program, twin_b, things):
    expected = 404 if "{" in operation.path else 200
    assert call(program(twin_b, Role.MANAGER), operation, things) == expected


@every_operation
def test_without_a_token_nobody_gets_in(operation, twin_a, things):
    assert call(visitor(twin_a), operation, things) == 401


@pytest.mark.parametrize("path", ["orders/{order}/", "orders/{order}/cancel/"])
def test_another_charity_s_order_does_not_exist(path, program, twin_a, things):
    stranger = program(twin_a, Role.PARTNER, partner_id=twin_a.pk)
    method, body = ("POST", {"reason": "Mine"}) if "cancel" in path else ("GET", None)
    assert call(stranger, Operation(method, path, body, set()), things) == 404


def test_a_charity_lists_its_own_orders_only(program, twin_a, things):
    with in_tenant(twin_a, Purpose.TEST):
        make_order()
    charity = program(twin_a, Role.PARTNER, partner_id=things["order"].partner_id)
    own = charity.get("/api/v1/orders/").json()
    assert [order["id"] for order in own["results"]] == [str(things["order"].pk)]
    assert program(twin_a, Role.MANAGER).get("/api/v1/orders/").json()["count"] == 2
