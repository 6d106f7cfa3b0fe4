"""Everything that can be said against a page as it stands in the browser."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from collecto.commands.messages import CATALOGUE

SMALLEST_TEXT, SMALLEST_TARGET, PRIMARY_TARGET = 12, 24, 44
"""Pixels."""
MEASURES = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
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


def complaints_about(page: Page) -> list[str]:
    """Return what axe, the ruler and the ear find wrong with a page that should be French."""
    measured: dict[str, Any] = page.evaluate(MEASURES, [SMALLEST_TEXT, SMALLEST_TARGET, PRIMARY_TARGET])
    said = list(measured["complaints"])
    if measured["language"] != "fr":
        said.append(f"its language is {measured['language']!r}")
    english = [text for text in measured["texts"] if ENGLISH.search(text) or text in untranslated_texts()]
    return said + [f"English: {text}" for text in english] + axe_violations(page)


def axe_violations(page: Page) -> list[str]:
    """Return the rules of axe that a page breaks, with the places."""
    found: list[Any] = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"axe {v['id']} ({v['impact']}): {[n['html'][:200] for n in v['nodes'][:3]]}" for v in found]


@lru_cache
def untranslated_texts() -> frozenset[str]:
    """Return the English source texts that are not also somebody's French."""
    with CATALOGUE.open("rb") as file:
        pairs = [(message.id, message.string) for message in read_po(file) if isinstance(message.id, str)]
    french = {string for _source, string in pairs}
    return frozenset(source for source, string in pairs if source and source not in french)
