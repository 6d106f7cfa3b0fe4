"""What people do in a browser, in words: follow a link, press a button, read a line."""

import base64

from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page


def fr(text: str) -> str:
    """Return a text of the interface as the French reader sees it."""
    with override("fr"):
        return gettext(text)


def press(page: Page, label: str) -> None:
    go(page, page.get_by_role("button", name=fr(label)))


def follow(page: Page, label: str, *, exact: bool = True) -> None:
    go(page, page.get_by_role("link", name=label, exact=exact))


def go(page: Page, way: Locator) -> None:
    """Click what is seen of a way to another page, and wait until that page stands."""
    with page.expect_navigation():
        way.filter(visible=True).first.click()


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def open_row(page: Page, text: str) -> None:
    go(page, row(page, text).get_by_role("link"))


def goods(page: Page, name: str) -> Locator:
    return page.locator(".goods-line").filter(has_text=name)


def main(page: Page) -> Locator:
    return page.locator("main")


def fetched(page: Page, link: Locator) -> bytes:
    """Return the file behind a link, which some browsers show and others save."""
    address = link.evaluate("link => link.href")
    return base64.b64decode(page.evaluate(FETCH, address))


def hold_keys(page: Page, key: str, to: Locator, *, most: int = 60) -> None:
    """Press a key until something has the focus; wherever the focus comes by, it can be seen."""
    for _press in range(most):
        if to.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press(key)
        assert page.evaluate(SEES_FOCUS), page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"{key} never leads to {to}")


FETCH = """async (address) => {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}"""
SEES_FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const ownRing = e.matches('[type=date], [type=time], [type=datetime-local]');
  return e === document.body || ((outlined || ownRing) && inside);
}"""
"""Whether the focus shows and is in the window.

Between the page and the browser's own bar it is nowhere; the parts of a date have the browser's own ring."""
