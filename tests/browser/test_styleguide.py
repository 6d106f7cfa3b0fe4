"""Every component, on a desktop and on a phone: accessible, readable, big enough to touch."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from collecto.styleguide import SAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SMALLEST_TEXT = 14
SMALLEST_TARGET = 24

MEASURES = """
([smallestText, smallestTarget]) => {
  const shown = (e) => e.checkVisibility() && !e.closest('.visually-hidden, .skip-link, [popover]');
  const all = [...document.querySelectorAll('body *')].filter(shown);
  const texts = all.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
  const name = (e) => e.tagName + ' ' + e.textContent.trim().slice(0, 40);
  const text = (e) => parseFloat(getComputedStyle(e).fontSize);
  const side = (e) => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) || 99;
  return {
    overflow: document.documentElement.scrollWidth - innerWidth,
    text: texts.filter((e) => !e.closest('svg') && text(e) < smallestText).map(name),
    targets: all.filter((e) => e.matches('a, button, input, select, textarea, summary'))
      .filter((e) => side(e) < smallestTarget).map(name),
  };
}
"""
OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "preload": False,
}


def opened(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/_styleguide/{name}/".replace("guide//", "guide/"))


@pytest.mark.parametrize("name", SAMPLES)
def test_axe_finds_nothing(page: Page, site: str, name: str):
    opened(page, site, name)
    found: list[Any] = Axe().run(page, options=OPTIONS).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_overflows_and_nothing_is_too_small(page: Page, site: str, name: str):
    opened(page, site, name)
    assert page.evaluate(MEASURES, [SMALLEST_TEXT, SMALLEST_TARGET]) == {
        "overflow": 0,
        "text": [],
        "targets": [],
    }


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
