"""One shape for every refusal."""

from uuid import uuid4

import pytest

from api.v1 import offers
from apps.kernel.abilities import Role
from apps.kernel.doors import HiddenWriteError
from apps.offers.models import Offer
from tenants.crossing import Purpose, in_tenant
from tests.making.offers import make_offer


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.MANAGER)


@pytest.fixture
def offer(twin_a) -> Offer:
    with in_tenant(twin_a, Purpose.TEST):
        return make_offer()


def problem(response, status: int):
    assert response.status_code == status
    body = response.json()
    assert set(body) == {"code", "message", "field", "errors"}
    assert body["errors"]
    assert all(set(error) == {"field", "code", "message"} for error in body["errors"])
    assert (body["code"], body["field"]) == (body["errors"][0]["code"], body["errors"][0]["field"])
    return body


def post(client, path: str, body):
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def test_an_address_that_does_not_exist(client):
    assert problem(client.get("/api/v1/nothing/here/"), 404)["code"] == "not_found"
    assert problem(post(client, "nothing", {}), 404)["code"] == "not_found"


def test_a_thing_that_does_not_exist(client):
    assert problem(client.get(f"/api/v1/offers/{uuid4()}/"), 404)["code"] == "not_found"


def test_a_method_that_does_not_exist(client):
    assert problem(client.delete("/api/v1/offers/"), 405)["code"] == "method_not_allowed"


def test_a_body_that_cannot_be_read(client):
    response = client.post("/api/v1/orders/", "{", content_type="application/json")
    assert problem(response, 400)["code"] == "parse_error"


def test_a_body_of_another_kind(client):
    assert problem(client.post("/api/v1/orders/", {"a": 1}), 415)["code"] == "unsupported_media_type"


def test_each_field_at_fault_is_named(client):
    body = problem(post(client, "orders/", {"lines": [{"grams": 0}], "wanted_on": "soon"}), 400)
    fields = {error["field"]: error["code"] for error in body["errors"]}
    assert fields["site"] == "required"
    assert fields["wanted_on"] == "invalid"
    assert fields["lines.0.grams"] == "min_value"


def test_a_filter_that_makes_no_sense(client):
    assert problem(client.get("/api/v1/offers/?status=lost"), 400)["field"] == "status"


def test_no_token(client):
    client.defaults.pop("HTTP_AUTHORIZATION")
    assert problem(client.get("/api/v1/offers/"), 401)["code"] == "not_authenticated"


def test_a_role_that_may_not(program, twin_a, offer):
    volunteer = program(twin_a, Role.VOLUNTEER)
    body = problem(post(volunteer, f"offers/{offer.pk}/accept/", {}), 403)
    assert body["code"] == "forbidden"


def test_somebody_came_first(client, offer):
    assert post(client, f"offers/{offer.pk}/decline/", {"reason": "no_room"}).status_code == 200
    body = problem(post(client, f"offers/{offer.pk}/accept/", {}), 409)
    assert body["code"] == "offer_answered"


def test_a_rule_of_the_trade(client, offer, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        line = offer.lines.get()
    lines = [{"line": str(line.pk), "accepted_grams": 10**9}]
    body = problem(post(client, f"offers/{offer.pk}/accept/", {"lines": lines}), 422)
    assert (body["code"], body["field"]) == ("accepted_too_much", f"line-{line.pk}")


def test_a_reading_operation_cannot_write(client, offer, monkeypatch):
    def writing():
        Offer.objects.update(comment="changed")
        return Offer.objects.all()

    monkeypatch.setattr(offers, "offers_listed", writing)
    with pytest.raises(HiddenWriteError):
        client.get("/api/v1/offers/")
