"""Recalls through the API."""

import pytest

from apps.kernel.abilities import Role
from tenants.crossing import Purpose, in_tenant
from tests.apps.recalls.test_partners import serve
from tests.making.recalls import make_case

URL = "/api/v1/recalls/"


@pytest.fixture
def case(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        serve()
        return make_case()


def test_a_program_reads_lots_and_partners(program, twin_a, case):
    client = program(twin_a, Role.STOCK)
    body = client.get(f"{URL}{case.pk}/").json()
    [lot], [partner] = body["lots"], body["partners"]
    assert (lot["rung"], lot["entered_grams"], lot["in_stock_grams"], lot["served_grams"]) == (
        1,
        10_000,
        6_000,
        4_000,
    )
    assert (partner["state"], partner["served_grams"]) == ("waiting", 4_000)
    assert body["named"][0]["gtin"] == "09521000000018"
    assert client.get(f"{URL}{case.pk}/history/").json()["results"]


def test_the_list_is_filtered_and_closed_to_charities(program, twin_a, case):
    client = program(twin_a, Role.VOLUNTEER)
    assert [each["number"] for each in client.get(URL, {"state": "open"}).json()["results"]] == [case.number]
    assert client.get(URL, {"state": "closed"}).json()["results"] == []
    assert program(twin_a, Role.DRIVER).get(URL).status_code == 403
