"""What charts over time share: round marks, a plane, the names of days, weeks or months under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import floor, log10
from typing import Final

from apps.impact.charts.svg import DASHES, GRID, HINT, INK, SERIES, WORDS, Canvas
from apps.kernel import display

GAP: Final = 10
"""Units between two texts on a line."""


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


def written(value: Decimal) -> str:
    """Write a mark without more decimals than it needs."""
    exponent = value.normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return display.number(value, decimals=min(decimals, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Where values fall on the drawing; ``banded`` steps have a width of their own (bars)."""

    left: float
    right: float
    top: float
    bottom: float
    marks: Sequence[Decimal]
    steps: int
    banded: bool = False

    @property
    def pitch(self) -> float:
        """How far a step is from the next."""
        room = self.right - self.left
        return room / max(self.steps if self.banded else self.steps - 1, 1)

    def x(self, step: int) -> float:
        """Return where the middle of a step stands from the left."""
        if self.banded:
            return self.left + self.pitch * (step + 0.5)
        return self.left + (self.pitch * step if self.steps > 1 else (self.right - self.left) / 2)

    def y(self, value: Decimal) -> float:
        """Return where a value stands from the top."""
        low, high = self.marks[0], self.marks[-1]
        return self.bottom - (self.bottom - self.top) * float((value - low) / (high - low))


def axis_room(canvas: Canvas, names: Sequence[str]) -> float:
    """Return the room that the names of the marks need on the left."""
    return max(map(canvas.width_of, names)) + GAP


def draw_grid(canvas: Canvas, plane: Plane, names: Sequence[str]) -> None:
    """Draw a line and a name for each mark; the line of zero is darker."""
    for mark, name in zip(plane.marks, names, strict=True):
        y = plane.y(mark)
        canvas.add("line", x1=plane.left, x2=plane.right, y1=y, y2=y, stroke=HINT if mark == 0 else GRID)
        canvas.text(plane.left - 8, y + 5, name, anchor="end", fill=HINT)


def name_steps(canvas: Canvas, plane: Plane, names: Sequence[str]) -> None:
    """Name as many steps as fit at even distances, none cut off at an edge, none touching another."""
    shown = [canvas.fit(name, canvas.width * 0.4) for name in names]
    for every in range(1, len(shown) + 1):
        places = [(_within(canvas, plane.x(i), shown[i]), shown[i]) for i in range(0, len(shown), every)]
        if _is_clear(canvas, places):
            for x, name in places:
                canvas.text(x, plane.bottom + 22, name, anchor="middle", fill=HINT)
            return


def _within(canvas: Canvas, x: float, name: str) -> float:
    half = canvas.width_of(name) / 2
    return min(max(x, half + 1), canvas.width - half - 1)


def _is_clear(canvas: Canvas, places: Sequence[tuple[float, str]]) -> bool:
    ends = [(x - canvas.width_of(name) / 2, x + canvas.width_of(name) / 2) for x, name in places]
    return all(before[1] + GAP <= after[0] for before, after in pairwise(ends))


def key_rows(canvas: Canvas, names: Sequence[str]) -> list[list[tuple[int, float, str]]]:
    """Return the lines of a key: for each name its rank, where it begins, and what fits of it."""
    rows: list[list[tuple[int, float, str]]] = [[]]
    x = 0.0
    for rank, name in enumerate(names):
        shown = canvas.fit(name, canvas.width - 40, bold=True)
        need = 38 + canvas.width_of(shown, bold=True) + GAP
        if rows[-1] and x + need > canvas.width:
            rows.append([])
            x = 0.0
        rows[-1].append((rank, x, shown))
        x += need
    return rows


def draw_key(canvas: Canvas, names: Sequence[str], *, as_lines: bool) -> None:
    """Draw the key on top of a drawing: a line with its dashes, or a square, before each name."""
    for number, row in enumerate(key_rows(canvas, names)):
        foot = 15 + 20 * number
        for rank, x, name in row:
            if as_lines:
                canvas.add(
                    "line", x1=x + 2, x2=x + 30, y1=foot - 5, y2=foot - 5, stroke=SERIES[rank],
                    stroke_width=2.5, stroke_dasharray=DASHES[rank],
                )  # fmt: skip
            else:
                canvas.add("rect", x=x + 14, y=foot - 12, width=16, height=14, rx=2, fill=SERIES[rank])
            canvas.text(x + 38, foot, name, bold=True, fill=WORDS[rank] if as_lines else INK)
