"""Whoever holds a manager's mail box and nothing else makes, reads and removes no second factor of theirs."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import visitor
from tests.tenants.accounts.ways import (
    APP,
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

CODES = "/accounts/codes/"
GUARDED = (
    APP,
    f"{APP}remove/",
    PASSKEY,
    CODES,
    f"{CODES}new/",
    f"{CODES}file/",
    "/accounts/me/address/",
    "/accounts/me/address/code/",
)
"""Pages that make, show or remove what a person proves themselves with."""


def operator() -> User:
    with in_platform(Purpose.TEST):
        user = person_ensure(email="operator@example.org", full_name="Sacha")
        User.objects.filter(pk=user.pk).update(is_staff=True)
        return User.objects.get(pk=user.pk)


def led_to(browser: Client, path: str) -> str:
    return browser.get(path).headers.get("Location", "").partition("?")[0]


def passkey_of(user: User) -> Authenticator:
    with in_platform(Purpose.TEST):
        return Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN)


@pytest.fixture
def manager(twin_a: FoodBank, twin_b: FoodBank) -> User:
    """Somebody who manages bank A and helps in bank B."""
    return person_with((twin_a, Role.MANAGER), (twin_b, Role.VOLUNTEER))


@pytest.fixture
def codes(manager: User, twin_a: FoodBank) -> list[str]:
    """The recovery codes that came with the manager's one factor: a passkey of bank A."""
    browser = by_code(manager, twin_a)
    passkey_added(browser, twin_a)
    return recovery_codes(browser)


@pytest.fixture(params=["public site", "another bank"])
def thief(request, codes, manager, twin_b) -> Client:
    """A browser signed in with a code by e-mail alone, where the person has no role that is protected."""
    return by_code(manager, None if request.param == "public site" else twin_b)


class TestTheMailBoxAlone:
    """A code by e-mail, fresh or asked again, is not enough."""

    @pytest.mark.parametrize("path", GUARDED)
    def test_every_page_about_factors_asks_for_the_factor(self, thief, path):
        assert led_to(thief, path) == SECOND_FACTOR

    def test_a_passkey_is_neither_renamed_nor_removed(self, thief, manager):
        key = passkey_of(manager)
        for act in ("rename", "remove"):
            answer = thief.post(f"{PASSKEYS}{key.pk}/{act}/", {"name": "Mine"})
            assert answer["Location"].startswith(SECOND_FACTOR)
        assert str(passkey_of(manager)) == str(key)

    def test_nothing_that_is_sent_makes_a_factor(self, thief, manager):
        for path in (APP, PASSKEY, f"{CODES}new/"):
            assert thief.post(path, {"code": "123456"})["Location"].startswith(SECOND_FACTOR)
        with in_platform(Purpose.TEST):
            kept = Authenticator.objects.filter(user=manager)
            assert not kept.filter(type=Authenticator.Type.TOTP).exists()
            assert kept.count() == 2

    def test_another_code_by_e_mail_is_not_offered_nor_sent(self, thief):
        assert "by e-mail instead" not in thief.get(SECOND_FACTOR).text
        sent = len(mail.outbox)
        answer = thief.post("/accounts/confirm/", {"send": "yes", "next": APP})
        assert answer["Location"].startswith(SECOND_FACTOR)
        assert len(mail.outbox) == sent

    def test_the_rest_of_the_account_stays_open(self, thief):
        assert is_in(thief, HUB)


def test_the_factor_once_shown_opens_them(codes, manager, twin_b):
    browser = by_code(manager, twin_b)
    browser.get(APP, follow=True)
    assert browser.post(SECOND_FACTOR, {"code": codes[0]})["Location"] == APP
    app_added(browser)
    assert is_in(browser, CODES)


def test_the_last_factor_stays_wherever_it_is_removed(codes, manager, twin_b):
    browser = by_code(manager, twin_b)
    browser.post(SECOND_FACTOR, {"code": codes[0]})
    browser.post(f"{PASSKEYS}{passkey_of(manager).pk}/remove/")
    assert "add another one first" in browser.get(PASSKEYS).text


def test_no_passkey_is_offered_that_would_first_ask_for_another_one(codes, manager, twin_b):
    browser = visitor(twin_b)
    browser.post(ASK, {"email": manager.email})
    assert browser.post(CONFIRM, {"code": mailed_code()})["Location"] == "/"


def test_the_people_of_the_federation_are_guarded_on_the_public_site(federation):
    person = person_with((federation, Role.FEDERATION))
    passkey_added(by_code(person, federation), federation)
    assert led_to(by_code(person, None), CODES) == SECOND_FACTOR


def test_the_operator_is_guarded_in_a_bank(twin_a):
    person = operator()
    passkey_added(by_code(person, None))
    with in_platform(Purpose.TEST):
        membership_grant(user=person, bank=twin_a, role=Role.VOLUNTEER)
    assert led_to(by_code(person, twin_a), CODES) == SECOND_FACTOR


def test_time_to_make_one_is_no_time_to_pass_by_it(settings, codes, manager, twin_a):
    settings.SECOND_FACTOR_GRACE_DAYS = 7
    assert led_to(by_code(manager, twin_a), APP) == SECOND_FACTOR


def test_whoever_has_none_yet_makes_one_anywhere(manager, twin_b):
    browser = by_code(manager, twin_b)
    app_added(browser)
    assert is_in(browser, CODES)


def test_the_first_passkey_made_where_none_is_asked_shows_its_recovery_codes(manager, twin_b):
    browser = by_code(manager, twin_b)
    passkey_added(browser, twin_b)
    assert "Recovery codes" in browser.get(HUB).text
    assert len(recovery_codes(browser)) == 10


def test_a_volunteer_of_two_banks_still_adds_each_device(twin_a, twin_b):
    volunteer = person_with((twin_a, Role.VOLUNTEER), (twin_b, Role.VOLUNTEER), email="karim@example.org")
    passkey_added(by_code(volunteer, twin_a), twin_a)
    second = by_code(volunteer, twin_b)
    passkey_added(second, twin_b)
    assert is_in(second)
