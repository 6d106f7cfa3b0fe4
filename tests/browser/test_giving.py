"""A donor on its telephone: few taps the first time and when it repeats, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Error, Page, expect

from apps.kernel import clock
from tenants.crossing import Purpose, in_platform
from tenants.network.links import declaration_word, given_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.services import link_ensure
from tests.browser.network import Network
from tests.browser.steps import fr, main
from tests.browser.test_thumbs import Thumb

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

FOLLOWED = re.compile(r"/offers/[\w-]+/$")
CUT_OFF = "net::ERR_INTERNET_DISCONNECTED"
ABOUT = {
    "address": "2 place de la Mairie",
    "city": "Dijon",
    "department": "21",
    "name": "Boulangerie du Brouillon",
    "contact_name": "Lucie Martin",
    "phone": "03 80 00 00 00",
    "email": "brouillon@example.org",
}


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing, but for what the test cut off itself."""
    yield
    assert [said for said in network.close_all() if CUT_OFF not in said] == []


def offers_made() -> int:
    with in_platform(Purpose.TEST):
        return NetworkOffer.objects.count()


def write_about(thumb: Thumb) -> None:
    for name, value in ABOUT.items():
        field = thumb.page.locator(f"[name={name}]")
        if name == "department":
            thumb.choose(field, value)
        else:
            thumb.write(field, value)


def choose_goods(thumb: Thumb) -> None:
    thumb.touch(thumb.page.locator("label", has_text="Épicerie sucrée"))
    thumb.touch(thumb.page.get_by_role("button", name="20 kg"))
    thumb.touch(thumb.page.get_by_role("button", name=fr("In a month")))


def send(thumb: Thumb) -> None:
    thumb.tap(thumb.page.get_by_role("button", name=fr("Offer this food")))


def kept(page: Page) -> int:
    drafts: int = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length")
    return drafts


def test_the_first_time_a_donor_gives_in_twelve_taps(network):
    page = network.visit(size="phone")
    page.goto("/")
    thumb, before = Thumb(page), offers_made()
    thumb.tap(page.get_by_role("link", name=fr("Give food")))
    choose_goods(thumb)
    write_about(thumb)
    send(thumb)
    expect(page).to_have_url(FOLLOWED)
    assert thumb.taps <= 12
    assert offers_made() == before + 1


def test_whoever_gives_the_same_again_taps_three_times(network):
    with in_platform(Purpose.TEST):
        given = NetworkOffer.objects.filter(lines__date_kind="BEST_BEFORE", department="21")
        account = DonorAccount.objects.filter(offers__in=given).exclude(address="").earliest("pk")
        word = given_word(link_ensure(account))
    page = network.visit(size="phone")
    page.goto(f"/given/{word}/")
    thumb, before = Thumb(page), offers_made()
    thumb.tap(page.get_by_role("link", name=re.compile(re.escape(fr("Repeat last")))))
    thumb.touch(page.get_by_role("button", name=fr("In a month")))
    send(thumb)
    expect(page).to_have_url(FOLLOWED)
    assert thumb.taps == 3
    assert offers_made() == before + 1


def test_what_is_typed_without_a_network_is_back_after_the_page_was_closed(network):
    page = network.visit(size="phone")
    page.goto("/give/")
    thumb = Thumb(page)
    page.context.set_offline(True)
    choose_goods(thumb)
    write_about(thumb)
    with pytest.raises(Error, match=CUT_OFF):
        send(thumb)
    page.context.set_offline(False)
    page.goto("/")
    page.goto("/give/")
    expect(page.locator("[data-draft-back]")).to_be_visible()
    expect(page.locator("[name=goods-0-grams]")).to_have_value("20")
    expect(page.locator("[name=name]")).to_have_value(ABOUT["name"])
    expect(page.locator("[name=goods-0-family][value=EPICERIE_SUCREE]")).to_be_checked()
    send(thumb)
    expect(page).to_have_url(FOLLOWED)
    expect(main(page)).to_contain_text(re.compile(r"20\s*kg"))
    assert kept(page) == 0
    page.goto("/give/")
    expect(page.locator("[name=name]")).to_have_value("")


def test_a_draft_is_thrown_away_with_one_tap(network):
    page = network.visit(size="phone")
    page.goto("/give/")
    page.locator("[name=name]").fill(ABOUT["name"])
    page.reload()
    expect(page.locator("[name=name]")).to_have_value(ABOUT["name"])
    page.locator("[data-draft-back] button").click()
    expect(page.locator("[name=name]")).to_have_value("")
    assert kept(page) == 0


def test_one_who_gave_sees_no_draft_of_another(network):
    with in_platform(Purpose.TEST):
        account = DonorAccount.objects.exclude(address="").earliest("pk")
        word = declaration_word(link_ensure(account))
    page = network.visit(size="phone")
    page.goto("/give/")
    page.locator("[name=goods-0-grams]").fill(str(7 + clock.today().day))
    page.goto(f"/give/{word}/")
    expect(page.locator("[name=goods-0-grams]")).to_have_value("")
