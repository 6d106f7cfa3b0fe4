"""Charts drawn on the server as SVG: no script, no style attribute, readable on a phone, on paper, in a mail.

Each chart is drawn twice, 720 and 340 units wide; a container query shows the one that fits, so that text
never shrinks below its size. The same figures follow as a table, and as a file. Colours and letters are
attributes of every mark, so that one drawing serves the page, the report and the mail.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.impact.charts.letters import FONT, text_width
from apps.kernel.errors import Text
from apps.kernel.tables import Column

SERIES: Final = ("#1E5B3E", "#DA6C15", "#24407C", "#B4479F", "#7A95A0", "#5A4A08")
"""Colours of series, in this order; neighbours stay apart for eyes that see two colours of three."""
WORDS: Final = ("#1E5B3E", "#1B2420", "#24407C", "#B4479F", "#1B2420", "#5A4A08")
"""Colour of the name of a series: its own where that can be read, else ink beside a mark of its colour."""
ON_SERIES: Final = ("#FFFFFF", "#1B2420", "#FFFFFF", "#FFFFFF", "#1B2420", "#FFFFFF")
"""Colour of a text on a series."""
DASHES: Final = ("", "7 4", "2 4", "10 3 2 3", "14 4", "5 3")
RAMP: Final = ("#EDF3EE", "#C6DDCD", "#8DBB9E", "#3F7D5B", "#1E5B3E")
"""Five steps of a map, from little to much."""
ON_RAMP: Final = ("#1B2420", "#1B2420", "#1B2420", "#FFFFFF", "#FFFFFF")
SURFACE: Final = "#FFFFFF"
INK: Final = "#1B2420"
HINT: Final = "#4D5751"
REST: Final = "#7A95A0"
GRID: Final = "#DEDACD"
EDGE: Final = "#7E7A6E"
OTHERS: Final = 6
"""So many series have a colour of their own; a chart of more folds the smallest into one."""
NAMESPACE: Final = "http://www.w3.org/2000/svg"
FAMILY: Final = "Lato, sans-serif"
"""Letters of papers and mails; a page draws with those of the reader's system."""
_MARK_UP: Final = re.compile(r"""[&<>"']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How wide a drawing is, in units that are pixels at full size, and how high its letters are."""

    name: str
    width: int
    font: int = FONT

    @property
    def is_wide(self) -> bool:
        """Tell whether there is room beside the drawing for labels."""
        return self.width > 500


SIZES: Final = (Size(name="wide", width=720), Size(name="narrow", width=340, font=15))
WIDE, NARROW = SIZES


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a drawing is called on its page, and the sentence that says what it shows."""

    name: str
    title: Text
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures as a table, on the page and in a file."""

    name: str
    title: Text
    columns: Sequence[Column]
    rows: Sequence[Any]

    @property
    def cells(self) -> list[list[tuple[Column, Any]]]:
        """The rows as a page shows them."""
        return [[(column, column.show(row)) for column in self.columns] for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Table):
    """A drawing at two widths, what it shows in one sentence, and the same figures as a table.

    ``ranked`` replaces the drawing where it would be too small to read; ``matrix`` shows everybody where
    the drawing folds; ``ways`` are other ways to draw the same figures.
    """

    unit: Text
    finding: str
    drawings: Sequence[SafeString]
    source: Text = ""
    kind: str = ""
    ranked: Table | None = None
    matrix: Table | None = None
    ways: Sequence[Any] = ()


def fitted(label: str, room: float, *, bold: bool = False, font: float = FONT) -> str:
    """Shorten a name that is longer than its place; the table holds it in full."""
    if text_width(label, bold=bold, font=font) <= room:
        return label
    shorter = label
    while shorter and text_width(shorter + "…", bold=bold, font=font) > room:
        shorter = shorter[:-1]
    return shorter.rstrip() + "…"


def plain(value: float) -> str:
    """Write a coordinate in as few characters as it needs."""
    return str(value) if type(value) is int else f"{value:.1f}".removesuffix(".0")


class Canvas:
    """A drawing in the making: every word and every attribute is escaped as it comes."""

    def __init__(self, size: Size, height: float) -> None:
        self.size = size
        self.width = size.width
        self.height = height
        self.font = size.font
        self.marks: list[str] = []

    def add(self, tag: str, words: str = "", **attributes: object) -> None:
        """Draw one mark; numbers are written short, ``stroke_width`` is ``stroke-width``."""
        self.marks.append(f"<{tag}{_written(attributes)}>{_safe(words)}</{tag}>")

    @contextmanager
    def group(self, tag: str, **attributes: object) -> Iterator[None]:
        """Hold the marks that are drawn meanwhile together in one element."""
        self.marks.append(f"<{tag}{_written(attributes)}>")
        yield
        self.marks.append(f"</{tag}>")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "start",
        fill: str = INK,
        bold: bool = False,
        font: float = 0,
    ) -> None:
        """Write a text on one line, its foot at ``y``."""
        placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
        weight = ' font-weight="600"' if bold else ""
        size = f' font-size="{plain(font)}"' if font and font != self.font else ""
        self.marks.append(
            f'<text x="{plain(x)}" y="{plain(y)}"{placed} fill="{fill}"{weight}{size}>{_safe(words)}</text>'
        )

    def width_of(self, words: str, *, bold: bool = False) -> float:
        """Return how wide a text is drawn here, at most."""
        return text_width(words, bold=bold, font=self.font)

    def fit(self, words: str, room: float, *, bold: bool = False) -> str:
        """Shorten a text to its place here."""
        return fitted(words, room, bold=bold, font=self.font)

    def __html__(self) -> str:
        """The marks as mark-up."""
        return "".join(self.marks)


def _written(attributes: Mapping[str, object]) -> str:
    text = ""
    for name, value in attributes.items():
        if isinstance(value, int | float):
            text += f' {name.replace("_", "-")}="{plain(value)}"'
        elif value:
            text += f' {name.replace("_", "-")}="{_safe(str(value))}"'
    return text


def _safe(words: str) -> str:
    return escape(words) if _MARK_UP.search(words) else words


def framed(heading: Heading, canvas: Canvas, *, role: str = "img") -> SafeString:
    """Wrap a drawing in its ``svg`` element, with the words for those who do not see it.

    A drawing that holds links is a ``group``: an ``img`` would hide them from a screen reader.
    """
    return format_html(
        '<svg xmlns="{xmlns}" class="chart-{size}" viewBox="0 0 {width} {height}" role="{role}" '
        'focusable="false" aria-labelledby="{name}-{size}-title {name}-{size}-desc" '
        'font-family="{family}" font-size="{font}">'
        '<title id="{name}-{size}-title">{title}</title>'
        '<desc id="{name}-{size}-desc">{finding}</desc>{body}</svg>',
        xmlns=NAMESPACE,
        role=role,
        size=canvas.size.name,
        width=canvas.width,
        height=plain(canvas.height),
        name=heading.name,
        family=FAMILY,
        font=canvas.font,
        title=heading.title,
        finding=heading.finding,
        body=canvas,
    )
