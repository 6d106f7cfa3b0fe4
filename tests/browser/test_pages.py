"""Every page of the product, in French, on a desk and on a phone: accessible, readable, whole.

One screen of each kind runs by default; all the others carry the marker ``slow``.
"""

import pytest

from tenants.registry.views.acts import PERFORM
from tests.browser.audit import complaints_about
from tests.browser.network import AT_HAND
from tests.browser.pages import OPERATED, PAGES, STRANGER

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

MAIN = {
    "home",
    "rounds_drive_stop",
    "stock_lot_detail",
    "orders_mine_create",
    "delivery_note_detail",
    "impact_indicator_list",
    "public_give",
    "operator_bank_list",
}
"""One screen of each kind that people live in; journeys walk through the others."""
AT_A_DESK = {"federation_home"}
"""Those that people look at on a desk above all; the others are first of all a telephone's."""
SHOWN = [
    pytest.param(name, size, marks=() if name in default else pytest.mark.slow)
    for size, default in (("phone", MAIN), ("desktop", AT_A_DESK))
    for name in PAGES
]


@pytest.mark.parametrize(("name", "size"), SHOWN)
def test_a_page_has_nothing_to_be_said_against_it(network, window_of, paths, name, size):
    page = window_of(PAGES[name], size)
    network.complaints[page].clear()
    page.goto(paths[name])
    assert "\n".join(complaints_about(page) + network.complaints[page]) == ""


@pytest.mark.parametrize("size", AT_HAND)
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
