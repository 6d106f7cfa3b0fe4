"""The office and the federation at their desks: acts in the row, rounds, filters, figures."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.offers.services import offer_accept, offer_decline
from apps.offers.states import DeclineReason, OfferStatus
from apps.rounds.models import Round, Stop
from apps.rounds.services import round_create
from apps.sites.models import Site
from tests.browser.equality import differences
from tests.browser.morning import an_offer_from, in_bank
from tests.browser.network import AT_A_DESK, Network
from tests.browser.steps import follow, fr, go, hold_keys, main, row
from tests.making.offers import TESTER

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    yield
    assert network.close_all() == []


def status_of(offer: Offer) -> str:
    with in_bank():
        return Offer.objects.get(pk=offer.pk).status


def accept_in_the_row(page: Page, offer: Offer) -> None:
    row(page, offer.number).get_by_role("button", name=re.compile(fr("Accept all"))).click()


def toast_of(page: Page, donor: str) -> Locator:
    return page.locator(".toasts li").filter(has_text=donor)


def let_the_held_act_go(page: Page) -> None:
    """Wait until the time to take an act back is over and its answer is there."""
    page.mouse.move(0, 0)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.clock.run_for(11_000)


def offers_to_answer(network: Network, size: str = "desktop") -> Page:
    """Open the list of the offers to answer, with a clock that the test moves."""
    page = network.enter(Role.MANAGER, size=size)
    go(page, page.locator(".queue-link").first)
    page.clock.install()
    return page


def look_away(page: Page) -> None:
    """Let the page be hidden behind another tab, as the browser tells it."""
    page.evaluate(HIDE)


def until_accepted(page: Page, offer: Offer) -> None:
    """Wait for what the browser sent by itself, which no page hears of."""
    for _again in range(40):
        if status_of(offer) == OfferStatus.ACCEPTED:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{offer} is not accepted")


HIDE = """() => {
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}"""


@pytest.mark.parametrize("size", AT_A_DESK)
def test_from_today_an_offer_is_accepted_in_its_row_taken_back_and_accepted_again(network, size):
    with in_bank():
        offer = an_offer_from(f"Fabrique de Confitures {size}")
    page = offers_to_answer(network, size)
    accept_in_the_row(page, offer)
    toast = toast_of(page, "Confitures")
    toast.get_by_role("button", name=fr("Undo")).click()
    expect(toast).to_have_count(0)
    page.clock.run_for(11_000)
    assert status_of(offer) == OfferStatus.PROPOSED

    accept_in_the_row(page, offer)
    let_the_held_act_go(page)
    expect(row(page, offer.number).locator(".row-actions .button")).to_have_count(0)
    assert status_of(offer) == OfferStatus.ACCEPTED
    assert differences(page) == ""


def test_today_after_an_offer_was_accepted_is_the_page_that_a_fresh_load_gives(network):
    page = network.enter(Role.MANAGER)
    page.clock.install()
    button = page.get_by_role("button", name=re.compile(fr("Accept all"))).first
    accepted = button.locator("xpath=ancestor::tr").get_by_role("link").first.get_attribute("href")
    button.click()
    let_the_held_act_go(page)
    expect(page.locator(f"tr a[href='{accepted}']")).to_have_count(0)
    assert differences(page) == ""


def test_an_offer_accepted_after_the_session_ended_is_said_not_to_be_and_can_be_accepted_again(network):
    with in_bank():
        offer = an_offer_from("Fabrique de Sirops")
    page = offers_to_answer(network)
    accept_in_the_row(page, offer)
    page.context.clear_cookies(name="session")
    let_the_held_act_go(page)
    told = page.locator("#status").get_attribute("data-away") or "no word"
    expect(page.locator("#main > p.message")).to_have_text(told)
    expect(row(page, offer.number).get_by_role("button", disabled=False)).to_be_visible()
    assert status_of(offer) == OfferStatus.PROPOSED


def test_an_offer_that_somebody_else_declined_meanwhile_says_why_and_frees_its_button(network):
    with in_bank():
        offer = an_offer_from("Fabrique de Pâtes")
    page = offers_to_answer(network)
    accept_in_the_row(page, offer)
    with in_bank():
        offer_decline(TESTER, offer=offer, reason=DeclineReason.NO_ROOM)
    let_the_held_act_go(page)
    expect(page.locator("#main > p.message")).not_to_be_empty()
    expect(row(page, offer.number).get_by_role("button", disabled=False)).to_be_visible()
    refused = network.complaints[page]
    assert [said.partition(" ")[0] for said in refused] == ["409"]
    refused.clear()


def test_an_act_can_be_taken_back_after_a_look_at_another_tab_and_is_done_there_when_its_time_is_over(
    network,
):
    with in_bank():
        offer = an_offer_from("Fabrique de Compotes")
    page = offers_to_answer(network)
    accept_in_the_row(page, offer)
    look_away(page)
    toast_of(page, "Compotes").get_by_role("button", name=fr("Undo")).click()
    page.clock.run_for(11_000)
    assert status_of(offer) == OfferStatus.PROPOSED

    accept_in_the_row(page, offer)
    let_the_held_act_go(page)
    expect(row(page, offer.number).locator(".row-actions .button")).to_have_count(0)
    assert status_of(offer) == OfferStatus.ACCEPTED


def test_leaving_the_page_sends_what_is_held_and_the_way_back_shows_what_became_of_it(network):
    with in_bank():
        offer = an_offer_from("Fabrique de Soupes")
    page = network.enter(Role.MANAGER)
    go(page, page.locator(".queue-link").first)
    accept_in_the_row(page, offer)
    page.goto("/stock/")
    until_accepted(page, offer)
    page.go_back()
    expect(row(page, offer.number).locator(".row-actions .button")).to_have_count(0)


def test_a_question_whose_session_ended_leads_to_the_sign_in_page_and_opens_no_dialog(network):
    with in_bank():
        offer = an_offer_from("Fabrique de Nougats")
    page = offers_to_answer(network)
    page.context.clear_cookies(name="session")
    decline = row(page, offer.number).get_by_role("link", name=re.compile(fr("Decline")))
    path = decline.get_attribute("href") or "no address"
    go(page, decline)
    expect(page).to_have_url(re.compile(rf"/accounts/login/code/\?next={re.escape(path)}"))
    expect(page.locator("dialog")).to_have_count(0)


def a_round_to_plan() -> tuple[Round, list[Stop]]:
    """Return an empty round of today, and two stops that wait."""
    offers = [an_offer_from(f"Minoterie {name}") for name in ("du Haut", "du Bas")]
    for offer in offers:
        offer_accept(TESTER, offer=offer)
    emptied = round_create(TESTER, day=clock.today(), site=Site.objects.earliest("code"))
    stops = Stop.objects.filter(offer__in=offers).order_by("offer__donor__name")
    return emptied, list(stops)


def test_a_round_is_planned_by_buttons_and_put_in_order_with_the_keyboard(network):
    with in_bank():
        planned, (low, high) = a_round_to_plan()
    page = network.enter(Role.ROUNDS)
    page.goto("/rounds/")
    page.locator("[name=round]").select_option(str(planned.pk))
    for stop in (low, high):
        page.locator(f"[id='tick-{stop.pk}']").check()
    go(page, page.get_by_role("button", name=fr("Put in the round")))
    with in_bank():
        first, second = Stop.objects.filter(round=planned).order_by("sequence")

    page.goto(f"/rounds/{planned.pk}/")
    later = page.locator(f"[id='stop-{first.pk}'] button[value=down]")
    hold_keys(page, "Tab", later)
    with page.expect_navigation():
        page.keyboard.press("Space")
    with in_bank():
        assert list(Stop.objects.filter(round=planned).order_by("sequence")) == [second, first]
    page.locator(f"[id='stop-{first.pk}'] button[value=out]").click()
    expect(page.locator(f"[id='stop-{first.pk}']")).to_have_count(0)


@pytest.mark.parametrize("size", AT_A_DESK)
def test_filters_live_in_the_address_and_the_page_is_the_one_a_fresh_load_gives(network, size):
    page = network.enter(Role.MANAGER, size=size)
    page.goto("/offers/")
    page.get_by_role("searchbox").last.fill("marché")
    expect(page).to_have_url(re.compile(r"q=march"))
    assert differences(page) == ""
    if size == "phone":
        page.locator(".more-filters > summary").click()
    page.locator("[name=supply_source]").select_option(index=1)
    expect(page).to_have_url(re.compile(r"supply_source="))
    assert differences(page) == ""

    with page.expect_download() as fetched:
        page.get_by_role("link", name=fr("Export (CSV)")).click()
    lines = Path(fetched.value.path()).read_text(encoding="utf-8-sig").splitlines()
    counted = page.locator(".records-count").inner_text()
    assert len(list(csv.reader(lines, delimiter=";"))) - 1 == int(re.sub(r"\D", "", counted) or 0)


def test_the_search_box_finds_as_one_types_and_opens_what_it_found(network):
    page = network.enter(Role.MANAGER, size="phone")
    page.goto("/search/")
    page.locator("#search-q").fill("grossiste")
    expect(page.locator("#found h2").first).to_be_visible()
    assert differences(page) == ""
    go(page, page.locator("#found .rows a"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("size", AT_A_DESK)
def test_the_federation_narrows_its_figures_goes_to_a_bank_and_takes_the_file_of_what_it_sees(network, size):
    page = network.enter(Role.FEDERATION, member="federation", size=size)
    region = page.locator("[name=region]")
    region.select_option("Bourgogne-Franche-Comté")
    go(page, page.locator("form", has=region).get_by_role("button"))
    expect(page).to_have_url(re.compile(r"region="))
    expect(page.get_by_role("heading", level=1)).to_have_text("Bourgogne-Franche-Comté")
    with page.expect_download() as fetched:
        page.get_by_role("link", name=re.compile(re.escape(fr("Export (CSV)")))).filter(
            visible=True
        ).first.click()
    assert Path(fetched.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")

    follow(page, "Banque alimentaire de Bourgogne", exact=False)
    expect(page).to_have_url(re.compile(r"/banks/bourgogne/"))
    expect(main(page)).to_contain_text(re.compile(r"\d\s*(kg|t)\b"))
