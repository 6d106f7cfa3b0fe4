"""Bar charts: one horizontal bar per value, named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.impact.charts.svg import (
    COLOURS,
    INK,
    REST,
    SIZES,
    Heading,
    Size,
    fitted,
    framed,
    plain,
    text_width,
)
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
    return [framed(heading, size, _bars_height(size, bars), _bars(size, bars)) for size in SIZES]


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
        plain(left - 8 if size.is_wide else 0), plain(name_y), "end" if size.is_wide else "start", INK,
        fitted(str(bar.label), left - 8 if size.is_wide else size.width),
        plain(left), plain(top + 3), plain(max(length, 1)), REST if bar.is_rest else COLOURS[0],
        plain(left + length + 8), plain(top + 19), INK, bar.shown,
    )  # fmt: skip
