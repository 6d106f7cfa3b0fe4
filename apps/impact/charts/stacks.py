"""Stacked bars: what a total is made of, step by step, as weights or as shares of each total."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

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
from apps.impact.charts.lines import Series
from apps.impact.charts.svg import ON_SERIES, OTHERS, SERIES, SIZES, Canvas, Heading, Size, framed
from apps.kernel import display

HUNDRED: Final = Decimal(100)
SEAM: Final = 1.5
"""White units between two parts of a bar."""


def draw_stacks(
    heading: Heading, *, steps: Sequence[str], series: Sequence[Series], as_shares: bool = False
) -> list[SafeString]:
    """Draw one bar per step, made of one part per series, at both widths."""
    shown = shares(folded(series)) if as_shares else folded(series)
    return [framed(heading, _stacks(size, steps, shown, as_shares)) for size in SIZES]


def folded(series: Sequence[Series], most: int = OTHERS) -> list[Series]:
    """Keep the first series and add up the others in one, so that each has a colour."""
    if len(series) <= most:
        return list(series)
    rest = [sum(values, Decimal(0)) for values in zip(*map(_filled, series[most - 1 :]), strict=True)]
    return [*series[: most - 1], Series(label=_("Others"), values=rest)]


def shares(series: Sequence[Series]) -> list[Series]:
    """Return each series as a percentage of the step; a step without anything has no share."""
    filled = [[max(value, Decimal(0)) for value in _filled(line)] for line in series]
    totals = [sum(values, Decimal(0)) for values in zip(*filled, strict=True)]
    return [
        replace(line, values=[_share(value, total) for value, total in zip(values, totals, strict=True)])
        for line, values in zip(series, filled, strict=True)
    ]


def _share(value: Decimal, total: Decimal) -> Decimal | None:
    return value / total * HUNDRED if total else None


def _filled(line: Series) -> list[Decimal]:
    return [value or Decimal(0) for value in line.values]


def _stacks(size: Size, steps: Sequence[str], series: Sequence[Series], as_shares: bool) -> Canvas:
    canvas = Canvas(size, 0)
    columns = list(zip(*map(_filled, series), strict=True))
    names = [str(line.label) for line in series]
    highs = [sum((value for value in column if value > 0), Decimal(0)) for column in columns]
    lows = [sum((value for value in column if value < 0), Decimal(0)) for column in columns]
    marks = ticks(min(lows, default=Decimal(0)), HUNDRED if as_shares else max(highs, default=Decimal(0)))
    axis = [display.percent(mark / HUNDRED) if as_shares else written(mark) for mark in marks]
    top = 32 + 20 * len(key_rows(canvas, names))
    canvas.height = top + (250 if size.is_wide else 220)
    plane = Plane(
        left=axis_room(canvas, axis), right=canvas.width - 8, top=top, bottom=canvas.height - 32,
        marks=marks, steps=len(steps), banded=True,
    )  # fmt: skip
    draw_key(canvas, names, as_lines=False)
    draw_grid(canvas, plane, axis)
    name_steps(canvas, plane, steps)
    for step, column in enumerate(columns):
        _bar(canvas, plane, step, column, as_shares)
    if not as_shares:
        _totals(canvas, plane, highs)
    return canvas


def _bar(canvas: Canvas, plane: Plane, step: int, column: Sequence[Decimal], as_shares: bool) -> None:
    """Stack the parts of one bar upwards from zero, negative ones downwards."""
    width = min(plane.pitch * 0.72, 72)
    left = plane.x(step) - width / 2
    above = below = Decimal(0)
    for rank, value in enumerate(column):
        base = above if value > 0 else below
        y, foot = sorted((plane.y(base + value), plane.y(base)))
        height = max(foot - y - SEAM, 0)
        if value > 0:
            above += value
        else:
            below += value
        if height < 0.1:
            continue
        canvas.add("rect", x=left, y=y + SEAM / 2, width=width, height=height, fill=SERIES[rank])
        words = display.percent(value / HUNDRED) if as_shares else written(round(value, 0))
        if height >= canvas.font + 4 and canvas.width_of(words) + 4 <= width:
            canvas.text(plane.x(step), (y + foot) / 2 + 5, words, anchor="middle", fill=ON_SERIES[rank])


def _totals(canvas: Canvas, plane: Plane, totals: Sequence[Decimal]) -> None:
    """Write each total over its bar where all of them fit beside one another."""
    words = [written(round(total, 0)) for total in totals]
    if any(canvas.width_of(word, bold=True) + 4 > plane.pitch for word in words):
        return
    for step, (total, word) in enumerate(zip(totals, words, strict=True)):
        canvas.text(plane.x(step), plane.y(total) - 6, word, anchor="middle", bold=True)
