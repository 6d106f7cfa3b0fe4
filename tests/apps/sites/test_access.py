"""Who may open which page of the sites, row by row."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from tests.making.sites import make_location, make_site, make_vehicle
from tests.people import visitor

STAFF = (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER)
KEEPERS = {Role.MANAGER, Role.STOCK}
VEHICLE_KEEPERS = KEEPERS | {Role.ROUNDS}
PAGES = [
    ("/sites/", set(STAFF)),
    ("/sites/new/", KEEPERS),
    ("/sites/{site}/", set(STAFF)),
    ("/sites/{site}/edit/", KEEPERS),
    ("/sites/{site}/archive/", KEEPERS),
    ("/sites/{site}/locations/new/", KEEPERS),
    ("/sites/{site}/vehicles/new/", VEHICLE_KEEPERS),
    ("/sites/{site}/slots/new/", KEEPERS),
    ("/sites/locations/{location}/", set(STAFF)),
    ("/sites/locations/{location}/edit/", KEEPERS),
    ("/sites/vehicles/{vehicle}/edit/", VEHICLE_KEEPERS),
    ("/sites/vehicles/{vehicle}/archive/", VEHICLE_KEEPERS),
]


@pytest.fixture
def places(bank):
    site = make_site()
    return {"site": site.pk, "location": make_location(site).pk, "vehicle": make_vehicle(site).pk}


@pytest.mark.parametrize("role", [*STAFF, Role.PARTNER, Role.DRIVER])
def test_each_role_opens_its_pages_and_no_other(bank, places, sign_in, role):
    browser = sign_in(bank, role, partner_id=uuid4() if role == Role.PARTNER else None)
    answers = {url: browser.get(url.format(**places)).status_code for url, _roles in PAGES}
    assert answers == {url: 200 if role in roles else 403 for url, roles in PAGES}


@pytest.mark.parametrize("url", [url for url, _roles in PAGES])
def test_a_visitor_is_asked_to_sign_in(bank, places, url):
    assert visitor(bank).get(url.format(**places)).status_code == 302


@pytest.mark.parametrize("url", [url for url, _roles in PAGES if "{" in url])
def test_the_manager_of_another_bank_finds_nothing_there(bank, places, twin_b, sign_in, url):
    assert sign_in(twin_b, Role.MANAGER).get(url.format(**places)).status_code == 404
