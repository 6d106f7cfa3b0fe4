"""Pages as they are when something is wrong, when nothing is there yet, on paper, and in few colours."""

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from playwright.sync_api import Page

from apps.kernel.abilities import Role
from tests.browser.audit import complaints_about, complaints_in_few_colours, complaints_on_paper
from tests.browser.lives import bank_without_anything
from tests.browser.network import AT_HAND, Network
from tests.browser.pages import MANAGER, PAGES, Somebody, bank_routes
from tests.web.sweeping import expected_answers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

SEND_NOTHING = """() => {
  const form = document.querySelector('main form.form[method=post], main form.ordering');
  for (const field of form.elements) if (field.name !== 'csrfmiddlewaretoken') field.disabled = true;
  form.submit();
}"""
REFUSED = {"offers_offer_create"}
EMPTY = {"stock_lot_list"}
ALONE = ("403_csrf.html", "500.html", "503.html")
"""Pages shown when nothing else of the site can be."""
PRINTED = ("delivery_note_detail", "receiving_receipt_note", "delivery_picking_sheet")
COLOURED = ("offers_offer_list", "home", "orders_mine_create", "impact_indicator_list")


def first_of(names: set[str], everything: list[str]) -> list[object]:
    """Return parameters of which only a few run by default."""
    return [pytest.param(one, marks=() if one in names else pytest.mark.slow) for one in everything]


UNHINDERED = {"stock_sheet_close"}
"""Acts that a twin's state hinders, and nothing in the lived-in network does."""


def refusing() -> list[str]:
    """Return the pages whose form, sent without anything, comes back with what is wrong."""
    expected = expected_answers()
    return [
        name
        for name, (who, _path) in bank_routes().items()
        if who.role
        and name not in UNHINDERED
        and expected.get(("bank", name, "POST"), {}).get(who.role.value) == 422
    ]


def lists() -> list[str]:
    """Return the pages of a bank that are about no row in particular."""
    return [name for name, (who, path) in bank_routes().items() if who == MANAGER and "<" not in path]


def send_nothing(page: Page) -> int:
    """Send the form of a page without anything in it; returns how it was answered."""
    with page.expect_navigation() as answered:
        page.evaluate(SEND_NOTHING)
    return answered.value.status


@pytest.mark.parametrize("size", AT_HAND)
@pytest.mark.parametrize("name", first_of(REFUSED, refusing()))
def test_a_form_that_comes_back_has_nothing_to_be_said_against_it(
    network, window_of, paths_in_bank, name, size
):
    page = window_of(PAGES[name], size)
    page.goto(paths_in_bank[name])
    network.complaints[page].clear()
    assert send_nothing(page) == 422
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert "\n".join(complaints_about(page) + network.complaints[page]) == ""


@pytest.fixture(scope="module")
def first_morning(network: Network) -> Somebody:
    """The manager of a bank in which nothing is yet."""
    return Somebody(bank_without_anything().slug, Role.MANAGER)


@pytest.mark.parametrize("size", AT_HAND)
@pytest.mark.parametrize("name", first_of(EMPTY, lists()))
def test_a_page_without_anything_yet_has_nothing_to_be_said_against_it(
    network, window_of, first_morning, name, size
):
    page = window_of(first_morning, size)
    network.complaints[page].clear()
    page.goto("/" + bank_routes()[name][1])
    assert "\n".join(complaints_about(page) + network.complaints[page]) == ""


@pytest.mark.parametrize("size", AT_HAND)
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", first_of({"500.html"}, list(ALONE)))
def test_a_page_that_stands_alone_has_nothing_to_be_said_against_it(network, name, language, size):
    with override(language):
        body = render_to_string(name)
    page = network.visit(size=size)
    page.route("**/broken/", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto("/broken/")
    assert page.locator(".topbar").is_visible()
    assert "\n".join(complaints_about(page, language=language) + network.close(page)) == ""


@pytest.mark.parametrize("name", first_of({"delivery_note_detail"}, list(PRINTED)))
def test_a_page_on_paper_fits_can_be_read_and_asks_for_nothing(paths_in_bank, window_of, name):
    page = window_of(PAGES[name], "desktop").context.new_page()
    page.goto(paths_in_bank[name])
    complaints = complaints_on_paper(page)
    page.close()
    assert "\n".join(complaints) == ""


@pytest.mark.parametrize("size", AT_HAND)
@pytest.mark.parametrize("name", first_of({"offers_offer_list"}, list(COLOURED)))
def test_a_page_can_be_told_apart_in_few_colours_and_does_not_move(paths_in_bank, window_of, name, size):
    page = window_of(PAGES[name], size)
    page.goto(paths_in_bank[name])
    assert "\n".join(complaints_in_few_colours(page)) == ""
