"""Delivery notes through the API: what comes back."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from apps.sites.states import LocationPurpose
from tenants.crossing import Purpose, in_tenant
from tests.making.delivery import make_note
from tests.making.sites import make_location


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.STOCK)


@pytest.fixture
def given(twin_a):
    """Return the address of the returns of a note, and a body that takes 1 kg of it back."""
    with in_tenant(twin_a, Purpose.TEST):
        note = make_note()
        line = note.lines.select_related("location__site").get()
        quarantine = make_location(line.location.site, purpose=LocationPurpose.QUARANTINE)
        body = {
            "lot": str(line.lot_id),
            "location": str(quarantine.pk),
            "grams": 1_000,
            "reason": "recall",
            "op_key": str(uuid4()),
        }
        return f"/api/v1/deliveries/{note.pk}/returns/", body


def post(client, address, body):
    return client.post(address, body, content_type="application/json")


def test_goods_come_back_once_whatever_is_sent_again(client, given):
    address, body = given
    first, again = post(client, address, body), post(client, address, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["grams"] == 1_000


def test_more_than_was_given_is_a_conflict_at_its_field(client, given):
    address, body = given
    answer = post(client, address, {**body, "grams": 10**9})
    assert answer.status_code == 409
    assert (answer.json()["field"], answer.json()["code"]) == ("grams", "more_than_given")


def test_a_weight_that_no_bank_holds_is_refused_at_its_field(client, given):
    address, body = given
    answer = post(client, address, {**body, "grams": 10**30})
    assert (answer.status_code, answer.json()["field"]) == (400, "grams")


def test_a_shelf_is_no_quarantine(client, given, twin_a):
    address, body = given
    with in_tenant(twin_a, Purpose.TEST):
        shelf = make_location()
    answer = post(client, address, {**body, "location": str(shelf.pk)})
    assert (answer.status_code, answer.json()["field"]) == (422, "location")


def test_the_accounts_take_nothing_back(program, twin_a, given):
    address, body = given
    assert post(program(twin_a, Role.ACCOUNTS), address, body).status_code == 403
