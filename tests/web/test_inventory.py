"""No page is forgotten: each named route of each site is looked at in a browser, or said to be no page."""

from tests.browser.inventory import NO_PAGES, WALKED, is_no_page, routes_looked_at, routes_to_look_at


def test_every_route_is_looked_at_or_said_to_be_no_page():
    forgotten = set(routes_to_look_at()) - routes_looked_at()
    assert {(site, name) for site, name in forgotten if name not in WALKED and not is_no_page(name)} == set()


def test_what_is_said_to_be_no_page_exists_and_is_not_looked_at():
    names = {name for _site, name in routes_to_look_at()}
    looked_at = {name for _site, name in routes_looked_at()}
    assert set(NO_PAGES) | WALKED <= names
    assert (set(NO_PAGES) | WALKED) & looked_at == set()
