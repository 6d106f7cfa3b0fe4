"""The menu shows what this person may open, and where they are."""

import re

from apps.kernel.abilities import Role


def current_pages(html: str) -> list[str]:
    """Return the labels of the links marked as the current page, in the row of a section."""
    return [label.strip() for label in re.findall(r'aria-current="page"[^>]*>\s*([^<]+?)\s*<', html)]


def test_only_the_closest_entry_is_current(bank, sign_in):
    html = sign_in(bank, Role.MANAGER).get("/stock/movements/").content.decode()
    assert "Movements" in current_pages(html)
    assert "Stock" not in current_pages(html)


def test_who_keeps_accounts_reads_the_stock_and_places_no_order(bank, sign_in):
    html = sign_in(bank, Role.ACCOUNTS).get("/").content.decode()
    assert "/stock/" in html
    assert "/orders/new/" not in html
