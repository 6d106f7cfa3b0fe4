"""From a sheet to what concerns it in another stage, for whoever may go there."""

import pytest
from django.test import Client

from apps.kernel.abilities import Role
from apps.stock.models import Lot
from apps.stock.states import LotStatus
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.making.network import local_offer, make_pantry, publish
from tests.making.offers import make_offer
from tests.making.orders import make_order
from tests.making.partners import make_partner
from tests.making.stock import make_lot
from tests.people import SignIn

KEEPERS = {Role.MANAGER, Role.STOCK}
STAFF = (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER)


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    """A manager's browser."""
    return sign_in(bank, Role.MANAGER)


def follow(browser: Client, page: str, link: str) -> str:
    """Return the page that a link of another page leads to."""
    assert f'href="{link}"' in browser.get(page).text
    answer = browser.get(link)
    assert answer.status_code == 200
    return answer.text


def test_an_offer_of_the_network_leads_to_where_it_went(twin_a: FoodBank, twin_b: FoodBank, sign_in: SignIn):
    make_pantry(twin_a, twin_b)
    offer = local_offer(twin_a, publish())
    trail = f"/network/offers/{offer.network_step_id}/"
    shown = follow(sign_in(twin_a, Role.VOLUNTEER), f"/offers/{offer.pk}/", trail)
    assert twin_a.name in shown


def test_an_offer_made_by_telephone_went_nowhere_else(browser: Client):
    assert "/network/offers/" not in browser.get(f"/offers/{make_offer().pk}/").text


@pytest.mark.parametrize("role", STAFF)
def test_a_lot_is_proposed_to_another_bank_by_whoever_may(bank: FoodBank, sign_in: SignIn, role: Role):
    lot, client = make_lot(), sign_in(bank, role)
    propose = f"/network/lots/{lot.pk}/propose/"
    offered = propose in client.get(f"/stock/{lot.pk}/").text
    assert offered == (role in KEEPERS) == (client.get(propose).status_code == 200)


@pytest.mark.parametrize("state", ["used up", "blocked"])
def test_a_lot_that_cannot_leave_is_not_proposed(browser: Client, state: str):
    lot: Lot = make_lot(0) if state == "used up" else make_lot(status=LotStatus.BLOCKED)
    assert "/propose/" not in browser.get(f"/stock/{lot.pk}/").text


def test_a_donor_leads_to_its_offers(browser: Client):
    donor = make_donor()
    own, other = make_offer(donor=donor), make_offer()
    shown = follow(browser, f"/donors/{donor.pk}/", f"/offers/?donor={donor.pk}")
    assert own.number in shown
    assert other.number not in shown


def test_a_driver_sees_the_donor_without_its_offers(bank: FoodBank, sign_in: SignIn):
    page = sign_in(bank, Role.DRIVER).get(f"/donors/{make_donor().pk}/")
    assert page.status_code == 200
    assert "/offers/" not in page.text


def test_a_partner_leads_to_its_orders(browser: Client):
    own, other = make_order(), make_order()
    shown = follow(browser, f"/partners/{own.partner.pk}/", f"/orders/?partner={own.partner.pk}")
    assert own.number in shown
    assert other.number not in shown


def test_a_partner_leads_to_its_delivery_notes(browser: Client):
    partner = make_partner()
    shown = follow(browser, f"/partners/{partner.pk}/", f"/delivery/notes/?partner={partner.pk}")
    assert partner.name in shown


def test_a_charity_s_own_file_leads_to_no_list_of_the_bank(bank: FoodBank, sign_in: SignIn):
    partner = make_partner()
    page = sign_in(bank, Role.PARTNER, partner_id=partner.pk).get(f"/partners/{partner.pk}/")
    assert page.status_code == 200
    assert "?partner=" not in page.text
