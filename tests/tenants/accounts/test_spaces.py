"""What was given on one bank's host opens nothing on another's."""

import pytest
from django.conf import settings
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure, token_issue
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.people import client_for, host_of


@pytest.fixture
def person_of_both(twin_a: FoodBank, twin_b: FoodBank):
    """A manager of both banks: what must hold is the space of the cookie, not the lack of a hat."""
    with in_platform(Purpose.TEST):
        user = person_ensure(email="both@example.org", full_name="Both")
        for bank in (twin_a, twin_b):
            membership_grant(user=user, bank=bank, role=Role.MANAGER)
    for bank in (twin_a, twin_b):
        with in_tenant(bank, Purpose.TEST):
            make_donor(name=f"Donor of {bank.slug}")
    return user


def signed_in(person: User, bank: FoodBank) -> Client:
    with in_platform(Purpose.TEST):
        return client_for(person, bank)


@pytest.mark.pitfall(19)
def test_a_session_of_one_bank_opens_nothing_in_another(twin_a: FoodBank, twin_b: FoodBank, person_of_both):
    browser = signed_in(person_of_both, twin_a)
    assert "Donor of twin-a" in browser.get("/donors/").text
    answer = browser.get("/donors/", headers={"host": host_of(twin_b)})
    assert answer.status_code == 403
    assert "Donor of" not in answer.text


@pytest.mark.pitfall(19)
def test_a_session_shown_to_another_bank_is_ended(twin_a: FoodBank, twin_b: FoodBank, person_of_both):
    browser = signed_in(person_of_both, twin_a)
    browser.get("/donors/")
    stolen = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
    thief = Client(headers={"host": host_of(twin_b)})
    thief.cookies.load(stolen)
    assert thief.get("/donors/").status_code == 403
    assert browser.get("/donors/").status_code == 302


@pytest.mark.pitfall(19)
def test_a_token_of_one_bank_opens_nothing_in_another(twin_a: FoodBank, twin_b: FoodBank, person_of_both):
    with in_platform(Purpose.TEST):
        _token, secret = token_issue(user=person_of_both, bank=twin_a, label="till")
    sending = {"authorization": f"Token {secret}"}
    assert Client(headers={"host": host_of(twin_a), **sending}).get("/api/v1/offers/").status_code == 200
    assert Client(headers={"host": host_of(twin_b), **sending}).get("/api/v1/offers/").status_code == 401


@pytest.mark.pitfall(19)
def test_cookies_are_given_to_one_host_only(twin_a: FoodBank, person_of_both):
    browser = signed_in(person_of_both, twin_a)
    browser.get("/donors/")
    browser.get("/accounts/login/code/")
    assert {cookie["domain"] or "" for cookie in browser.cookies.values()} == {""}


@pytest.mark.pitfall(19)
def test_a_session_that_names_no_space_opens_none(twin_a: FoodBank, person_of_both):
    browser = Client(headers={"host": host_of(twin_a)})
    with in_platform(Purpose.TEST):
        browser.force_login(person_of_both)
    assert browser.get("/donors/").status_code == 403


def test_after_signing_out_nobody_is_led_to_another_bank_s_host(twin_a: FoodBank, person_of_both):
    browser = signed_in(person_of_both, twin_a)
    answer = browser.post("/accounts/logout/", {"next": "http://twin-b.localhost/"})
    assert "twin-b" not in answer.headers["Location"]
