"""Everything that can be said against a page as it stands in the browser."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page, ViewportSize

from collecto.commands.messages import CATALOGUE

LEAST = {"text": 14, "label": 12, "target": 44, "thumb": 48}
"""Pixels: letters of a page and of a drawing, what is touched, what the thumb presses on a telephone."""
SMALLER = {1280: 640, 390: 320}
"""A window at twice its size (zoom of 200 %), and the narrowest telephone."""
MEASURES = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
A4: ViewportSize = {"width": 718, "height": 1040}
"""Pixels of a sheet within its margins."""
FEW_COLOURS = """() => {
  const shown = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility());
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} "${e.textContent.trim().slice(0, 40)}"`;
  const css = (e) => getComputedStyle(e);
  const edged = (e) => ['Top', 'Bottom'].some((side) => parseFloat(css(e)[`border${side}Width`]) > 0);
  const bare = shown.filter((e) => e.matches('.button:not(.quiet), .chip, input, select, textarea'))
    .filter((e) => !e.matches('[type=checkbox], [type=radio]') && !edged(e));
  const moving = shown.filter((e) => [css(e).transitionDuration, css(e).animationDuration]
    .some((times) => times.split(',').some((time) => parseFloat(time) > 0.01)));
  return [...bare.map((e) => `no edge: ${name(e)}`), ...moving.slice(0, 5).map((e) => `moves: ${name(e)}`)];
}"""
OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
    "preload": False,
}
ENGLISH = re.compile(r"(?<![-\w])(?:[Tt]he|[Aa]nd|with|[Yy]our|this|from|of|is|are)(?![-\w])")
"""Words that no French sentence holds."""


def complaints_about(page: Page, *, language: str = "fr") -> list[str]:
    """Return what axe, the ruler and the ear find wrong with a page that should be in a language."""
    return complaints_in(page, language=language) + complaints_when_smaller(page) + axe_violations(page)


def complaints_when_smaller(page: Page) -> list[str]:
    """Return what the ruler finds wrong once the window is smaller; it gets its size back."""
    size = page.viewport_size
    assert size is not None
    width = SMALLER[size["width"]]
    page.set_viewport_size({"width": width, "height": size["height"]})
    measured: dict[str, Any] = page.evaluate(MEASURES, LEAST)
    page.set_viewport_size(size)
    return [f"at {width} px: {complaint}" for complaint in measured["complaints"]]


def complaints_on_paper(page: Page) -> list[str]:
    """Return what is wrong with a page as it is printed on A4: it fits, it can be read, nothing asks."""
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    measured: dict[str, Any] = page.evaluate(MEASURES, {"text": 12, "label": 9, "target": 0, "thumb": 0})
    asking = page.locator("a.button, button, input, select, .topbar").filter(visible=True)
    said = [f"printed: {text.strip()!r}" for text in asking.all_inner_texts()]
    return [*said, *(one for one in measured["complaints"] if not one.startswith("focus"))]


def complaints_in_few_colours(page: Page) -> list[str]:
    """Return what cannot be told apart in forced colours, and what moves although nothing should."""
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    found: list[str] = page.evaluate(FEW_COLOURS)
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")
    return found


def complaints_in(page: Page, *, language: str) -> list[str]:
    """Return what the ruler and the ear find wrong with a page as it stands."""
    measured: dict[str, Any] = page.evaluate(MEASURES, LEAST)
    said = list(measured["complaints"])
    if measured["language"] != language:
        said.append(f"its language is {measured['language']!r}")
    if language == "fr":
        said += [f"English: {text}" for text in measured["texts"] if is_english(text)]
    return said


def is_english(text: str) -> bool:
    """Tell whether a text of a French page was left in English."""
    return bool(ENGLISH.search(text)) or text in untranslated_texts()


def axe_violations(page: Page) -> list[str]:
    """Return the rules of axe that a page breaks, with the places.

    The window is as tall as the page meanwhile: what sticks to its edge then lies on nothing.
    """
    size = page.viewport_size
    assert size is not None
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], tall)})
    found: list[Any] = Axe().run(page, options=OPTIONS).response["violations"]
    page.set_viewport_size(size)
    return [f"axe {v['id']} ({v['impact']}): {[n['html'][:200] for n in v['nodes'][:3]]}" for v in found]


@lru_cache
def untranslated_texts() -> frozenset[str]:
    """Return the English source texts that are not also somebody's French."""
    with CATALOGUE.open("rb") as file:
        pairs = [(message.id, message.string) for message in read_po(file) if isinstance(message.id, str)]
    french = {string for _source, string in pairs}
    return frozenset(source for source, string in pairs if source and source not in french)
