"""What htmx swapped in is what a fresh load shows: the basket, and the answer that a donor waits for."""

import re

import pytest
from playwright.sync_api import expect

from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.offers.services import offer_accept
from tenants.crossing import Purpose, in_platform
from tenants.network.models import NetworkOffer
from tenants.network.states import NetworkOfferStatus
from tests.browser.equality import between, differences, standing
from tests.browser.morning import in_bank, rice_in_stock
from tests.browser.network import Network
from tests.browser.steps import fr, goods, main, press
from tests.making.offers import TESTER

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    yield
    assert network.close_all() == []


def test_the_basket_that_was_counted_on_the_way_is_the_one_of_the_form_sent_whole(network):
    with in_bank():
        rice_in_stock("Riz parfumé", kg=9)
    page = network.enter(Role.PARTNER, size="phone")
    page.goto("/orders/basket/")
    for _press in range(2):
        goods(page, "Riz parfumé").get_by_role("button", name=fr("One more")).click()
    expect(page.locator(".cart")).to_contain_text(re.compile(r"2\s*kg"))
    counted = standing(page)
    page.locator(".ordering summary").first.click()
    press(page, "Show what is there")
    assert between(counted, standing(page)) == ""


def test_a_donor_who_waits_sees_the_answer_come_as_a_fresh_load_shows_it(network):
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.filter(status=NetworkOfferStatus.ROUTED).earliest("pk")
        step = offer.steps.select_related("bank").latest("pk")
    page = network.visit(size="phone")
    page.clock.install()
    page.goto(f"/offers/{offer.public_token}/")
    before = main(page).inner_text()
    with in_bank(step.bank.slug):
        offer_accept(TESTER, offer=Offer.objects.get(network_step_id=step.pk))
    with page.expect_response(re.compile(r"/offers/")):
        page.clock.run_for(21_000)
    expect(main(page)).not_to_have_text(before)
    assert differences(page) == ""
