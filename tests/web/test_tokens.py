"""The look keeps its promises: contrast, weight, and nothing inline."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

CSS = ROOT / "platform/collecto/static/collecto/css"
TEMPLATES = [
    path
    for top in ("platform/collecto", "apps", "tenants", "api")
    for path in (ROOT / top).rglob("*.html")
    if "templates" in path.parts
]
TOKENS = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-F]{6});", (CSS / "tokens.css").read_text()))
LARGEST = 40 * 1024

TEXT = 4.5
EDGE = 3.0
SERIES = 3.1
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "surface", TEXT),
    ("ink-2", "paper", TEXT),
    ("ink-2", "sunken", TEXT),
    ("ink-3", "paper", TEXT),
    ("ink-3", "sunken", TEXT),
    ("surface", "brand", TEXT),
    ("surface", "brand-hover", TEXT),
    ("brand", "paper", TEXT),
    ("brand", "brand-soft", TEXT),
    ("ink", "brand-soft", TEXT),
    ("accent", "surface", TEXT),
    ("accent", "accent-soft", TEXT),
    ("info", "info-soft", TEXT),
    ("warn", "warn-soft", TEXT),
    ("danger", "danger-soft", TEXT),
    ("danger", "surface", TEXT),
    ("danger", "paper", TEXT),
    ("ok", "ok-soft", TEXT),
    ("line-strong", "surface", EDGE),
    ("line-strong", "paper", EDGE),
    ("focus", "paper", EDGE),
    ("focus", "surface", EDGE),
    *((f"chart-{n}", "surface", SERIES) for n in range(1, 7)),
]


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_stand_out_from_what_is_behind_them(front: str, back: str, least: float):
    assert contrast(TOKENS[front], TOKENS[back]) >= least


def test_a_series_colour_too_weak_for_text_is_never_used_for_text():
    weak = {n for n in range(1, 7) if contrast(TOKENS[f"chart-{n}"], TOKENS["surface"]) < TEXT}
    used = "".join(path.read_text() for path in CSS.rglob("*.css"))
    assert not [n for n in weak if re.search(rf"[^-]color:\s*var\(--chart-{n}\)", used)]


def test_a_colour_is_written_once_in_the_tokens():
    strays = {
        path.name: found
        for path in CSS.rglob("*.css")
        if path.name != "tokens.css" and (found := re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text()))
    }
    assert strays == {}


def test_the_style_sheets_stay_light():
    assert sum(path.stat().st_size for path in CSS.rglob("*.css")) <= LARGEST


def test_the_entry_sheet_imports_every_file_in_a_declared_layer():
    entry = (CSS / "app.css").read_text()
    layers = re.search(r"@layer ([\w, ]+);", entry)
    imported = dict(re.findall(r'@import url\("([^"]+)"\) layer\((\w+)\);', entry))
    assert layers
    assert {str(path.relative_to(CSS)) for path in CSS.rglob("*.css")} == {*imported, "app.css"}
    assert set(imported.values()) <= set(layers[1].split(", "))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_carries_style_script_or_handler(path: Path):
    """The content security policy allows files of our own only."""
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:", text)
