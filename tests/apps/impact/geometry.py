"""Where every text of a drawing stands, as wide as the widest of the usual fonts draws it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from apps.impact.charts.letters import text_width

SVG = "{http://www.w3.org/2000/svg}"
RISE, FALL = 0.74, 0.22
"""Of the height of the letters: above the foot of a line, below it."""


@dataclass(frozen=True)
class Box:
    """The place of one text."""

    words: str
    left: float
    right: float
    top: float
    foot: float
    fill: str

    def touches(self, other: "Box") -> bool:
        """Tell whether two texts share some room."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.foot <= other.top or other.foot <= self.top)


def texts(drawing: str) -> list[Box]:
    """Return the place of every text of a drawing."""
    svg = ElementTree.fromstring(drawing)
    usual = float(svg.get("font-size", ""))
    return [_box(text, usual) for text in svg.iter(f"{SVG}text")]


def _box(text: ElementTree.Element, usual: float) -> Box:
    words, font = text.text or "", float(text.get("font-size", usual))
    x, y = float(text.get("x", "")), float(text.get("y", ""))
    width = text_width(words, bold=text.get("font-weight") == "600", font=font)
    left = {"end": x - width, "middle": x - width / 2}.get(text.get("text-anchor", ""), x)
    return Box(words, left, left + width, y - RISE * font, y + FALL * font, text.get("fill", ""))


def clipped(drawing: str) -> list[str]:
    """Return the texts that leave the drawing."""
    _x, _y, width, height = map(float, ElementTree.fromstring(drawing).get("viewBox", "").split())
    return [
        box.words
        for box in texts(drawing)
        if box.left < -0.6 or box.right > width + 0.6 or box.top < -0.6 or box.foot > height + 0.6
    ]


def collisions(drawing: str) -> list[tuple[str, str]]:
    """Return the pairs of texts that touch."""
    return [(a.words, b.words) for a, b in combinations(texts(drawing), 2) if a.touches(b)]


def unpainted(drawing: str) -> Iterator[str]:
    """Return the marks whose colour is not written on them."""
    for mark in ElementTree.fromstring(drawing).iter():
        tag = mark.tag.removeprefix(SVG)
        if tag in {"text", "rect", "circle", "path"} and not mark.get("fill"):
            yield tag
        if tag in {"line", "polyline"} and not mark.get("stroke"):
            yield tag
