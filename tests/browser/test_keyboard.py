"""A delivery is received with the keyboard alone: the focus always shows, and is never lost."""

import re

import pytest
from playwright.sync_api import expect

from apps.kernel.abilities import Role
from apps.stock.models import Lot
from tests.browser.morning import goods_at_the_dock_from, in_bank
from tests.browser.network import AT_A_DESK, Network
from tests.browser.steps import fr, hold_keys, row

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    yield
    assert network.close_all() == []


@pytest.mark.parametrize("size", AT_A_DESK)
def test_goods_are_received_and_located_without_a_mouse(network, size):
    donor = f"Crémerie du Clavier {size}"
    with in_bank():
        goods_at_the_dock_from(donor, kg=40)
    page = network.enter(Role.VOLUNTEER, size=size)
    page.goto("/receiving/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    hold_keys(page, "Tab", page.locator("#q"))
    page.keyboard.type(donor)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=Cr"))
    expect(page.locator("#q")).to_be_focused()

    control = row(page, donor).get_by_role("link", name=re.compile(fr("Weigh and check")))
    hold_keys(page, "Tab", control)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for name, typed in (("accepted_grams", "39"), ("temperature_c", "4")):
        hold_keys(page, "Tab", page.locator(f"[name$={name}]"))
        page.keyboard.press("Control+A")
        page.keyboard.type(typed)
    place = page.locator("[name$=location]")
    hold_keys(page, "Tab", place)
    page.keyboard.type("F1")
    expect(place.locator("option:checked")).to_contain_text("F1")
    hold_keys(page, "Tab", page.get_by_role("button", name=fr("Put in stock")).filter(visible=True).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(row(page, "Yaourts nature")).to_contain_text("LOT-")
    with in_bank():
        assert Lot.objects.get(donor_label=donor).number


def test_a_menu_opens_from_the_keyboard_and_escape_gives_the_focus_back(network):
    page = network.enter(Role.MANAGER, size="phone")
    menu = page.locator(".menu-button")
    hold_keys(page, "Tab", menu)
    page.keyboard.press("Enter")
    expect(page.locator("#site-menu")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#site-menu').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator("#site-menu")).to_be_hidden()
    expect(menu).to_be_focused()
