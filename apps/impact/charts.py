"""Charts drawn on the server as SVG: no script, no style attribute, readable on a phone and on paper.

Each chart is drawn twice, 720 and 340 units wide; a container query shows the one that fits, so that text
never shrinks below its size. The same figures follow as a table, and as a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.kernel import display
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
ROW: Final = 30


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
class Series:
    """One line of a chart: its name and its value (kg or t) at each step."""

    label: Text
    values: Sequence[Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart, with its value as it is written; ``is_rest`` adds up what is not named."""

    label: Text
    value: int
    shown: str
    is_rest: bool = False


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


def draw_lines(heading: Heading, *, steps: Sequence[str], series: Sequence[Series]) -> list[SafeString]:
    """Draw one line per series over the same steps (days, weeks or months), at both widths."""
    return [_framed(heading, size, _lines_height(size), _lines(size, steps, series)) for size in SIZES]


def draw_bars(heading: Heading, *, bars: Sequence[Bar]) -> list[SafeString]:
    """Draw one horizontal bar per value, the first on top, at both widths."""
    return [_framed(heading, size, _bars_height(size, bars), _bars(size, bars)) for size in SIZES]


def text_width(text: str, *, bold: bool = False) -> float:
    """Return how wide a text is drawn, at most, in the widest of the usual system fonts."""
    ems = sum(0.42 if c in NARROW else 1.0 if c in WIDE else 0.74 if c.isupper() else 0.64 for c in text)
    return ems * FONT * (1.1 if bold else 1.0)


def ticks(lowest: Decimal, highest: Decimal) -> list[Decimal]:
    """Return round marks (1, 2 or 5 times a power of ten) that hold zero and both ends."""
    reach = max(highest, Decimal(0)) - min(lowest, Decimal(0))
    if reach <= 0:
        return [Decimal(0), Decimal(1)]
    rough = reach / 4
    power = Decimal(10) ** floor(log10(float(rough)))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first, last = floor(min(lowest, Decimal(0)) / step), -floor(-max(highest, Decimal(0)) / step)
    return [step * count for count in range(first, last + 1)]


def _framed(heading: Heading, size: Size, height: int, body: SafeString) -> SafeString:
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


# --- lines ---


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plane:
    """Where values fall on the drawing."""

    left: float
    right: float
    top: float
    bottom: float
    low: Decimal
    high: Decimal
    steps: int

    def x(self, step: int) -> float:
        """Return where a step stands from the left."""
        return self.left + (self.right - self.left) * (step / (self.steps - 1) if self.steps > 1 else 0.5)

    def y(self, value: Decimal) -> float:
        """Return where a value stands from the top."""
        return self.bottom - (self.bottom - self.top) * float((value - self.low) / (self.high - self.low))


def _lines_height(size: Size) -> int:
    return 300 if size.is_wide else 260


def _lines(size: Size, steps: Sequence[str], series: Sequence[Series]) -> SafeString:
    every = [value for line in series for value in line.values]
    marks = ticks(min(every, default=Decimal(0)), max(every, default=Decimal(0)))
    axis = [_mark(mark) for mark in marks]
    ends = max(text_width(str(line.label), bold=True) for line in series) + 14 if size.is_wide else 16
    plane = _Plane(
        left=max(map(text_width, axis)) + 10,
        right=size.width - ends,
        top=16 if size.is_wide else 14 + 20 * len(series),
        bottom=_lines_height(size) - 30,
        low=marks[0],
        high=marks[-1],
        steps=len(steps),
    )
    return format_html(
        "{}{}{}{}",
        _grid(plane, marks, axis),
        _step_names(plane, size, steps),
        format_html_join("", "{}", ((_line(plane, rank, line),) for rank, line in enumerate(series))),
        _end_names(plane, series) if size.is_wide else _key(series),
    )


def _mark(value: Decimal) -> str:
    return display.number(value, decimals=0 if value == value.to_integral_value() else 1)


def _grid(plane: _Plane, marks: Sequence[Decimal], names: Sequence[str]) -> SafeString:
    return format_html_join(
        "",
        '<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="{colour}"/>'
        '<text x="{name_x}" y="{name_y}" text-anchor="end" fill="{ink}">{name}</text>',
        (
            {
                "left": _n(plane.left),
                "right": _n(plane.right),
                "y": _n(plane.y(mark)),
                "colour": HINT if mark == 0 else GRID,
                "name_x": _n(plane.left - 8),
                "name_y": _n(plane.y(mark) + 5),
                "ink": HINT,
                "name": name,
            }
            for mark, name in zip(marks, names, strict=True)
        ),
    )


