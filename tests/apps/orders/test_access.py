"""Who may open which page of the orders, row by row."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role
from apps.orders.abilities import abilities
from tests.making.orders import make_order
from tests.making.partners import make_partner
from tests.people import actor_as, visitor

STAFF = {Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER}
DESK = {Role.MANAGER, Role.ORDERS}
CHARITY = {Role.PARTNER}
PAGES = [
    ("/orders/", STAFF),
    ("/orders/new/", DESK),
    ("/orders/{order}/", STAFF),
    ("/orders/{order}/cancel/", DESK),
    ("/orders/mine/", CHARITY),
    ("/orders/basket/", CHARITY),
    ("/orders/mine/{order}/", CHARITY),
    ("/orders/mine/{order}/placed/", CHARITY),
    ("/orders/mine/{order}/cancel/", CHARITY),
]


@pytest.fixture
def partner(bank):
    return make_partner()


@pytest.fixture
def order(partner):
    return make_order(partner=partner)


@pytest.mark.parametrize("role", [*sorted(STAFF), Role.PARTNER, Role.DRIVER])
def test_each_role_opens_its_pages_and_no_other(bank, order, partner, sign_in, role):
    browser = sign_in(bank, role, partner_id=partner.pk if role == Role.PARTNER else None)
    opened = {url for url, _roles in PAGES if browser.get(url.format(order=order.pk)).status_code == 200}
    assert opened == {url for url, roles in PAGES if role in roles}


@pytest.mark.parametrize("url", [url for url, _roles in PAGES if "{order}" in url])
def test_another_charity_finds_nothing_there(bank, order, sign_in, url):
    browser = sign_in(bank, Role.PARTNER, partner_id=make_partner().pk)
    assert browser.get(url.format(order=order.pk)).status_code in (403, 404)


@pytest.mark.parametrize("url", [url for url, _roles in PAGES])
def test_a_visitor_is_asked_to_sign_in(bank, order, url):
    assert visitor(bank).get(url.format(order=order.pk)).status_code == 302


@pytest.mark.parametrize("url", [url for url, _roles in PAGES if "{order}" in url])
def test_the_manager_of_another_bank_finds_nothing_there(order, twin_b, sign_in, url):
    assert sign_in(twin_b, Role.MANAGER).get(url.format(order=order.pk)).status_code in (403, 404)


READ = {"view", "view_all", "history"}
RUN = READ | {"place", "place_for_others", "cancel", "cancel_for_others", "prepare", "freeze", "revise"}
ABILITIES = [
    (Role.MANAGER, RUN),
    (Role.ORDERS, RUN),
    (Role.STOCK, READ | {"prepare", "freeze", "revise"}),
    (Role.VOLUNTEER, READ | {"prepare"}),
    (Role.ROUNDS, READ),
    (Role.ACCOUNTS, READ),
    (Role.DRIVER, set()),
]


@pytest.mark.parametrize(("role", "expected"), ABILITIES)
def test_what_each_role_may_do(order, role, expected):
    assert abilities(actor_as(role), order) == expected


def test_what_a_charity_may_do_with_its_own_order_and_with_anothers(order, partner):
    own = actor_as(Role.PARTNER, partner_id=partner.pk)
    assert abilities(own, order) == {"view", "view_own", "history", "place", "cancel"}
    assert abilities(own, partner) == abilities(own)
    assert abilities(actor_as(Role.PARTNER, partner_id=uuid4()), order) == set()
