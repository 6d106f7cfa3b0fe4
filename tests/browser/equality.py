"""After htmx has swapped, a page is the one that a fresh load of its address gives."""

from difflib import unified_diff
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

STANDING = (Path(__file__).parent / "equality.js").read_text(encoding="utf-8")


def differences(page: Page) -> str:
    """Return where a page differs from a fresh load of its address, in another tab of the same person."""
    settled = standing(page)
    fresh = page.context.new_page()
    fresh.goto(page.url)
    anew = standing(fresh)
    fresh.close()
    return between(settled, anew)


def standing(page: Page) -> list[str]:
    """Return a page as lines, once nothing is on its way."""
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping")).to_have_count(0)
    lines: list[Any] = page.evaluate(STANDING)
    return lines


def between(swapped: list[str], fresh: list[str]) -> str:
    """Return where two pages differ."""
    return "\n".join(unified_diff(swapped, fresh, "after the swap", "fresh", n=1, lineterm=""))
