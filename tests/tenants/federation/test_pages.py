"""The federation's pages: consolidated figures, region, bank sheet, files."""

import datetime as dt

import pytest
from django.test import Client

from apps.kernel.abilities import Role
from tenants.crossing import Purpose, in_platform
from tenants.network.models import Transfer
from tenants.network.states import TransferState
from tests.making.figures import DAY, count
from tests.making.network import make_shipped, make_transfer
from tests.people import visitor

MARCH = "/?span=month&day=2026-03-10"


@pytest.fixture
def figures(twin_a, twin_b) -> None:
    count(twin_a, "in", 4_000_000)
    count(twin_a, "shipped", 1_000_000)
    count(twin_b, "arrived", 600_000)
    count(twin_b, "out", 500_000, detail="CHRS")
    count(twin_b, "in", 2_000_000, source="INDUSTRY")


@pytest.fixture
def reader(federation, sign_in):
    return sign_in(federation, Role.FEDERATION)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def file_of(client: Client, url: str, show: str) -> list[str]:
    return client.get(f"{url}&format=csv&show={show}").content.decode("utf-8-sig").split("\r\n")


def test_goods_that_go_from_one_bank_to_another_are_received_once(figures, reader):
    rows = file_of(reader, MARCH, "indicators")
    assert any(row.startswith("Received;6000;0;kg;") for row in rows)
    assert any(row.startswith("Between two banks;400;0;kg;") for row in rows)


def test_each_bank_has_a_line_and_the_lines_add_up(figures, reader):
    rows = file_of(reader, MARCH, "banks")
    assert "Banque Twin A;4000;0;0;1000;0;3000;0" in rows
    assert "Banque Twin B;2000;500;0;0;600;2100;1000" in rows
    assert "Together" in text_of(reader, MARCH)


def test_banks_that_left_the_network_are_not_hidden(figures, reader, twin_b):
    with in_platform(Purpose.TEST):
        type(twin_b).objects.filter(pk=twin_b.pk).update(status="suspended")
    assert "Banks no longer at work;2000;500;0;0;600;2100;1000" in file_of(reader, MARCH, "banks")


def test_a_region_narrows_everything(figures, reader):
    page = text_of(reader, f"{MARCH}&region=Bourgogne-Franche-Comté")
    assert "<h1" in page
    assert "Between two banks" not in page
    assert "Banque Twin A" in page


def test_an_unknown_region_shows_the_network(figures, reader):
    assert "National figures" in text_of(reader, f"{MARCH}&region=Atlantide")


def test_a_bank_s_sheet_shows_its_own_figures_only(figures, reader):
    page = text_of(reader, "/banks/twin-b/?span=month&day=2026-03-10")
    assert "Industry and wholesale brings the most: 2,000 kg, 100% of the weight received." in page
    assert "4,000 kg" not in page
    assert "39" in page


def test_an_unknown_bank_is_not_found(reader):
    assert reader.get("/banks/nowhere/").status_code == 404


def test_what_travels_between_banks_is_listed(figures, reader, twin_a, twin_b):
    make_transfer(twin_a, twin_b)
    with in_platform(Purpose.TEST):
        Transfer.objects.update(state=TransferState.SHIPPED, shipped_on=DAY)
    assert "Between food banks" in text_of(reader, MARCH)


def test_figures_can_be_printed_and_taken_away(figures, reader):
    assert file_of(reader, MARCH, "sources")[1] == "Retail pick-up;4000;0.6667"
    assert file_of(reader, MARCH, "handed-over-by-bank")[1] == "Banque Twin B;500;1.0000"
    assert text_of(reader, MARCH).count('role="img"') == 11


def test_the_map_leads_to_the_bank_or_to_all_banks_of_a_department(figures, reader, twin_a, twin_b, bank_c):
    page = text_of(reader, MARCH)
    assert 'href="/banks/twin-b/" aria-label="39 Jura : 500 kg"' in page
    with in_platform(Purpose.TEST):
        type(bank_c).objects.filter(pk=bank_c.pk).update(department="39")
    assert 'href="/departments/39/" aria-label="39 Jura : 500 kg"' in text_of(reader, MARCH)


def test_a_department_shows_the_banks_that_work_there(figures, reader):
    page = text_of(reader, "/departments/71/?span=month&day=2026-03-10")
    assert "71 Saône-et-Loire" in page
    assert "Banque Twin A" in page
    assert "Banque Twin B" not in page
    assert "Banque Twin A;4000" in "".join(
        file_of(reader, "/departments/71/?span=month&day=2026-03-10", "banks")
    )


def test_a_department_without_a_bank_says_so_and_an_unknown_one_is_not_found(reader):
    assert "No bank of the network works in this department." in text_of(reader, "/departments/75/")
    assert reader.get("/departments/20/").status_code == 404


def test_all_surplus_of_the_network_is_drawn_and_taken_away(figures, reader, twin_a, twin_b, bank_c):
    make_shipped(twin_a, twin_b, grams=250_000)
    make_shipped(twin_b, bank_c, grams=70_000)
    assert file_of(reader, MARCH, "surplus")[1:3] == [
        "Banque Twin A;Banque Twin B;250", "Banque Twin B;Banque Autre C;70",
    ]  # fmt: skip
    region = f"{MARCH}&region=Bourgogne-Franche-Comté"
    assert file_of(reader, region, "surplus") == file_of(reader, MARCH, "surplus")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTS, Role.VOLUNTEER])
@pytest.mark.parametrize("url", ["/", "/banks/twin-a/"])
def test_other_roles_are_refused(federation, sign_in, role, url):
    assert sign_in(federation, role).get(url).status_code == 403


def test_a_person_of_a_bank_has_no_hat_at_the_federation(twin_a, federation, sign_in):
    manager = sign_in(twin_a, Role.MANAGER)
    assert manager.get("/", headers={"host": "federation.localhost"}).status_code == 403


def test_a_stranger_is_asked_to_sign_in(federation):
    assert visitor(federation).get("/").status_code == 302


def test_the_number_of_queries_does_not_grow_with_the_figures(
    figures, twin_a, reader, django_assert_max_num_queries
):
    for n in range(40):
        count(twin_a, "in", 1_000, family=f"F{n}", day=DAY + dt.timedelta(days=n % 15))
    with django_assert_max_num_queries(20):
        reader.get(MARCH)
