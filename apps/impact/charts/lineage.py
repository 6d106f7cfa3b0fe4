"""How lots came out of one another: a row of cards per generation, the oldest above, threads between them.

Each card is a link where its lot has a page; a row that is too long for the width folds its last cards into
one. A drawing with links is a group for screen readers; the same rows follow as a table.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.impact.charts.svg import (
    EDGE,
    INK,
    RAMP,
    REST,
    SERIES,
    SIZES,
    SURFACE,
    Canvas,
    Heading,
    Size,
    framed,
)

GAP: Final = 10
FALL: Final = 46
PAD: Final = 8
THINNEST, THICKEST = 1.5, 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A lot: the row it stands in, its words, where it leads; the one that was asked stands out."""

    key: str
    row: int
    words: Sequence[str]
    url: str = ""
    is_asked: bool = False
    is_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Grams of one card that went into another, and how it is told."""

    begin: str
    end: str
    grams: int
    told: str


@dataclass(frozen=True, slots=True)
class Box:
    """Where a card is drawn."""

    x: float
    y: float
    width: float
    height: float


def draw_lineage(heading: Heading, *, cards: Sequence[Card], threads: Sequence[Thread]) -> list[SafeString]:
    """Draw the cards and their threads at both widths."""
    return [framed(heading, _drawn(size, cards, threads), role="group") for size in SIZES]


def most_in_row(size: Size) -> int:
    """Return how many cards stand side by side."""
    return 4 if size.is_wide else 2


def folded(cards: Sequence[Card], most: int) -> tuple[list[list[Card]], dict[str, str]]:
    """Return the rows from the oldest, each of at most so many cards, and which card stands for which."""
    rows: defaultdict[int, list[Card]] = defaultdict(list)
    for card in sorted(cards, key=lambda card: (not card.is_asked, not card.is_own)):
        rows[card.row].append(card)
    kept, stands = [], {card.key: card.key for card in cards}
    for row in sorted(rows):
        shown = rows[row]
        if len(shown) > most:
            hidden = shown[most - 1 :]
            rest = Card(key=f"rest{row}", row=row, words=[_("%(count)s more lots") % {"count": len(hidden)}])
            stands |= dict.fromkeys((card.key for card in hidden), rest.key)
            shown = [*shown[: most - 1], rest]
        kept.append(shown)
    return kept, stands


def _drawn(size: Size, cards: Sequence[Card], threads: Sequence[Thread]) -> Canvas:
    canvas = Canvas(size, 0)
    rows, stands = folded(cards, most_in_row(size))
    boxes = _placed(canvas, rows)
    _threads(canvas, boxes, stands, threads)
    for row in rows:
        for card in row:
            _card(canvas, card, boxes[card.key])
    return canvas


def _placed(canvas: Canvas, rows: Sequence[Sequence[Card]]) -> dict[str, Box]:
    """Give every card its place, and the drawing its height."""
    boxes, y = {}, 2.0
    for row in rows:
        beside = max(len(row), most_in_row(canvas.size) // 2)
        width = (canvas.width - GAP * (beside - 1) - 4) / beside
        height = max(len(card.words) for card in row) * (canvas.font + 4) + 2 * PAD
        x = (canvas.width - len(row) * width - (len(row) - 1) * GAP) / 2
        for card in row:
            boxes[card.key] = Box(x, y, width, height)
            x += width + GAP
        y += height + FALL
    canvas.height = max(y - FALL + 2, 4)
    return boxes


def _threads(
    canvas: Canvas, boxes: dict[str, Box], stands: dict[str, str], threads: Sequence[Thread]
) -> None:
    heaviest = max((thread.grams for thread in threads), default=1) or 1
    for thread in threads:
        begin, end = boxes[stands[thread.begin]], boxes[stands[thread.end]]
        x1, y1 = begin.x + begin.width / 2, begin.y + begin.height
        x2, y2 = end.x + end.width / 2, end.y
        middle = (y1 + y2) / 2
        width = THINNEST + (THICKEST - THINNEST) * thread.grams / heaviest
        with canvas.group(
            "path", d=f"M{x1:.1f} {y1:.1f}C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}",
            fill="none", stroke=REST, stroke_opacity="0.7", stroke_width=f"{width:.1f}",
        ):  # fmt: skip
            canvas.add("title", thread.told)


def _card(canvas: Canvas, card: Card, box: Box) -> None:
    if card.url:
        with canvas.group("a", href=card.url):
            _face(canvas, card, box)
    else:
        _face(canvas, card, box)


def _face(canvas: Canvas, card: Card, box: Box) -> None:
    fill = SERIES[0] if card.is_asked else RAMP[0] if card.is_own else SURFACE
    canvas.add(
        "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=6, fill=fill,
        stroke=EDGE, stroke_width="1", stroke_dasharray="" if card.is_own else "4 3",
    )  # fmt: skip
    ink, room = (SURFACE if card.is_asked else INK), box.width - 2 * PAD
    for number, words in enumerate(card.words):
        foot = box.y + PAD + canvas.font + number * (canvas.font + 4)
        is_first = number == 0
        canvas.text(box.x + PAD, foot, canvas.fit(words, room, bold=is_first), fill=ink, bold=is_first)
