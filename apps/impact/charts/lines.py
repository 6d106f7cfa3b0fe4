"""Line charts: one line per series over days, weeks or months."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.impact.charts.svg import (
    COLOURS,
    DASHES,
    FONT,
    GRID,
    HINT,
    SIZES,
    Heading,
    Size,
    framed,
    plain,
    text_width,
)
from apps.kernel import display
from apps.kernel.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart: its name and its value (kg or t) at each step."""

    label: Text
    values: Sequence[Decimal]


def draw_lines(heading: Heading, *, steps: Sequence[str], series: Sequence[Series]) -> list[SafeString]:
    """Draw one line per series over the same steps (days, weeks or months), at both widths."""
    return [framed(heading, size, _lines_height(size), _lines(size, steps, series)) for size in SIZES]


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
                "left": plain(plane.left),
                "right": plain(plane.right),
                "y": plain(plane.y(mark)),
                "colour": HINT if mark == 0 else GRID,
                "name_x": plain(plane.left - 8),
                "name_y": plain(plane.y(mark) + 5),
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
            (plain(min(max(x, half + 2), size.width - half - 2)), plain(plane.bottom + 22), HINT, name)
            for x, name in named
        ),
    )


def _line(plane: _Plane, rank: int, line: Series) -> SafeString:
    points = [(plane.x(i), plane.y(value)) for i, value in enumerate(line.values)]
    path = " ".join(f"{plain(x)},{plain(y)}" for x, y in points)
    dots = points if len(points) <= 31 else []
    return format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-linejoin="round"{}/>{}',
        path,
        COLOURS[rank],
        format_html(' stroke-dasharray="{}"', DASHES[rank]) if DASHES[rank] else "",
        format_html_join(
            "",
            '<circle cx="{}" cy="{}" r="3" fill="{}" stroke="#FFFFFF"/>',
            ((plain(x), plain(y), COLOURS[rank]) for x, y in dots),
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
        ((plain(plane.right + 10), plain(y - over + 5), COLOURS[i], series[i].label) for y, i in placed),
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
