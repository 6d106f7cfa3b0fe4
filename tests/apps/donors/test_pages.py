"""The pages of the donors, and who may open them."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import Role
from tests.making.donors import make_donor
from tests.people import visitor
from tests.statements import statements_of

STAFF = (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER)
READERS = {*STAFF, Role.DRIVER}
KEEPERS = {Role.MANAGER, Role.ROUNDS}
PAGES = [
    ("/donors/", READERS),
    ("/donors/new/", KEEPERS),
    ("/donors/{donor}/", READERS),
    ("/donors/{donor}/edit/", KEEPERS),
    ("/donors/{donor}/archive/", KEEPERS),
]
NEW: dict[str, Any] = {
    "name": "Corner shop",
    "kind": "CONVENIENCE",
    "supply_source": "GMS_RAMASSE",
    "city": "Beaune",
    "department": "21",
    "siret": "732 829 320 00074",
}


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.MANAGER)


def names(response: Any) -> set[str]:
    return {row["record"].name for row in response.context["rows"]}


@pytest.mark.parametrize("role", [*STAFF, Role.PARTNER, Role.DRIVER])
def test_each_role_opens_its_pages_and_no_other(bank, sign_in, role):
    donor = make_donor()
    browser = sign_in(bank, role, partner_id=uuid4() if role == Role.PARTNER else None)
    answers = {url: browser.get(url.format(donor=donor.pk)).status_code for url, _roles in PAGES}
    assert answers == {url: 200 if role in roles else 403 for url, roles in PAGES}


def test_visitors_and_other_banks_see_nothing(bank, twin_b, sign_in):
    url = f"/donors/{make_donor().pk}/"
    assert visitor(bank).get(url).status_code == 302
    assert sign_in(twin_b, Role.MANAGER).get(url).status_code == 404


def test_the_list_is_searched_by_name_town_and_siret(bank, browser):
    make_donor(name="Bakery", city="Nevers")
    make_donor(name="Farm", siret="73282932000074")
    assert names(browser.get("/donors/", {"q": "bak nev"})) == {"Bakery"}
    assert names(browser.get("/donors/", {"q": "7328293"})) == {"Farm"}


def test_the_list_is_filtered(bank, browser):
    make_donor(name="Farm", kind="FARM", supply_source="AGRI_DONATION")
    make_donor(name="Signed", convention_from=clock.today() - dt.timedelta(days=1))
    make_donor(name="Ended", convention_until=clock.today() - dt.timedelta(days=1))
    assert names(browser.get("/donors/", {"kind": "FARM"})) == {"Farm"}
    assert names(browser.get("/donors/", {"supply_source": "GMS_RAMASSE"})) == {"Signed", "Ended"}
    assert names(browser.get("/donors/", {"convention": "yes"})) == {"Signed"}
    assert names(browser.get("/donors/", {"convention": "no"})) == {"Farm", "Ended"}


def test_a_file_is_opened_and_changed_on_screen(bank, browser):
    response = browser.post("/donors/new/", NEW, follow=True)
    donor = Donor.objects.get()
    assert donor.siret == "73282932000074"
    assert "Corner shop" in response.content.decode()
    browser.post(f"/donors/{donor.pk}/edit/", NEW | {"name": "Big shop", "sales_area_m2": "900"})
    page = browser.get(f"/donors/{donor.pk}/").content.decode()
    assert "Big shop" in page
    assert "the law asks for one" in page
    assert "<del>Corner shop</del>" in page


def test_mistakes_are_shown_at_their_field(bank, browser):
    wrong = {"siret": "732 829 320 00075", "convention_from": "2026-05-01", "convention_until": "2026-04-01"}
    response = browser.post("/donors/new/", NEW | wrong)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"siret", "convention_until"}


def test_a_siret_given_twice_is_explained(bank, browser):
    make_donor(siret="73282932000074")
    response = browser.post("/donors/new/", NEW)
    assert response.status_code == 422
    assert "has this SIRET" in response.content.decode()


def test_a_file_is_put_away_and_taken_out_again(bank, browser):
    donor = make_donor(name="Shop")
    browser.post(f"/donors/{donor.pk}/archive/", {"reason": "No longer needed."})
    assert names(browser.get("/donors/")) == set()
    assert names(browser.get("/donors/", {"archived": "1"})) == {"Shop"}
    browser.post(f"/donors/{donor.pk}/archive/?archived=0")
    assert names(browser.get("/donors/")) == {"Shop"}


def test_a_driver_sees_no_history(bank, sign_in):
    page = sign_in(bank, Role.DRIVER).get(f"/donors/{make_donor().pk}/")
    assert page.context["history"] is None


def test_thirty_lines_take_as_many_statements_as_three(bank, browser):
    counts = []
    for more in (3, 27):
        for _ in range(more):
            make_donor()
        counts.append(statements_of(lambda: browser.get("/donors/")))
    assert counts[0] == counts[1]
