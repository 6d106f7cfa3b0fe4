"""The charts of the style guide: each kind in every state, on invented figures."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.safestring import SafeString

from apps.impact.charts.bars import Bar, draw_bars
from apps.impact.charts.columns import KILOGRAMS
from apps.impact.charts.flows import Ribbon, draw_flows
from apps.impact.charts.grid import TILES
from apps.impact.charts.lineage import Card, Thread, draw_lineage
from apps.impact.charts.lines import Series, draw_lines
from apps.impact.charts.stacks import draw_stacks
from apps.impact.charts.svg import Chart, Heading, Table
from apps.impact.charts.tiles import Place, Words, draw_tiles
from apps.impact.states import whole_kg
from apps.kernel import clock, display
from apps.kernel.tables import Column

Draw = Callable[[Heading], Sequence[SafeString]]

WEEKS: Final = [f"{day} Nov" for day in range(1, 29, 2)]
NAMES: Final = (
    "Retail pick-up",
    "Industry",
    "Farm gift",
    "Market withdrawal",
    "Catering",
    "Purchase",
    "Gift",
)
MAP: Final = Words(shown=whole_kg, short=KILOGRAMS.short, served="Served from elsewhere")


def wave(rank: int, steps: int) -> list[Decimal]:
    """Return invented weights that rise and fall."""
    return [Decimal(400 + 90 * rank + (step * 37 + rank * 53) % 260) for step in range(steps)]


def series(count: int, steps: int = len(WEEKS)) -> list[Series]:
    """Return so many invented series over so many steps."""
    return [Series(label=NAMES[rank], values=wave(rank, steps)) for rank in range(count)]


def line_of(values: Sequence[Decimal | None], *more: Series) -> Draw:
    """Return how to draw a line over as many days as it has values."""
    steps = [f"{day} Nov" for day in range(1, len(values) + 1)]
    lines = [Series(label="Received", values=values), *more]
    return lambda heading: draw_lines(heading, steps=steps, series=lines)


def crowd(size: int) -> list[Ribbon]:
    """Return what so many invented banks gave one another."""
    return [
        Ribbon(giver=f"Bank {a}", receiver=f"Bank {b}", grams=1_000 * (10 + (a * 37 + b * 11) % 900))
        for a in range(size)
        for b in range(size)
        if a != b
    ]


def tiles(places: dict[str, Place]) -> Draw:
    """Return how to draw a map."""
    return lambda heading: draw_tiles(heading, places=places, words=MAP)


def flows(ribbons: Sequence[Ribbon]) -> Draw:
    """Return how to draw what banks gave one another."""
    return lambda heading: draw_flows(heading, ribbons=ribbons, shown=whole_kg)


def lineage(*rows: int) -> Draw:
    """Return how to draw so many invented lots per generation, each made of all those above it."""
    cards = [
        Card(
            key=f"{row}/{place}",
            row=row,
            words=[f"LOT-{row}{place}", "Vegetable soup in jars", f"Bank {row}", "480 kg to 12 partners"],
            url="#" if row < 2 else "",
            is_asked=(row, place) == (1, 0),
            is_own=row < 2,
        )
        for row, count in enumerate(rows)
        for place in range(count)
    ]
    threads = [
        Thread(begin=one.key, end=other.key, grams=1_000 * (1 + one.row + len(other.key)), told="Cooked")
        for one in cards
        for other in cards
        if other.row == one.row + 1
    ]
    return lambda heading: draw_lineage(heading, cards=cards, threads=threads)


NUMBERS: Final = [Decimal(n) for n in (310, 420, 380, 560, 610, 480, 700)]
STATES: Final[dict[str, Draw]] = {
    "Lines: two, named where they end": line_of(NUMBERS, Series(label="Handed over", values=NUMBERS[::-1])),
    "Lines: six, by dashes too": lambda heading: draw_lines(heading, steps=WEEKS, series=series(6)),
    "Lines: days without a figure": line_of([*NUMBERS[:3], None, *NUMBERS[3:5], None, NUMBERS[6]]),
    "Lines: one day": line_of(NUMBERS[:1]),
    "Lines: nothing but zero": line_of([Decimal(0)] * 5),
    "Lines: below zero": line_of([Decimal(120), Decimal(-80), Decimal(40)]),
    "Stacked bars": lambda heading: draw_stacks(heading, steps=WEEKS[:6], series=series(4, 6)),
    "Stacked bars: as shares": lambda heading: draw_stacks(
        heading, steps=WEEKS[:6], series=series(4, 6), as_shares=True
    ),
    "Stacked bars: the smallest folded": lambda heading: draw_stacks(heading, steps=WEEKS, series=series(7)),
    "Bars": lambda heading: draw_bars(
        heading,
        bars=[
            Bar(label=name, value=900 - 110 * rank, shown=f"{900 - 110 * rank} kg", is_rest=rank == 6)
            for rank, name in enumerate(NAMES)
        ],
    ),
    "Map: every department": tiles(
        {code: Place(value=1_000 * (n * 7919 % 9000), url="#") for n, code in enumerate(TILES)}
    ),
    "Map: a few, some only served": tiles(
        {"21": Place(value=900_000, url="#"), "71": Place(value=0, url="#"), "58": Place(), "39": Place()}
    ),
    "Flows": flows(crowd(4)),
    "Flows: the smallest folded": flows(crowd(12)),
    "Flows: there and back": flows(crowd(2)),
    "Flows: one giant": flows([Ribbon(giver="Giant", receiver="Bank", grams=10**9), *crowd(3)]),
    "Lineage": lineage(2, 1, 1, 2),
    "Lineage: the last lots of a row folded": lineage(9, 1, 6),
}


def sample_charts() -> dict[str, Any]:
    """Return the context of a page with every chart in every state, and one with nothing to draw."""
    drawn = [_chart(number, title, draw) for number, (title, draw) in enumerate(STATES.items())]
    nothing = Chart(
        name="sample-none", title="Nothing to draw", unit="Weight in kg", source="Invented",
        finding="No food went from one bank to another in this period.", columns=[], rows=[], drawings=[],
    )  # fmt: skip
    moment = display.moment(clock.now())
    return {"charts": [*drawn, nothing], "period_name": "November 2026", "read_at": moment}


def _chart(number: int, title: str, draw: Draw) -> Chart:
    finding = f"{title}: what it shows is said here."
    columns = [Column(label="State", value=str)]
    is_map = title.startswith("Map")
    return Chart(
        name=f"sample-{number}",
        kind="map" if is_map else "",
        title=title,
        unit="Weight in kg",
        source="Invented",
        finding=finding,
        columns=columns,
        rows=[title],
        ranked=Table(name="ranked", title=title, columns=columns, rows=[title]) if is_map else None,
        drawings=draw(Heading(name=f"sample-{number}", title=title, finding=finding)),
    )
