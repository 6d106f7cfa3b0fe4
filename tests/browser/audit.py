"""Everything that can be said against a page as it stands in the browser."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from collecto.commands.messages import CATALOGUE

LEAST = {"text": 14, "label in a drawing": 12, "target": 24, "main action": 44}
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


def complaints_about(page: Page, *, language: str = "fr") -> list[str]:
    """Return what axe, the ruler and the ear find wrong with a page that should be in a language."""
    measured: dict[str, Any] = page.evaluate(MEASURES, list(LEAST.values()))
    said = list(measured["complaints"])
    if measured["language"] != language:
        said.append(f"its language is {measured['language']!r}")
    if language == "fr":
        said += [f"English: {text}" for text in measured["texts"] if is_english(text)]
    return said + axe_violations(page)


def is_english(text: str) -> bool:
    """Tell whether a text of a French page was left in English."""
    return bool(ENGLISH.search(text)) or text in untranslated_texts()


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
