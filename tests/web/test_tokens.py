"""The look keeps its promises: contrast, weight, and nothing inline."""

import re
from itertools import combinations, pairwise
from math import dist
from pathlib import Path

import pytest

from apps.impact.charts import svg
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


Colour = tuple[float, float, float]
EYES: dict[str, tuple[Colour, Colour, Colour]] = {
    "three cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue cones": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""What eyes of each kind see of linear red, green and blue (Machado et al. 2009, severity 1)."""
APART = 13.0
"""Least distance between two series, in CIELAB units (1976) under D65, for every kind of eyes."""
STEPS_APART = 9.9
"""The same between two neighbouring steps of the map, which also say their values in the legend."""


def linear(colour: str) -> Colour:
    """Linear red, green and blue, from 0 to 1."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def seen(colour: str, eyes: str) -> Colour:
    """What eyes of a kind see of a colour, in CIELAB: lightness, green to red, blue to yellow."""
    light = linear(colour)
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, light, strict=True))))
        for row in EYES[eyes]
    )
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    a, b, c = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


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


def test_charts_are_drawn_in_the_colours_of_the_tokens():
    assert list(svg.SERIES) == [TOKENS[f"chart-{n}"] for n in range(1, 7)]
    names = {"ink": svg.INK, "ink-2": svg.HINT, "surface": svg.SURFACE, "line": svg.GRID}
    assert {name: TOKENS[name] for name in names} == names
    assert (svg.EDGE, svg.RAMP[-1]) == (TOKENS["line-strong"], TOKENS["brand"])


@pytest.mark.parametrize(("one", "other"), list(combinations(range(1, 7), 2)))
@pytest.mark.parametrize("eyes", EYES)
def test_two_series_are_told_apart_by_every_kind_of_eyes(eyes: str, one: int, other: int):
    assert dist(seen(TOKENS[f"chart-{one}"], eyes), seen(TOKENS[f"chart-{other}"], eyes)) >= APART


@pytest.mark.parametrize("eyes", EYES)
def test_neighbouring_steps_of_the_map_are_told_apart_by_every_kind_of_eyes(eyes: str):
    for lighter, darker in pairwise(svg.RAMP):
        assert dist(seen(lighter, eyes), seen(darker, eyes)) >= STEPS_APART
        assert luminance(lighter) > luminance(darker)


@pytest.mark.parametrize(
    ("words", "behind"),
    [
        *zip(svg.ON_RAMP, svg.RAMP, strict=True),
        *zip(svg.ON_SERIES, svg.SERIES, strict=True),
        *((words, svg.SURFACE) for words in svg.WORDS),
    ],
)
def test_words_on_a_chart_can_be_read(words: str, behind: str):
    assert contrast(words, behind) >= TEXT


def test_a_series_is_named_in_its_own_colour_unless_that_is_too_weak():
    strong = {colour for colour in svg.SERIES if contrast(colour, svg.SURFACE) >= TEXT}
    assert [word for word in svg.WORDS if word != svg.INK] == [c for c in svg.SERIES if c in strong]


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
    imported = dict(re.findall(r'@import "([^"]+)" layer\((\w+)\);', entry))
    assert layers
    assert {str(path.relative_to(CSS)) for path in CSS.rglob("*.css")} == {*imported, "app.css"}
    assert set(imported.values()) <= set(layers[1].split(", "))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_carries_style_script_or_handler(path: Path):
    """The content security policy allows files of our own only."""
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:", text)
