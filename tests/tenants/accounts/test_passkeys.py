"""Passkeys: one host each, made after a code, good for signing in alone."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.passkeys import Passkey, options_in
from tests.people import host_of, visitor
from tests.tenants.accounts.ways import (
    ASK,
    CONFIRM,
    HUB,
    PASSKEY,
    PASSKEYS,
    SECOND_FACTOR,
    app_added,
    by_code,
    is_in,
    mailed_code,
    passkey_added,
    person_with,
    recovery_codes,
)

SIGN_IN = "/accounts/passkeys/sign-in/"


@pytest.fixture
def volunteer(twin_a: FoodBank, twin_b: FoodBank) -> User:
    """Somebody who helps in two banks."""
    return person_with((twin_a, Role.VOLUNTEER), (twin_b, Role.VOLUNTEER))


def touch(passkey: Passkey, bank: FoodBank) -> Client:
    """Sign in with a passkey on the site of a bank, and return the browser."""
    browser = visitor(bank)
    told = browser.get(SIGN_IN, headers={"accept": "application/json"}).json()
    browser.post(SIGN_IN, {"credential": passkey.used(told["request_options"]["publicKey"])})
    return browser


def test_a_passkey_lets_in_alone(volunteer, twin_a):
    passkey = passkey_added(by_code(volunteer, twin_a), twin_a)
    assert is_in(touch(passkey, twin_a))


def test_a_passkey_of_one_bank_is_refused_on_another(volunteer, twin_a, twin_b):
    passkey = passkey_added(by_code(volunteer, twin_a), twin_a)
    browser = touch(passkey, twin_b)
    assert not is_in(browser)
    assert "not known here" in browser.get(ASK).text


def test_a_key_that_lies_about_its_host_is_refused(volunteer, twin_a, twin_b):
    passkey = passkey_added(by_code(volunteer, twin_a), twin_a)
    passkey.origin = f"https://{host_of(twin_b)}"
    assert not is_in(touch(passkey, twin_b))


def test_a_device_that_asks_nobody_is_refused(volunteer, twin_a):
    passkey = passkey_added(by_code(volunteer, twin_a), twin_a)
    passkey.verifies = False
    assert not is_in(touch(passkey, twin_a))


def test_a_passkey_counts_as_both_factors(twin_a):
    manager = person_with((twin_a, Role.MANAGER))
    passkey = passkey_added(by_code(manager, twin_a), twin_a)
    assert is_in(touch(passkey, twin_a))


def test_a_manager_may_show_it_after_a_code(twin_a):
    manager = person_with((twin_a, Role.MANAGER))
    passkey = passkey_added(by_code(manager, twin_a), twin_a)
    browser = by_code(manager, twin_a)
    options = options_in(browser.get(SECOND_FACTOR).text)
    browser.post(SECOND_FACTOR, {"credential": passkey.used(options)})
    assert is_in(browser)


def test_a_manager_of_two_banks_uses_a_recovery_code_in_the_second(twin_a, twin_b):
    manager = person_with((twin_a, Role.MANAGER), (twin_b, Role.MANAGER))
    first = by_code(manager, twin_a)
    passkey_added(first, twin_a)
    code = recovery_codes(first)[0]
    second = by_code(manager, twin_b)
    assert "site of another bank" in second.get(SECOND_FACTOR).text
    assert second.get(PASSKEY)["Location"].startswith(SECOND_FACTOR)
    second.post(SECOND_FACTOR, {"code": code})
    passkey_added(second, twin_b)
    assert is_in(second)


def test_a_volunteer_is_not_asked_for_a_passkey_made_elsewhere(volunteer, twin_a, twin_b):
    passkey_added(by_code(volunteer, twin_a), twin_a)
    assert is_in(by_code(volunteer, twin_b))


def test_after_a_code_this_device_is_offered(volunteer, twin_a):
    browser = visitor(twin_a)
    browser.post(ASK, {"email": volunteer.email})
    answer = browser.post(f"{CONFIRM}?next=/donors/", {"code": mailed_code()})
    assert answer["Location"] == "/accounts/passkeys/offer/?next=%2Fdonors%2F"
    assert "Sign in faster next time" in browser.get(answer["Location"]).text


def test_not_now_is_remembered_on_this_device(volunteer, twin_a):
    browser = by_code(volunteer, twin_a)
    answer = browser.post("/accounts/passkeys/offer/", {"next": "/donors/"})
    assert answer["Location"] == "/donors/"
    browser.post("/accounts/logout/")
    browser.post(ASK, {"email": volunteer.email})
    assert browser.post(CONFIRM, {"code": mailed_code()})["Location"] == "/"


def test_whoever_has_a_passkey_here_or_an_app_is_offered_none(volunteer, twin_a):
    first = by_code(volunteer, twin_a)
    passkey_added(first, twin_a)
    browser = visitor(twin_a)
    browser.post(ASK, {"email": volunteer.email})
    assert browser.post(CONFIRM, {"code": mailed_code()})["Location"] == "/"


def test_a_passkey_is_named_renamed_and_removed(volunteer, twin_a):
    browser = by_code(volunteer, twin_a)
    passkey = passkey_added(browser, twin_a, name="Office tablet")
    assert "Office tablet" in browser.get(PASSKEYS).text
    with in_platform(Purpose.TEST):
        key = Authenticator.objects.get(user=volunteer, type=Authenticator.Type.WEBAUTHN)
    browser.post(f"{PASSKEYS}{key.pk}/rename/", {"name": "Blue tablet"})
    assert "Blue tablet" in browser.get(PASSKEYS).text
    assert browser.post(f"{PASSKEYS}{key.pk}/remove/")["Location"] == PASSKEYS
    assert "No passkey yet" in browser.get(PASSKEYS).text
    assert mail.outbox[-1].subject == "Passkey removed"
    assert not is_in(touch(passkey, twin_a))


def test_nobody_touches_somebody_else_s_passkey(volunteer, twin_a):
    passkey_added(by_code(volunteer, twin_a), twin_a)
    other = by_code(person_with((twin_a, Role.VOLUNTEER), email="karim@example.org"), twin_a)
    with in_platform(Purpose.TEST):
        key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert other.post(f"{PASSKEYS}{key.pk}/rename/", {"name": "Mine"}).status_code == 404
    assert other.post(f"{PASSKEYS}{key.pk}/remove/").status_code == 404


def test_the_last_passkey_of_a_manager_stays(twin_a):
    browser = by_code(person_with((twin_a, Role.MANAGER)), twin_a)
    passkey_added(browser, twin_a)
    with in_platform(Purpose.TEST):
        key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    browser.post(f"{PASSKEYS}{key.pk}/remove/")
    assert "add another one first" in browser.get(PASSKEYS).text


def test_the_second_bank_offers_this_device_too(volunteer, twin_a, twin_b):
    passkey_added(by_code(volunteer, twin_a), twin_a)
    browser = visitor(twin_b)
    browser.post(ASK, {"email": volunteer.email})
    assert browser.post(CONFIRM, {"code": mailed_code()})["Location"].startswith("/accounts/passkeys/offer/")


def test_an_answer_that_makes_no_sense_is_refused(volunteer, twin_a):
    browser = by_code(volunteer, twin_a)
    browser.get(PASSKEY)
    assert browser.post(PASSKEY, {"name": "x", "credential": '{"id": 1}'}).status_code == 422
    assert visitor(twin_a).post(SIGN_IN, {"credential": "nonsense"}).status_code == 302


def test_the_hub_says_what_one_has(volunteer, twin_a):
    browser = by_code(volunteer, twin_a)
    assert "Your role does not need it" in browser.get(HUB).text
    passkey_added(browser, twin_a)
    app_added(browser)
    page = browser.get(HUB).text
    assert "1 for this site" in page
    assert "In use" in page
    assert "10 codes left" in page


def test_a_granted_role_makes_the_app_enough_in_every_bank(volunteer, twin_a, twin_b):
    app = app_added(by_code(volunteer, twin_a))
    with in_platform(Purpose.TEST):
        membership_grant(user=volunteer, bank=twin_b, role=Role.MANAGER)
    browser = by_code(volunteer, twin_b)
    browser.post(SECOND_FACTOR, {"code": app.code(1)})
    assert is_in(browser)
