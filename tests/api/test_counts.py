"""The counts of the stock through the API."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from apps.stock.services import sheet_open, stock_count
from tenants.crossing import Purpose, in_tenant
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.STOCK)


@pytest.fixture
def counted(twin_a):
    """A blind sheet of two lots, one of them counted: 4 kg of 5."""
    with in_tenant(twin_a, Purpose.TEST):
        shelf = make_location()
        first, _second = make_lot(5_000, location=shelf), make_lot(3_000, location=shelf)
        sheet = sheet_open(KEEPER, op_key=uuid4(), site=shelf.site, locations=[shelf], is_blind=True)
        stock_count(KEEPER, op_key=uuid4(), lot=first, location=shelf, counted_grams=4_000, sheet=sheet)
        return sheet


def test_sheets_say_how_far_they_are(client, counted):
    [sheet] = client.get("/api/v1/stock/counts/").json()["results"]
    assert (sheet["number"], sheet["status"], sheet["is_blind"]) == (counted.number, "open", True)
    assert (sheet["line_count"], sheet["counted_count"]) == (2, 1)
    assert client.get(f"/api/v1/stock/counts/{counted.pk}/").json() == sheet


def test_lines_tell_what_was_found_and_nothing_of_what_is_still_to_count(client, counted):
    lines = client.get(f"/api/v1/stock/counts/{counted.pk}/lines/").json()["results"]
    [count] = [line["count"] for line in lines if line["count"]]
    assert (count["counted_grams"], count["book_grams"], count["difference_grams"]) == (4_000, 5_000, -1_000)
    assert [line["position"] for line in lines] == [1, 2]
    assert all("grams" not in name for line in lines for name in line)


def test_a_sheet_of_nobody_is_not_found(client):
    for path in (f"{uuid4()}/", f"{uuid4()}/lines/"):
        assert client.get(f"/api/v1/stock/counts/{path}").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_lines(
    client, twin_a, counted, django_assert_max_num_queries
):
    with in_tenant(twin_a, Purpose.TEST):
        shelf = make_location()
        for _n in range(8):
            make_lot(1_000, location=shelf)
        sheet = sheet_open(KEEPER, op_key=uuid4(), site=shelf.site, locations=[shelf])
    with django_assert_max_num_queries(16):
        assert client.get(f"/api/v1/stock/counts/{sheet.pk}/lines/").json()["count"] == 8
