"""The map of departments: one tile each, five steps of one colour, a link where there is something to see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.impact.charts.grid import COLUMNS, DEPARTMENTS, ROWS, TILES
from apps.impact.charts.letters import text_width
from apps.impact.charts.svg import (
    EDGE,
    GRID,
    HINT,
    INK,
    NARROW,
    ON_RAMP,
    RAMP,
    SURFACE,
    WIDE,
    Canvas,
    Heading,
    Size,
    framed,
)
from apps.kernel import display

SMALL: Final = 12
"""The smallest letters of a page."""
SIDE: Final = {WIDE.name: 50, NARROW.name: 26}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is known of a department: a value, or only that somebody serves it; where its sheet is."""

    value: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the map's colour, and the values it stands for."""

    rank: int
    lowest: int
    highest: int


Shown = Callable[[int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How the map writes: ``shown`` a value with its unit, ``short`` a value as it fits in a tile.

    ``served`` says in the legend what a place without a value is.
    """

    shown: Shown
    short: Shown
    served: str = ""


def draw_tiles(heading: Heading, *, places: Mapping[str, Place], words: Words) -> list[SafeString]:
    """Draw the map at both widths; a phone's tiles are too small to be links, its table has them."""
    steps = steps_of([place.value for place in places.values() if place.value is not None])
    served = words.served if any(place.value is None for place in places.values()) else ""
    tiles = [_tile_of(code, places.get(code), steps, words) for code in TILES]
    drawings = []
    for size in (WIDE, NARROW):
        canvas = Canvas(size, 0)
        _legend(canvas, steps, words.shown, served)
        for tile in tiles:
            _draw(canvas, tile)
        is_linked = size.is_wide and any(place.url for place in places.values())
        drawings.append(framed(heading, canvas, role="group" if is_linked else "img"))
    return drawings


def steps_of(values: Sequence[int]) -> list[Step]:
    """Return up to five steps with about as many values each; nothing is always the lightest."""
    found: dict[int, list[int]] = {}
    ordered = sorted(values)
    bounds = [ordered[len(ordered) * fifth // 5] for fifth in range(1, 5)] if ordered else []
    for value in ordered:
        rank = sum(value >= bound for bound in bounds) if value > 0 else 0
        found.setdefault(rank, []).append(value)
    return [Step(rank=rank, lowest=held[0], highest=held[-1]) for rank, held in sorted(found.items())]


def rank_of(value: int, steps: Sequence[Step]) -> int:
    """Return the rank of the step that holds a value."""
    return next(step.rank for step in steps if step.lowest <= value <= step.highest)


def named(code: str) -> str:
    """Return a department as it is read: ``21 Côte-d’Or``."""
    return f"{code} {DEPARTMENTS.get(code, '')}".rstrip()


def _left(size: Size) -> float:
    return (size.width - COLUMNS * SIDE[size.name]) / (1 if size.is_wide else 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile as it is drawn: its words, its colours, the place its number takes in a large one."""

    code: str
    name: str
    number: str
    url: str
    fill: str
    ink: str
    edge: str
    dashes: str = ""


def _tile_of(code: str, place: Place | None, steps: Sequence[Step], words: Words) -> Tile:
    if place is None or place.value is None:
        ink, edge = (INK, EDGE) if place else (HINT, GRID)
        url, dashes = (place.url, "3 3") if place else ("", "")
        return Tile(
            code=code, name=named(code), number="", url=url, fill=SURFACE, ink=ink, edge=edge, dashes=dashes
        )
    rank = rank_of(place.value, steps)
    return Tile(
        code=code,
        name=f"{named(code)} : {words.shown(place.value)}",
        number=words.short(place.value),
        url=place.url,
        fill=RAMP[rank],
        ink=ON_RAMP[rank],
        edge=EDGE if rank < 1 else RAMP[rank],
    )


def _draw(canvas: Canvas, tile: Tile) -> None:
    """Draw a tile: a link with its number where it is large, a square with its code where it is small."""
    if not canvas.size.is_wide:
        _square(canvas, tile)
    elif tile.url:
        with canvas.group("a", href=tile.url, aria_label=tile.name):
            canvas.add("title", tile.name)
            _square(canvas, tile)
    else:
        with canvas.group("g", aria_hidden="true"):
            canvas.add("title", tile.name)
            _square(canvas, tile)


def _square(canvas: Canvas, tile: Tile) -> None:
    side = SIDE[canvas.size.name]
    column, row = TILES[tile.code]
    x, y = _left(canvas.size) + column * side, row * side + 1
    width = side - (3 if canvas.size.is_wide else 2)
    canvas.add(
        "rect", x=x, y=y, width=width, height=width, rx=4, fill=tile.fill, stroke=tile.edge,
        stroke_dasharray=tile.dashes,
    )  # fmt: skip
    middle, foot = x + width / 2, y + width / 2
    if canvas.size.is_wide and tile.number and text_width(tile.number, font=SMALL) <= width - 2:
        canvas.text(middle, foot + 14, tile.number, anchor="middle", fill=tile.ink, font=SMALL)
        foot -= 8
    canvas.text(middle, foot + 4, tile.code, anchor="middle", fill=tile.ink, font=SMALL)


def _legend(canvas: Canvas, steps: Sequence[Step], shown: Shown, served: str) -> None:
    """Say in words what each colour stands for: beside the map where it leaves room, else under it."""
    side = SIDE[canvas.size.name]
    top = 4.0 if canvas.size.is_wide else ROWS * side + 10.0
    lines = [(RAMP[step.rank], "", _range(step, shown)) for step in steps]
    lines += [(SURFACE, "3 3", served)] if served else []
    room = canvas.width - 30 if not canvas.size.is_wide else _left(canvas.size) + 3 * side - 34
    for number, (fill, dashes, words) in enumerate(lines):
        y = top + 22 * number
        canvas.add(
            "rect", x=1, y=y, width=20, height=15, rx=3, fill=fill, stroke=EDGE, stroke_dasharray=dashes
        )
        canvas.text(28, y + 13, canvas.fit(words, room), fill=INK)
    canvas.height = ROWS * side + (2 if canvas.size.is_wide else 12 + 22 * len(lines))


def _range(step: Step, shown: Shown) -> str:
    if step.lowest == step.highest:
        return shown(step.lowest)
    return _("%(least)s to %(most)s") % {
        "least": display.number(0) if step.lowest <= 0 else shown(step.lowest),
        "most": shown(step.highest),
    }
