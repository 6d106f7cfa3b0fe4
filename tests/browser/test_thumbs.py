"""What is done many times a day takes few taps: each is counted, on a telephone and on a desk."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.orders.models import Order
from apps.orders.states import OrderStatus
from apps.partners.models import Partner
from apps.rounds.models import Stop
from apps.rounds.states import MissReason, StopStatus
from tenants.crossing import Purpose, in_platform
from tenants.network.links import declaration_word
from tenants.network.models import DonorAccount, NetworkOffer
from tests.browser.morning import a_stop_at, dry_store, in_bank, rice_in_stock
from tests.browser.network import AT_HAND, Network
from tests.browser.pages import charity
from tests.browser.steps import follow, fr, go, main
from tests.making.orders import make_line, place

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    yield
    assert network.close_all() == []


class Thumb:
    """Taps and counts; what is typed or chosen in a field is one tap on the field."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, way: Locator) -> None:
        """Follow a way to another page."""
        self.taps += 1
        go(self.page, way)

    def choose(self, field: Locator, value: str) -> None:
        """Choose in a list."""
        self.taps += 1
        field.select_option(value)

    def touch(self, what: Locator) -> None:
        """Touch what is chosen on the same page."""
        self.taps += 1
        what.click()

    def write(self, field: Locator, text: str) -> None:
        """Write into a field."""
        self.taps += 1
        field.fill(text)


@pytest.mark.parametrize("size", AT_HAND)
def test_a_donor_declares_with_a_signed_link_in_four_taps_and_follows_its_offer(network, size):
    with in_platform(Purpose.TEST):
        account = DonorAccount.objects.filter(department="21").exclude(address="").earliest("pk")
        DonorAccount.objects.filter(pk=account.pk).update(address="1 rue du Port")
        word, before = declaration_word(account), NetworkOffer.objects.count()
    page = network.visit(size=size)
    page.goto(f"/give/{word}/")
    thumb = Thumb(page)
    thumb.touch(page.locator("label", has_text="Épicerie sucrée"))
    thumb.touch(page.get_by_role("button", name="20 kg"))
    thumb.touch(page.get_by_role("button", name=fr("In a month")))
    thumb.tap(page.get_by_role("button", name=fr("Offer this food")))

    expect(page).to_have_url(re.compile(r"/offers/[\w-]+/$"))
    expect(main(page)).to_contain_text(re.compile(r"20\s*kg"))
    assert thumb.taps == 4
    with in_platform(Purpose.TEST):
        assert NetworkOffer.objects.count() == before + 1


@pytest.mark.parametrize("size", AT_HAND)
def test_a_charity_orders_the_same_again_in_three_taps(network, size):
    partner_id = charity()
    with in_bank():
        partner = Partner.objects.get(pk=partner_id)
        rice = rice_in_stock(f"Riz violet {size}", kg=20)
        site = dry_store().site
        last = place(make_line(rice, 4), partner=partner, site=site, wanted_on=clock.today())
    page = network.enter(Role.PARTNER, partner_id=partner_id, size=size)
    page.goto("/orders/mine/")
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("link", name=fr("Order again as last time")))
    thumb.tap(page.get_by_role("button", name=re.compile(fr("See the order"))))
    thumb.tap(page.locator("button[value=place]"))

    expect(page).to_have_url(re.compile(r"/placed/$"))
    assert thumb.taps == 3
    with in_bank():
        again = Order.objects.filter(lines__product=rice).exclude(pk=last.pk).get()
        assert again.status == OrderStatus.CONFIRMED
        assert again.lines.get(product=rice).wanted_grams == 4_000


def test_a_driver_who_finds_nothing_says_why_in_three_taps(network):
    with in_bank():
        stop = a_stop_at("Boucherie du Marché", kg=15)
    page = network.enter(Role.DRIVER, size="phone")
    page.goto(f"/rounds/drive/stops/{stop.pk}/")
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("link", name=fr("Nothing to take")))
    thumb.taps += 1
    page.get_by_text(fr(str(MissReason.NOTHING_READY.label))).click()
    thumb.tap(page.get_by_role("button", name=fr("Confirm, next stop")))

    assert thumb.taps == 3
    with in_bank():
        assert Stop.objects.get(pk=stop.pk).status == StopStatus.MISSED


def test_a_stop_offers_the_way_and_the_telephone(network):
    with in_bank():
        stop = a_stop_at("Poissonnerie du Quai", kg=15)
        Donor.objects.filter(name="Poissonnerie du Quai").update(phone="03 80 11 22 33")
    page = network.enter(Role.DRIVER, size="phone")
    page.goto(f"/rounds/drive/{stop.round_id}/")
    follow(page, fr("Next stop: %(donor)s") % {"donor": "Poissonnerie du Quai"})
    expect(page.get_by_role("link", name=re.compile(fr("Call")))).to_have_attribute(
        "href", re.compile("^tel:")
    )
