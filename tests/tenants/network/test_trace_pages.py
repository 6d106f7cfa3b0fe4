"""The page of a trace: drawn, as a table, and as files."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.kernel.abilities import Role
from apps.stock.models import Lot
from tenants.registry.models import FoodBank
from tests.making.lineage import cooked_in, given_out, lot_in, sent
from tests.people import SignIn


@pytest.fixture
def carrots(twin_a: FoodBank, twin_b: FoodBank) -> Lot:
    lot = lot_in(twin_a, 10_000, label="Carrots", donor_label="Farm")
    soup = cooked_in(twin_a, (lot, 6_000))
    given_out(twin_a, soup, 1_000, "Charity of A")
    there = sent(twin_a, twin_b, soup, 3_000)
    given_out(twin_b, there, 2_000, "Charity of B")
    return lot


@pytest.fixture
def browser(twin_a: FoodBank, sign_in: SignIn) -> Client:
    return sign_in(twin_a, Role.VOLUNTEER)


def address(lot: Lot, how: str = "") -> str:
    return reverse("network_lot_trace", args=[lot.pk], urlconf="collecto.urls_tenant") + how


def test_a_trace_is_drawn_at_two_widths_with_links_and_a_finding(browser: Client, carrots: Lot) -> None:
    page = browser.get(address(carrots)).text
    assert page.count("<svg") >= 2
    assert 'role="group"' in page
    assert "3 lots in 2 food banks; 3\xa0kg were handed over to 2 partners." in page
    assert f'href="/stock/{carrots.pk}/"' in page
    assert "Charity of A" in page
    assert "Charity of B" not in page


def test_a_trace_is_a_file_for_a_spreadsheet(browser: Client, carrots: Lot) -> None:
    text = browser.get(address(carrots, "?format=csv")).text
    assert text.splitlines()[0].count(";") == 8
    assert "Charity of A" in text
    assert "1 partner" in text


def test_a_trace_is_a_file_of_events(browser: Client, carrots: Lot) -> None:
    answer = browser.get(address(carrots, "?format=epcis"))
    assert answer["Content-Type"] == "application/ld+json"
    assert answer.json()["type"] == "EPCISDocument"


def test_the_sheet_of_a_lot_leads_to_its_trace(browser: Client, carrots: Lot) -> None:
    assert address(carrots) in browser.get(f"/stock/{carrots.pk}/").text


@pytest.mark.parametrize("role", [Role.PARTNER, Role.DRIVER])
def test_people_from_outside_see_no_trace(
    twin_a: FoodBank, carrots: Lot, sign_in: SignIn, role: Role
) -> None:
    partner_id = uuid4() if role == Role.PARTNER else None
    assert sign_in(twin_a, role, partner_id=partner_id).get(address(carrots)).status_code == 403
