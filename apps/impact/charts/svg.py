"""Charts drawn on the server as SVG: no script, no style attribute, readable on a phone and on paper.

Each chart is drawn twice, 720 and 340 units wide; a container query shows the one that fits, so that text
never shrinks below its size. The same figures follow as a table, and as a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.kernel.errors import Text
from apps.kernel.tables import Column

COLOURS: Final = ("#1E5B3E", "#AB4409", "#24407C")
"""Series in this order; each is dark enough to be read as text on white."""
DASHES: Final = ("", "7 4", "2 4")
INK: Final = "#1B2420"
HINT: Final = "#4D5751"
REST: Final = "#7A95A0"
GRID: Final = "#DEDACD"
FONT: Final = 14
NARROW: Final = frozenset("ijlrtfI1.,:;'’|!()[]/ \u00a0\u202f")
WIDE: Final = frozenset("mwMW@%—…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How wide a drawing is, in units that are pixels at full size."""

    name: str
    width: int

    @property
    def is_wide(self) -> bool:
        """Tell whether there is room beside the drawing for labels."""
        return self.width > 500


SIZES: Final = (Size(name="wide", width=720), Size(name="narrow", width=340))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a drawing is called on its page, and the sentence that says what it shows."""

    name: str
    title: Text
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing at two widths, what it shows in one sentence, and the same figures as a table."""

    name: str
    title: Text
    unit: Text
    finding: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    drawings: Sequence[SafeString]

    @property
    def cells(self) -> list[list[tuple[Column, Any]]]:
        """The rows of the table as a page shows them."""
        return [[(column, column.show(row)) for column in self.columns] for row in self.rows]


def text_width(text: str, *, bold: bool = False) -> float:
    """Return how wide a text is drawn, at most, in the widest of the usual system fonts."""
    ems = sum(0.42 if c in NARROW else 1.0 if c in WIDE else 0.74 if c.isupper() else 0.64 for c in text)
    return ems * FONT * (1.1 if bold else 1.0)


def framed(heading: Heading, size: Size, height: int, body: SafeString) -> SafeString:
    """Wrap a drawing in its ``svg`` element, with the words for those who do not see it."""
    return format_html(
        '<svg class="chart-{size}" viewBox="0 0 {width} {height}" role="img" focusable="false" '
        'aria-labelledby="{name}-{size}-title {name}-{size}-desc" font-size="{font}">'
        '<title id="{name}-{size}-title">{title}</title>'
        '<desc id="{name}-{size}-desc">{finding}</desc>{body}</svg>',
        size=size.name,
        width=size.width,
        height=height,
        name=heading.name,
        font=FONT,
        title=heading.title,
        finding=heading.finding,
        body=body,
    )


def fitted(label: str, room: float) -> str:
    """Shorten a name that is longer than its place; the table holds it in full."""
    if text_width(label) <= room:
        return label
    shorter = label
    while shorter and text_width(shorter + "…") > room:
        shorter = shorter[:-1]
    return shorter.rstrip() + "…"


def plain(value: float) -> str:
    """Write a coordinate in as few characters as it needs."""
    return f"{value:.1f}".removesuffix(".0")
