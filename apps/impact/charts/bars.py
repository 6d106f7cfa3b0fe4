"""Bar charts: one horizontal bar per value, named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from apps.impact.charts.svg import INK, REST, SERIES, SIZES, Canvas, Heading, Size, framed
from apps.kernel.errors import Text

ROW: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart, with its value as it is written; ``is_rest`` adds up what is not named."""

    label: Text
    value: int
    shown: str
    is_rest: bool = False


def draw_bars(heading: Heading, *, bars: Sequence[Bar]) -> list[SafeString]:
    """Draw one horizontal bar per value, the first on top, at both widths."""
    return [framed(heading, _bars(size, bars)) for size in SIZES]


def _bars(size: Size, bars: Sequence[Bar]) -> Canvas:
    height = ROW if size.is_wide else ROW + 20
    canvas = Canvas(size, len(bars) * height + 4)
    longest = max((canvas.width_of(str(bar.label)) for bar in bars), default=0) + 10
    left = min(longest, canvas.width * 0.45) if size.is_wide else 0
    room = canvas.width - left - max((canvas.width_of(bar.shown, bold=True) for bar in bars), default=0) - 12
    largest = max((bar.value for bar in bars), default=0) or 1
    for rank, bar in enumerate(bars):
        top = rank * height + (2 if size.is_wide else 20)
        _bar(canvas, top, left, bar, max(bar.value, 0) / largest * max(room, 1))
    return canvas


def _bar(canvas: Canvas, top: float, left: float, bar: Bar, length: float) -> None:
    """Draw a bar with its name before it where there is room, above it otherwise."""
    label = str(bar.label)
    if canvas.size.is_wide:
        canvas.text(left - 8, top + 19, canvas.fit(label, left - 8), anchor="end")
    else:
        canvas.text(0, top - 3, canvas.fit(label, canvas.width))
    fill = REST if bar.is_rest else SERIES[0]
    canvas.add("rect", x=left, y=top + 3, width=max(length, 1), height=22, rx=3, fill=fill)
    canvas.text(left + length + 8, top + 19, bar.shown, bold=True, fill=INK)
