"""An identity of ProConnect is one more way in: it is listed, told of, taken away, and outlives no reset."""

import datetime as dt

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import address_change
from tenants.accounts.signing_in.models import SignInAct, SignInEvent
from tenants.accounts.signing_in.resets import second_factor_reset
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import actor_as
from tests.tenants.accounts.ways import HUB, SECOND_FACTOR, app_added, by_code, person_with

UNLINK = "/accounts/proconnect/unlink/"


def linked(user: User, uid: str = "42-agent") -> None:
    with in_platform(Purpose.TEST):
        SocialAccount.objects.create(user=user, provider="proconnect", uid=uid)


def is_linked(user: User) -> bool:
    with in_platform(Purpose.TEST):
        return bool(SocialAccount.objects.filter(user=user).exists())


def acts_of(user: User) -> list[str]:
    with in_platform(Purpose.TEST):
        return list(SignInEvent.objects.filter(user=user).values_list("act", flat=True))


@pytest.fixture
def person(twin_a: FoodBank) -> User:
    user = person_with((twin_a, Role.VOLUNTEER))
    linked(user)
    return user


@pytest.fixture
def browser(person: User, twin_a: FoodBank) -> Client:
    return by_code(person, twin_a)


def test_the_hub_names_it_and_leads_to_take_it_away(browser, twin_a):
    assert f'href="{UNLINK}"' in browser.get(HUB).text
    other = by_code(person_with((twin_a, Role.VOLUNTEER), email="karim@example.org"), twin_a)
    assert "ProConnect" not in other.get(HUB).text
    assert other.get(UNLINK)["Location"] == HUB


def test_one_takes_it_away_and_is_told(browser, person):
    assert "Unlink ProConnect?" in browser.get(UNLINK).text
    assert browser.post(UNLINK)["Location"] == HUB
    assert not is_linked(person)
    assert mail.outbox[-1].subject == "ProConnect unlinked"
    assert mail.outbox[-1].to == [person.email]
    assert acts_of(person) == [SignInAct.IDENTITY_REMOVED]
    assert "ProConnect unlinked" in browser.get(HUB).text


def test_sent_twice_it_is_told_once(browser, person):
    browser.post(UNLINK)
    sent = len(mail.outbox)
    assert browser.post(UNLINK)["Location"] == HUB
    assert (len(mail.outbox), len(acts_of(person))) == (sent, 1)


def test_nobody_takes_away_somebody_else_s(browser, person, twin_a):
    other = person_with((twin_a, Role.VOLUNTEER), email="karim@example.org")
    linked(other, uid="43-agent")
    browser.post(UNLINK)
    assert is_linked(other)


def test_it_asks_for_fresh_proof(browser, person):
    with clock.time_set_to(clock.now() + dt.timedelta(minutes=20)):
        assert browser.post(UNLINK)["Location"].startswith("/accounts/confirm/")
    assert is_linked(person)


def test_of_a_manager_the_mail_box_alone_takes_nothing_away(twin_a):
    manager = person_with((twin_a, Role.MANAGER))
    linked(manager)
    app_added(by_code(manager, twin_a))
    assert by_code(manager, None).post(UNLINK)["Location"].startswith(SECOND_FACTOR)
    assert is_linked(manager)


def test_a_reset_takes_it_away_too(person, twin_a):
    with in_platform(Purpose.TEST):
        second_factor_reset(actor_as(Role.MANAGER), user=person, reason="Phone lost", bank=twin_a)
    assert not is_linked(person)


def test_a_new_address_begins_without_it_and_the_person_reads_so(person, browser):
    with in_platform(Purpose.TEST):
        address_change(user=person, email="new@example.org")
    assert not is_linked(person)
    assert SignInAct.IDENTITY_REMOVED in acts_of(person)


def test_a_new_address_of_somebody_without_one_tells_nothing(twin_a):
    other = person_with((twin_a, Role.VOLUNTEER), email="karim@example.org")
    with in_platform(Purpose.TEST):
        address_change(user=other, email="new@example.org")
    assert SignInAct.IDENTITY_REMOVED not in acts_of(other)
