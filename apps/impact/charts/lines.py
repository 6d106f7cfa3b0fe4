"""Line charts: one line per series over days, weeks or months."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.safestring import SafeString

from apps.impact.charts.axes import (
    Plane,
    axis_room,
    draw_grid,
    draw_key,
    key_rows,
    name_steps,
    ticks,
    written,
)
from apps.impact.charts.svg import DASHES, SERIES, SIZES, SURFACE, WORDS, Canvas, Heading, Size, framed
from apps.kernel.errors import Text

MOST_DOTS: Final = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart: its name and its value (kg or t) at each step, ``None`` where there is none."""

    label: Text
    values: Sequence[Decimal | None]


def draw_lines(heading: Heading, *, steps: Sequence[str], series: Sequence[Series]) -> list[SafeString]:
    """Draw one line per series over the same steps (days, weeks or months), at both widths."""
    return [framed(heading, _lines(size, steps, series)) for size in SIZES]


def _lines(size: Size, steps: Sequence[str], series: Sequence[Series]) -> Canvas:
    canvas = Canvas(size, 300 if size.is_wide else 270)
    every = [value for line in series for value in line.values if value is not None]
    marks = ticks(min(every, default=Decimal(0)), max(every, default=Decimal(0)))
    names = [canvas.fit(str(line.label), canvas.width * 0.3, bold=True) for line in series]
    ends = max((canvas.width_of(name, bold=True) for name in names), default=0) + 16
    axis = [written(mark) for mark in marks]
    plane = Plane(
        left=axis_room(canvas, axis),
        right=canvas.width - (ends if size.is_wide else 12),
        top=16 if size.is_wide else 14 + 20 * len(key_rows(canvas, [str(line.label) for line in series])),
        bottom=canvas.height - 32,
        marks=marks,
        steps=len(steps),
    )
    draw_grid(canvas, plane, axis)
    name_steps(canvas, plane, steps)
    for rank, line in enumerate(series):
        _line(canvas, plane, rank, line)
    if size.is_wide:
        _end_names(canvas, plane, series, names)
    else:
        draw_key(canvas, [str(line.label) for line in series], as_lines=True)
    return canvas


def _line(canvas: Canvas, plane: Plane, rank: int, line: Series) -> None:
    """Draw a line, broken where a value is missing; a value alone between two gaps is a dot."""
    dotted = len(line.values) <= MOST_DOTS
    for run in _runs(line.values):
        points = [(plane.x(i), plane.y(value)) for i, value in run]
        if len(points) > 1:
            canvas.add(
                "polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), fill="none",
                stroke=SERIES[rank], stroke_width=2.5, stroke_linejoin="round", stroke_dasharray=DASHES[rank],
            )  # fmt: skip
        for x, y in points if dotted or len(points) == 1 else []:
            canvas.add("circle", cx=x, cy=y, r=3, fill=SERIES[rank], stroke=SURFACE)


def _runs(values: Sequence[Decimal | None]) -> Iterator[list[tuple[int, Decimal]]]:
    run: list[tuple[int, Decimal]] = []
    for i, value in enumerate(values):
        if value is not None:
            run.append((i, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _end_names(canvas: Canvas, plane: Plane, series: Sequence[Series], names: Sequence[str]) -> None:
    """Name each line where it ends, far enough from the others to be read."""
    wanted = sorted((plane.y(last), i) for i, line in enumerate(series) if (last := _last(line)) is not None)
    placed: list[tuple[float, int]] = []
    for y, rank in wanted:
        lowest = placed[-1][0] + canvas.font + 4 if placed else plane.top
        placed.append((max(y, lowest), rank))
    over = max(0.0, placed[-1][0] - plane.bottom) if placed else 0.0
    for y, rank in placed:
        is_weak = WORDS[rank] != SERIES[rank]
        foot = y - over + 5
        if is_weak:
            canvas.add("rect", x=plane.right + 6, y=foot - 9, width=4, height=10, fill=SERIES[rank])
        canvas.text(plane.right + 13, foot, names[rank], bold=True, fill=WORDS[rank])


def _last(line: Series) -> Decimal | None:
    return next((value for value in reversed(line.values) if value is not None), None)
