"""Every component, on a desktop and on a phone: accessible, readable, big enough to touch."""

import pytest
from playwright.sync_api import Page

from collecto.styleguide import SAMPLES
from tests.browser.audit import complaints_about

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def opened(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/_styleguide/{name}/".replace("guide//", "guide/"))


@pytest.mark.parametrize("name", SAMPLES)
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
