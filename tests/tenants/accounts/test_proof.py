"""Letting somebody in, giving a role, taking one of power: only by who has just proved that it is them."""

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.models import new_id
from tenants.accounts.models import Invitation, Membership, User
from tenants.accounts.signing_in.marks import CONFIRMED, PROVEN
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.people import hat_of, make_person, signed_in
from tests.people import let_in, visitor

ASKS = ("/accounts/confirm/", "/accounts/second-factor/")
LETTER = {"email": "zoe@example.org", "full_name": "Zoé", "language": "en", "roles": ["stock"]}


@pytest.fixture
def chief(twin_a: FoodBank) -> User:
    return make_person("chief@example.org", twin_a, Role.MANAGER)


@pytest.fixture
def denis(twin_a: FoodBank) -> User:
    return make_person("denis@example.org", twin_a, Role.MANAGER, Role.STOCK)


@pytest.fixture
def browser(chief: User, twin_a: FoodBank) -> Client:
    """A browser left open: the last proof is twenty minutes old."""
    return grown_old(signed_in(chief, twin_a))


def grown_old(browser: Client) -> Client:
    with in_platform(Purpose.TEST):
        session = browser.session
        for mark in (CONFIRMED, PROVEN):
            session[mark] = clock.now().timestamp() - 1_200
        session.save()
    return browser


def is_asked(answer) -> bool:
    return bool(answer.status_code == 302 and answer["Location"].startswith(ASKS))


def end_of(user: User, bank: FoodBank, role: Role) -> str:
    return f"/accounts/people/{user.pk}/roles/{hat_of(user, bank, role).pk}/end/"


def test_inviting_asks_for_it_before_the_form_is_filled_in(browser):
    assert is_asked(browser.get("/accounts/invitations/new/"))


def test_an_invitation_sent_from_a_browser_left_open_invites_nobody(browser):
    assert is_asked(browser.post("/accounts/invitations/new/", {**LETTER, "op_key": str(new_id())}))
    with in_platform(Purpose.TEST):
        assert not Invitation.objects.exists()


def test_the_operator_too_proves_it_before_inviting_a_manager(twin_a):
    boss = make_person("boss@example.org", twin_a)
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=boss.pk).update(is_staff=True)
        browser = visitor()
        let_in(browser, User.objects.get(pk=boss.pk))
    url = f"/operator/banks/{twin_a.pk}/invite/"
    assert browser.get(url).status_code == 200
    assert is_asked(grown_old(browser).get(url))


def test_giving_a_role_asks_for_it(browser, denis, twin_a):
    url = f"/accounts/people/{denis.pk}/roles/new/"
    assert is_asked(browser.get(url))
    assert is_asked(browser.post(url, {"role": "accounts"}))
    with in_platform(Purpose.TEST):
        assert not Membership.objects.filter(user=denis, role=Role.ACCOUNTS).exists()


def test_taking_a_role_of_power_asks_for_it(browser, denis, twin_a):
    url = end_of(denis, twin_a, Role.MANAGER)
    assert is_asked(browser.get(url))
    assert is_asked(browser.post(url, {"reason": "Moved away"}))
    assert hat_of(denis, twin_a, Role.MANAGER).ended_at is None


def test_taking_any_other_role_does_not(browser, denis, twin_a):
    url = end_of(denis, twin_a, Role.STOCK)
    assert browser.get(url).status_code == 200
    browser.post(url, {"reason": "Moved away"})
    assert hat_of(denis, twin_a, Role.STOCK).ended_at is not None


def test_who_may_not_is_refused_before_being_asked_for_anything(denis, twin_a, chief):
    volunteer = grown_old(signed_in(make_person("vera@example.org", twin_a, Role.VOLUNTEER), twin_a))
    assert volunteer.get(end_of(chief, twin_a, Role.MANAGER)).status_code == 403
