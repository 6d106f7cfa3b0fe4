"""What changes in how one signs in is told by e-mail, to its owner, in the owner's own language."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils.translation import gettext, override

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.signing_in.models import SignInEvent
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import visitor
from tests.spaces import bank_called
from tests.tenants.accounts.ways import APP, ASK, PASSKEYS, app_added, by_code, passkey_added, person_with

LANGUAGES = ["fr", "en"]


@pytest.fixture
def person(twin_a: FoodBank) -> User:
    """A volunteer, who needs no second factor and may therefore add and remove any."""
    return person_with((twin_a, Role.VOLUNTEER))


def speaks(person: User, language: str) -> None:
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=person.pk).update(language=language)


def add_app(browser: Client, bank: FoodBank) -> Any:
    return app_added(browser)


def remove_app(browser: Client, bank: FoodBank) -> Any:
    app_added(browser)
    mail.outbox.clear()
    assert browser.post(f"{APP}remove/").status_code == 302


def add_passkey(browser: Client, bank: FoodBank) -> Any:
    return passkey_added(browser, bank)


def remove_passkey(browser: Client, bank: FoodBank) -> Any:
    passkey_added(browser, bank)
    mail.outbox.clear()
    with in_platform(Purpose.TEST):
        key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert browser.post(f"{PASSKEYS}{key.pk}/remove/").status_code == 302


Act = Callable[[Client, FoodBank], Any]
PASSKEYS_CHANGED: list[tuple[Act, str, str]] = [
    (add_passkey, "Passkey added", "passkey_added"),
    (remove_passkey, "Passkey removed", "passkey_removed"),
]
APPS_CHANGED: list[tuple[Act, str, str]] = [
    (add_app, "Authenticator app added", "app_added"),
    (remove_app, "Authenticator app removed", "app_removed"),
]


def assert_told(bank: FoodBank, change: tuple[Act, str, str], language: str) -> None:
    """Change something in a browser of the other language; the letter is in the person's."""
    act, subject, kept_as = change
    person = person_with((bank, Role.VOLUNTEER))
    speaks(person, language)
    browser = by_code(person, bank, headers={"accept-language": "en" if language == "fr" else "fr"})
    mail.outbox.clear()
    act(browser, bank)
    with override(language):
        told = [letter for letter in mail.outbox if letter.subject == gettext(subject)]
    assert len(told) == 1
    assert told[0].to == [person.email]
    assert told[0].body.startswith("Bonjour Monique" if language == "fr" else "Hello Monique")
    assert bank.name in told[0].body
    with in_platform(Purpose.TEST):
        assert SignInEvent.objects.filter(user=person, act=kept_as).exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", PASSKEYS_CHANGED)
def test_a_passkey_that_comes_or_goes_is_told_in_its_owner_s_language(twin_a, change, language):
    assert_told(twin_a, change, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", APPS_CHANGED)
def test_an_app_that_comes_or_goes_is_told_in_its_owner_s_language(transactional_db, change, language):
    """The letter leaves after the commit."""
    assert_told(bank_called("twin-a"), change, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_that_is_refused_is_not_told(person, twin_a, language):
    speaks(person, language)
    browser = by_code(person, twin_a)
    mail.outbox.clear()
    browser.get(APP)
    assert browser.post(APP, {"code": "000000"}).status_code == 422
    assert mail.outbox == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_to_sign_in_is_in_the_language_of_its_reader(person, twin_a, language):
    """Whatever the browser speaks: it may be somebody else's."""
    speaks(person, language)
    other = "en" if language == "fr" else "fr"
    visitor(twin_a).post(ASK, {"email": person.email}, headers={"accept-language": other})
    assert mail.outbox[-1].body.startswith("Bonjour" if language == "fr" else "Hello")


def test_a_letter_to_nobody_s_address_speaks_as_the_page_does(twin_a):
    visitor(twin_a).post(ASK, {"email": "nobody@example.org"}, headers={"accept-language": "fr"})
    assert mail.outbox[-1].body.startswith("Bonjour")
