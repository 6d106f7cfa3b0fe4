"""Offers through the API."""

import pytest

from apps.kernel.abilities import Role
from apps.offers.models import Offer
from tenants.crossing import Purpose, in_tenant
from tests.making.offers import make_chilled_line, make_offer, make_offer_line


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.MANAGER)


@pytest.fixture
def offer(twin_a) -> Offer:
    """An offer of 100 kg of dry food and 50 kg of chilled food."""
    with in_tenant(twin_a, Purpose.TEST):
        return make_offer(make_offer_line(), make_chilled_line())


def answer(client, offer: Offer, act: str, body):
    url = f"/api/v1/offers/{offer.pk}/{act}/"
    response = client.post(url, body, content_type="application/json")
    assert response.status_code == 200
    return response.json()


def test_offers_are_listed_with_their_weight_in_grams(client, offer):
    body = client.get("/api/v1/offers/").json()
    assert body["count"] == 1
    assert body["results"][0]["number"] == offer.number
    assert body["results"][0]["offered_grams"] == 150_000
    assert "lines" not in body["results"][0]


def test_offers_are_filtered_by_state(client, offer):
    assert client.get("/api/v1/offers/?status=proposed").json()["count"] == 1
    assert client.get("/api/v1/offers/?status=declined").json()["count"] == 0


def test_an_offer_is_read_with_its_lines(client, offer):
    body = client.get(f"/api/v1/offers/{offer.pk}/").json()
    assert [line["offered_grams"] for line in body["lines"]] == [100_000, 50_000]
    assert body["lines"][1]["date_kind"] == "USE_BY"
    assert body["lines"][0]["product"] is None


def test_without_lines_everything_is_accepted(client, offer):
    body = answer(client, offer, "accept", {})
    assert (body["status"], body["accepted_grams"]) == ("accepted", 150_000)


def test_a_line_left_out_is_not_accepted(client, offer):
    first = client.get(f"/api/v1/offers/{offer.pk}/").json()["lines"][0]["id"]
    body = answer(client, offer, "accept", {"lines": [{"line": first, "accepted_grams": 40_000}]})
    assert (body["status"], body["accepted_grams"]) == ("partly_accepted", 40_000)


def test_a_refusal_says_why(client, offer):
    body = answer(client, offer, "decline", {"reason": "no_transport", "comment": "Van at the garage"})
    assert (body["status"], body["decline_reason"]) == ("declined", "no_transport")
    assert body["comment"] == "Van at the garage"


def test_the_number_of_queries_does_not_grow_with_the_list(
    client, offer, twin_a, django_assert_max_num_queries
):
    with in_tenant(twin_a, Purpose.TEST):
        for _n in range(10):
            make_offer()
    with django_assert_max_num_queries(14):
        assert client.get("/api/v1/offers/").json()["count"] == 11
