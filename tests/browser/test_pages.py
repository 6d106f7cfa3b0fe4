"""Every page of the product, in French, on a desk and on a phone: accessible, readable, whole.

The screens people live in run by default; all the others carry the marker ``slow``.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tenants.registry.views.acts import PERFORM
from tests.browser.audit import complaints_about
from tests.browser.network import SIZES, Network
from tests.browser.pages import OPERATED, OPERATOR, PAGES, PARTNER, STRANGER, Somebody, addresses, charity

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

MAIN = {
    "home",
    "offers_offer_list",
    "offers_offer_accept",
    "rounds_round_list",
    "rounds_drive_round",
    "rounds_drive_stop",
    "receiving_receipt_control",
    "stock_lot_list",
    "stock_lot_detail",
    "orders_order_list",
    "orders_mine_create",
    "orders_mine_detail",
    "delivery_picking_detail",
    "delivery_picking_handover",
    "delivery_note_detail",
    "donors_donor_create",
    "impact_indicator_list",
    "federation_home",
    "public_home",
    "public_give",
    "sign_in",
    "operator_bank_list",
    "operator_bank_archived",
    "partners_paper_attach",
}
"""The screens people live in."""
SHOWN = [pytest.param(name, marks=() if name in MAIN else pytest.mark.slow) for name in PAGES]

WindowOf = Callable[[Somebody, str], Page]


@pytest.fixture(scope="module")
def paths(network: Network) -> dict[str, str]:
    return addresses()


@pytest.fixture(scope="module")
def window_of(network: Network) -> WindowOf:
    """Each person keeps one window of each size for all their pages."""
    windows: dict[tuple[Somebody, str], Page] = {}

    def opened(who: Somebody, size: str) -> Page:
        if who.role is None:
            return network.visit(who.host, size=size)
        if who == OPERATOR:
            return network.operate(size=size)
        partner = charity() if who == PARTNER else None
        return network.enter(who.role, member=who.place, partner_id=partner, size=size)

    def window(who: Somebody, size: str) -> Page:
        if (who, size) not in windows:
            windows[who, size] = opened(who, size)
        return windows[who, size]

    return window


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SHOWN)
def test_a_page_has_nothing_to_be_said_against_it(network, window_of, paths, name, size):
    page = window_of(PAGES[name], size)
    network.complaints[page].clear()
    page.goto(paths[name])
    assert "\n".join(complaints_about(page) + network.complaints[page]) == ""


@pytest.mark.parametrize("size", SIZES)
def test_the_page_that_says_when_to_ask_again_has_nothing_to_be_said_against_it(network, settings, size):
    settings.LIMITS = {**settings.LIMITS, "sign-in-person": (0, 900)}
    page = network.visit(STRANGER.host, size=size)
    page.goto("/accounts/login/code/")
    page.locator("[name=email]").fill("somebody@example.org")
    with page.expect_navigation() as answered:
        page.locator("main button[type=submit]").click()
    assert answered.value.status == 429
    assert "\n".join(complaints_about(page) + network.complaints[page]) == ""


def test_every_act_on_a_bank_is_looked_at():
    assert {f"operator_bank_{verb}" for verb in PERFORM} <= set(OPERATED)


def test_every_main_screen_exists():
    assert set(PAGES) >= MAIN
