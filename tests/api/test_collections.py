"""National collections through the API: shops, and what they weigh."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from apps.receiving.services import collection_archive
from tenants.crossing import Purpose, in_tenant
from tests.making.offers import TESTER
from tests.making.receiving import make_container, make_shop


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.VOLUNTEER)


@pytest.fixture
def shop(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        return make_shop()


def weigh(client, shop, **body):
    sent = {"scale_grams": 20_000, "op_key": str(uuid4()), **body}
    return client.post(f"/api/v1/shops/{shop.pk}/weighings/", sent, content_type="application/json")


def test_a_scale_weighs_once_whatever_is_sent_again(client, shop, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        crate = make_container(tare_grams=1_500)
    body = {"op_key": str(uuid4()), "container": str(crate.pk), "container_count": 2}
    first, again = weigh(client, shop, **body), weigh(client, shop, **body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["grams"] == again.json()["grams"] == 17_000
    listed = client.get(f"/api/v1/collections/{shop.collection_id}/shops/").json()
    assert [row["weighed_grams"] for row in listed["results"]] == [17_000]


def test_a_tare_too_heavy_is_said_at_its_field(client, shop, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        crate = make_container(tare_grams=20_000)
    answer = weigh(client, shop, container=str(crate.pk))
    assert (answer.status_code, answer.json()["field"]) == (422, "scale_grams")


def test_a_collection_put_away_takes_no_more(client, shop, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        collection_archive(TESTER, collection=shop.collection)
    assert weigh(client, shop).json()["code"] == "collection_closed"


def test_the_accounts_read_and_do_not_weigh(program, twin_a, shop):
    office = program(twin_a, Role.ACCOUNTS)
    assert office.get(f"/api/v1/collections/{shop.collection_id}/shops/").status_code == 200
    assert weigh(office, shop).status_code == 403
