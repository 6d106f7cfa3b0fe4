"""Every component, on a desktop and on a phone: accessible, readable, big enough to touch."""

import datetime as dt

import pytest
from playwright.sync_api import Browser, Page, Route

from collecto.styleguide import SAMPLES
from tests.browser.audit import complaints_about, complaints_on_paper

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TELLING = ("", "list", "refused", "order")
"""Samples that hold most of the components; the others carry the marker ``slow``."""
START = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
LATE_MS = 700
"""Longer than a list may take before it says that it keeps one waiting."""


def opened(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/_styleguide/{name}/".replace("guide//", "guide/"))


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in TELLING else pytest.mark.slow) for n in SAMPLES]
)
def test_a_sample_has_nothing_to_be_said_against_it(page: Page, site: str, name: str):
    opened(page, site, name)
    assert "\n".join(complaints_about(page, language="en")) == ""


def test_the_menu_opens_by_its_button_and_closes_by_escape(page: Page, site: str):
    opened(page, site, "list")
    button = page.locator(".menu-button")
    if not button.is_visible():
        pytest.skip("a desktop shows the sections in the bar")
    button.click()
    assert page.get_by_role("link", name="Receiving").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Receiving").is_visible()


def test_a_stepper_stops_at_its_bounds(page: Page, site: str):
    opened(page, site, "form")
    more, boxes = page.get_by_role("button", name="One more"), page.get_by_label("Boxes")
    boxes.fill("11")
    more.click()
    assert boxes.input_value() == "12"
    assert more.is_disabled()


def test_a_form_sent_back_puts_the_reader_on_what_is_wrong(page: Page, site: str):
    opened(page, site, "refused")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.get_by_role("link", name="Weight: At most").click()
    assert page.evaluate("document.activeElement.id") == "id_weight"


def test_the_page_has_one_action_under_the_thumb(page: Page, site: str):
    opened(page, site, "list")
    assert page.locator(".button.primary:visible", has_text="Receive goods").count() == 1


def test_a_dialog_opens_on_top_and_gives_the_focus_back(page: Page, site: str):
    opened(page, site, "")
    opener = page.get_by_role("link", name="Open the dialog")
    opener.click()
    page.get_by_role("button", name="Keep them").click()
    assert opener.evaluate("e => e === document.activeElement")


def test_a_page_that_asks_opens_as_a_dialog_and_gives_the_focus_back(page: Page, site: str):
    opened(page, site, "")
    asking = page.get_by_role("link", name="Archive").first
    asking.click()
    dialog = page.get_by_role("dialog", name="Archive Sliced ham, family pack?")
    dialog.get_by_label("Why?").fill("Burst in the cold room")
    assert (dialog.locator("form").get_attribute("action") or "").endswith("/_styleguide/archive/")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert asking.evaluate("e => e === document.activeElement")


def test_one_tap_writes_a_value_and_shows_that_it_is_there(page: Page, site: str):
    opened(page, site, "")
    box = page.locator(".quick")
    box.get_by_role("button", name="20 kg").click()
    assert page.locator("#id_weight").first.input_value() == "20"
    assert box.get_by_role("button", pressed=True).inner_text() == "20 kg"


def test_good_news_floats_waits_for_its_reader_and_goes(page: Page, site: str):
    page.clock.install()
    opened(page, site, "")
    toast = page.locator(".toasts .message")
    toast.get_by_role("button", name="Undo").focus()
    page.clock.run_for(20_000)
    assert toast.is_visible()
    toast.get_by_role("button", name="Undo").blur()
    page.mouse.move(0, 0)
    page.clock.run_for(11_000)
    assert toast.count() == 0


def test_an_act_that_cannot_be_taken_back_is_held_until_it_is_undone(page: Page, site: str):
    opened(page, site, "")
    refuse = page.locator("form[data-held] button").last
    refuse.click()
    toast = page.locator(".toasts .message", has_text="Refusing the lot")
    assert refuse.get_attribute("aria-disabled") == "true"
    toast.get_by_role("button", name="Undo").click()
    assert toast.count() == 0
    assert refuse.get_attribute("aria-disabled") is None


def test_a_server_that_does_not_answer_is_said(chromium: Browser, site: str):
    page = chromium.new_page(locale="en-GB")
    opened(page, site, "")
    page.get_by_role("link", name="Ask a server that does not answer").click()
    page.locator("#main > p.message", has_text="No answer from the server").wait_for()
    page.close()


def test_a_list_that_keeps_one_waiting_says_so_and_moves_nothing(page: Page, site: str):
    asked: list[Route] = []

    def kept_waiting(route: Route) -> None:
        asked.append(route)

    page.clock.install(time=START)
    opened(page, site, "list")
    page.clock.pause_at(START + dt.timedelta(hours=1))
    page.route("**/_styleguide/list/?**", kept_waiting)
    records = page.locator("#records")
    before = records.bounding_box()
    page.locator("#q").fill("yoghurt")
    page.clock.run_for(LATE_MS)
    assert records.get_attribute("aria-busy") is None
    page.clock.run_for(LATE_MS)
    page.locator("#records[aria-busy=true]").wait_for()
    assert records.bounding_box() == before
    asked[0].continue_()
    page.clock.resume()
    page.locator("#records:not([aria-busy])").wait_for()


@pytest.mark.parametrize("name", ["paper", "note"])
def test_a_sample_can_be_printed(page: Page, site: str, name: str):
    opened(page, site, name)
    assert "\n".join(complaints_on_paper(page)) == ""