def _step_names(plane: _Plane, size: Size, steps: Sequence[str]) -> SafeString:
    """Name as many steps as fit, the first always, none cut off at an edge."""
    widest = max(map(text_width, steps), default=0) + 16
    room = max(1, int((plane.right - plane.left) // widest))
    every = max(1, -(-len(steps) // room))
    named = [(plane.x(i), name) for i, name in enumerate(steps) if i % every == 0]
    half = widest / 2 - 8
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text>',
        (
            (_n(min(max(x, half + 2), size.width - half - 2)), _n(plane.bottom + 22), HINT, name)
            for x, name in named
        ),
    )


def _line(plane: _Plane, rank: int, line: Series) -> SafeString:
    points = [(plane.x(i), plane.y(value)) for i, value in enumerate(line.values)]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    dots = points if len(points) <= 31 else []
    return format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-linejoin="round"{}/>{}',
        path,
        COLOURS[rank],
        format_html(' stroke-dasharray="{}"', DASHES[rank]) if DASHES[rank] else "",
        format_html_join(
            "",
            '<circle cx="{}" cy="{}" r="3" fill="{}" stroke="#FFFFFF"/>',
            ((_n(x), _n(y), COLOURS[rank]) for x, y in dots),
        ),
    )


def _end_names(plane: _Plane, series: Sequence[Series]) -> SafeString:
    """Name each line where it ends, far enough from the others to be read."""
    wanted = sorted(((plane.y(line.values[-1]), i) for i, line in enumerate(series) if line.values))
    placed: list[tuple[float, int]] = []
    for y, rank in wanted:
        lowest = placed[-1][0] + FONT + 4 if placed else plane.top
        placed.append((max(y, lowest), rank))
    over = max(0.0, placed[-1][0] - plane.bottom) if placed else 0.0
    return format_html_join(
        "",
        '<text x="{}" y="{}" fill="{}" font-weight="600">{}</text>',
        ((_n(plane.right + 10), _n(y - over + 5), COLOURS[i], series[i].label) for y, i in placed),
    )


def _key(series: Sequence[Series]) -> SafeString:
    return format_html_join(
        "",
        '<line x1="2" x2="30" y1="{0}" y2="{0}" stroke="{1}" stroke-width="2.5" stroke-dasharray="{2}"/>'
        '<text x="38" y="{3}" fill="{1}" font-weight="600">{4}</text>',
        (
            (10 + 20 * i, COLOURS[i], DASHES[i] or "none", 15 + 20 * i, line.label)
            for i, line in enumerate(series)
        ),
    )


# --- bars ---


def _bars_height(size: Size, bars: Sequence[Bar]) -> int:
    return len(bars) * (ROW if size.is_wide else ROW + 20) + 4


def _bars(size: Size, bars: Sequence[Bar]) -> SafeString:
    longest = max((text_width(str(bar.label)) for bar in bars), default=0) + 10
    left = min(longest, size.width * 0.45) if size.is_wide else 0
    room = size.width - left - max((text_width(bar.shown, bold=True) for bar in bars), default=0) - 12
    largest = max((bar.value for bar in bars), default=0) or 1
    return format_html_join(
        "",
        "{}",
        ((_bar(size, i, bar, left, max(bar.value, 0) / largest * room),) for i, bar in enumerate(bars)),
    )


def _bar(size: Size, rank: int, bar: Bar, left: float, length: float) -> SafeString:
    """Draw a bar with its name before it where there is room, above it otherwise."""
    height = ROW if size.is_wide else ROW + 20
    top = rank * height + (2 if size.is_wide else 20)
    name_y = top + 19 if size.is_wide else top - 4
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="22" rx="3" fill="{}"/>'
        '<text x="{}" y="{}" fill="{}" font-weight="600">{}</text>',
        _n(left - 8 if size.is_wide else 0), _n(name_y), "end" if size.is_wide else "start", INK,
        _fitted(str(bar.label), left - 8 if size.is_wide else size.width),
        _n(left), _n(top + 3), _n(max(length, 1)), REST if bar.is_rest else COLOURS[0],
        _n(left + length + 8), _n(top + 19), INK, bar.shown,
    )  # fmt: skip


def _fitted(label: str, room: float) -> str:
    """Shorten a name that is longer than its place; the table holds it in full."""
    if text_width(label) <= room:
        return label
    shorter = label
    while shorter and text_width(shorter + "…") > room:
        shorter = shorter[:-1]
    return shorter.rstrip() + "…"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
