"""Charts: readable by people and machines, at two widths, without style attributes."""

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.impact.charts.axes import ticks
from apps.impact.charts.bars import Bar, draw_bars
from apps.impact.charts.exchanges import told_apart
from apps.impact.charts.flows import Ribbon, draw_flows, fold
from apps.impact.charts.grid import DEPARTMENTS, TILES
from apps.impact.charts.letters import text_width
from apps.impact.charts.lines import Series, draw_lines
from apps.impact.charts.stacks import draw_stacks, shares
from apps.impact.charts.svg import SERIES, SIZES, WORDS, Heading
from apps.impact.charts.tiles import Place, Words, draw_tiles, steps_of
from apps.kernel.display import number
from tenants.registry.territory import departments
from tests.apps.impact.geometry import clipped, collisions, texts, unpainted

HEADING = Heading(name="flows", title="Received & given", finding="120 kg <received>.")
LONG = "Association des amis de la grande cuisine"
GRAMS = 123_456_789
values = st.lists(st.integers(min_value=-5_000, max_value=10**9).map(Decimal), min_size=1, max_size=400)
names = st.text(st.characters(categories=["L", "Nd", "Zs"]), min_size=1, max_size=60)


def kg(value: int) -> str:
    return f"{number(value)} kg"


def lines(*columns: Sequence[Decimal | None], step: str = "{} Mar", label: str = "Line") -> list[str]:
    steps = [step.format(n) for n in range(len(columns[0]))]
    series = [Series(label=f"{label} {n}", values=column) for n, column in enumerate(columns)]
    return list(draw_lines(HEADING, steps=steps, series=series))


def stacks(*columns: Sequence[Decimal], label: str = "Source", as_shares: bool = False) -> list[str]:
    steps = [f"{n} Mar" for n in range(len(columns[0]))]
    series = [Series(label=f"{label} {n}", values=column) for n, column in enumerate(columns)]
    return list(draw_stacks(HEADING, steps=steps, series=series, as_shares=as_shares))


def bars(*labels: str) -> list[str]:
    drawn = [Bar(label=label, value=10 * n + 1, shown=f"{n} kg") for n, label in enumerate(labels)]
    return list(draw_bars(HEADING, bars=drawn))


def tiles(**places: Place) -> list[str]:
    words = Words(shown=kg, short=number, served=LONG)
    known = {code.removeprefix("d"): place for code, place in places.items()}
    return list(draw_tiles(HEADING, places=known, words=words))


def flows(*ends: tuple[str, str, int]) -> list[str]:
    ribbons = [Ribbon(giver=giver, receiver=receiver, grams=grams) for giver, receiver, grams in ends]
    return list(draw_flows(HEADING, ribbons=ribbons, shown=kg))


def crowd(size: int, name: str = "Bank {}") -> list[tuple[str, str, int]]:
    return [
        (name.format(a), name.format(b), 1 + (a * 37 + b * 11) % 900)
        for a in range(size)
        for b in range(size)
        if a != b
    ]


BIG = [Decimal(GRAMS * n) for n in range(1, 61)]
SILLY = {
    "one point": lines([Decimal(3)]),
    "sixty points, long names": lines(BIG, BIG[::-1], step="Semaine du {} septembre", label=LONG),
    "all zero": lines([Decimal(0)] * 5),
    "nothing at all": lines([None, None]),
    "negative": lines([Decimal(-5), Decimal(-GRAMS)]),
    "six lines that end together": lines(*[[Decimal(1), Decimal(2)]] * 6, label=LONG),
    "long names of days": lines(BIG[:9], step=LONG + " {}"),
    "one bar": stacks([Decimal(3)], [Decimal(4)]),
    "sixty bars of nine sources": stacks(*[BIG] * 9, label=LONG),
    "bars of nothing": stacks([Decimal(0)] * 3),
    "negative bars": stacks([Decimal(-4), Decimal(9)], [Decimal(2), Decimal(-1)]),
    "shares": stacks([Decimal(4), Decimal(0)], [Decimal(2), Decimal(0)], as_shares=True),
    "shares of sixty bars": stacks(*[BIG] * 6, as_shares=True),
    "bars with names": bars(LONG, "A"),
    "empty map": tiles(),
    "one tile": tiles(d21=Place(value=GRAMS * 1000)),
    "every tile": tiles(**{f"d{code}": Place(value=n * GRAMS, url="/x") for n, code in enumerate(TILES)}),
    "tiles of nothing": tiles(d21=Place(value=0), d71=Place(value=0), d39=Place()),
    "one gift": flows((LONG, LONG + " B", GRAMS)),
    "there and back": flows(("A", "B", 10), ("B", "A", 4)),
    "everybody to everybody": flows(*crowd(40, LONG + " {}")),
    "one giant and dwarfs": flows(("Giant", "R", 10**9), *((f"Dwarf {n}", "R", 1) for n in range(6))),
    "names of one word": flows(("M" * 40, "W" * 40, GRAMS)),
    "nobody": flows(),
}


@pytest.mark.parametrize("name", SILLY)
def test_no_text_is_cut_off_or_touches_another(name):
    for drawing in SILLY[name]:
        assert clipped(drawing) == []
        assert collisions(drawing) == []


@pytest.mark.parametrize("name", SILLY)
def test_a_drawing_says_what_it_shows_to_those_who_do_not_see_it(name):
    for size, drawing in zip(SIZES, SILLY[name], strict=True):
        svg = ElementTree.fromstring(drawing)
        title, desc = svg[0], svg[1]
        assert svg.get("role") == "group" if "href" in drawing else "img"
        assert svg.get("viewBox", "").startswith(f"0 0 {size.width} ")
        assert svg.get("aria-labelledby", "").split() == [title.get("id"), desc.get("id")]
        assert (title.text, desc.text) == ("Received & given", "120 kg <received>.")


@pytest.mark.parametrize("name", SILLY)
def test_a_drawing_carries_its_colours_and_needs_no_style_and_no_script(name):
    for drawing in SILLY[name]:
        assert 'xmlns="http://www.w3.org/2000/svg"' in drawing
        assert "style" not in drawing
        assert "<script" not in drawing
        assert list(unpainted(drawing)) == []


@pytest.mark.parametrize("name", SILLY)
def test_no_text_is_smaller_than_twelve_units(name):
    for drawing in SILLY[name]:
        assert [box.words for box in texts(drawing) if box.foot - box.top < 12 * 0.95] == []


@pytest.mark.parametrize("name", SILLY)
def test_a_colour_too_weak_for_words_writes_none(name):
    weak = {colour for colour, word in zip(SERIES, WORDS, strict=True) if colour != word}
    for drawing in SILLY[name]:
        assert not weak & {box.fill for box in texts(drawing)}


def test_words_cannot_become_mark_up():
    drawn = [*lines([Decimal(1)], label="<script>&"), *bars("</text><a>"), *flows(("<b>", '"x"', 3))]
    for drawing in drawn:
        assert not set(re.findall(r"<(script|a|b)\b", drawing))
        ElementTree.fromstring(drawing)


@given(values)
def test_every_text_of_a_line_chart_has_its_place(column):
    for drawing in lines(column, column[::-1]):
        assert clipped(drawing) == []
        assert collisions(drawing) == []


@given(st.lists(names, min_size=1, max_size=12))
def test_every_text_of_a_bar_chart_has_its_place(labels):
    for drawing in bars(*labels):
        assert clipped(drawing) == []


@given(st.lists(st.tuples(names, names, st.integers(0, 10**12)), max_size=30))
def test_every_text_of_the_flows_has_its_place(ends):
    for drawing in flows(*ends):
        assert clipped(drawing) == []
        assert collisions(drawing) == []


@given(
    st.decimals(min_value=-(10**6), max_value=10**7, places=1),
    st.decimals(min_value=0, max_value=10**7, places=1),
)
def test_marks_hold_zero_and_every_value_and_are_few(lowest, highest):
    marks = ticks(lowest, highest)
    assert marks[0] <= min(lowest, Decimal(0))
    assert marks[-1] >= highest
    assert 0 in marks
    assert 2 <= len(marks) <= 8


def test_a_line_is_told_apart_without_colour():
    first, second = re.findall(r"<polyline[^>]*>", lines(BIG[:2], BIG[1:3])[0])
    assert "stroke-dasharray" not in first
    assert "stroke-dasharray" in second


def test_a_missing_value_breaks_the_line():
    wide = lines([Decimal(1), Decimal(2), None, Decimal(4), None, Decimal(5), Decimal(6)])[0]
    assert wide.count("<polyline") == 2
    assert wide.count("<circle") == 5


def test_a_single_point_is_a_dot_in_the_middle():
    wide = lines([Decimal(7)])[0]
    assert "<polyline" not in wide
    assert wide.count("<circle") == 1


def test_nothing_is_drawn_above_zero_when_everything_is_zero():
    assert stacks([Decimal(0)] * 3)[0].count("<rect") == 1  # the square of the key


def test_the_smallest_sources_are_one_part_of_the_bar():
    wide = stacks(*[[Decimal(n)] for n in range(9, 0, -1)])[0]
    assert [box.words for box in texts(wide) if box.words.startswith(("Source", "Others"))] == [
        "Source 0", "Source 1", "Source 2", "Source 3", "Source 4", "Others",
    ]  # fmt: skip


def test_the_shares_of_a_step_add_up_to_a_hundred_and_an_empty_step_has_none():
    columns = [
        Series(label="a", values=[Decimal(1), Decimal(0)]),
        Series(label="b", values=[Decimal(3), None]),
    ]
    first, second = shares(columns)
    assert list(first.values) == [Decimal(25), None]
    assert list(second.values) == [Decimal(75), None]


def test_every_department_has_its_own_tile_and_its_name():
    assert {code: DEPARTMENTS[code] for code in TILES} == {d.code: d.name for d in departments()}
    assert len(set(TILES.values())) == len(TILES) == 101


def test_a_map_has_five_steps_with_about_as_many_places_each():
    steps = steps_of(list(range(1, 101)))
    assert [(step.rank, step.lowest, step.highest) for step in steps] == [
        (0, 1, 20), (1, 21, 40), (2, 41, 60), (3, 61, 80), (4, 81, 100),
    ]  # fmt: skip


def test_a_map_leads_to_what_there_is_and_only_there():
    wide, narrow = tiles(d71=Place(value=5, url="/banks/chalon/"), d39=Place(value=2), d21=Place())
    assert re.findall(r'<a href="([^"]+)" aria-label="([^"]+)">', wide) == [
        ("/banks/chalon/", "71 Saône-et-Loire : 5 kg")
    ]
    assert "href" not in narrow


def test_what_two_banks_give_each_other_is_two_ribbons_from_left_to_right():
    wide = flows(("A", "B", 10), ("B", "A", 4))[0]
    assert wide.count("<path") == 2
    assert re.findall(r"<title>([^<]+)</title>", wide) == ["A → B : 10 kg", "B → A : 4 kg"]


def test_words_that_every_name_ends_with_are_left_out_of_the_drawing():
    given = [Ribbon(giver="Bank of Dole (demo)", receiver="Bank of Dijon (demo)", grams=1)]
    assert told_apart(given) == [Ribbon(giver="Bank of Dole", receiver="Bank of Dijon", grams=1)]


def test_the_smallest_givers_and_receivers_are_folded_and_nothing_is_lost():
    ribbons = [Ribbon(giver=a, receiver=b, grams=grams) for a, b, grams in crowd(12)]
    folded = fold(ribbons, 7)
    assert len({ribbon.giver for ribbon in folded}) == len({ribbon.receiver for ribbon in folded}) == 8
    assert sum(ribbon.grams for ribbon in folded) == sum(ribbon.grams for ribbon in ribbons)


@pytest.mark.parametrize(
    ("name", "pixels"),
    [("Handed over", 100.7), ("HYGIENE", 69.4), ("12 345 kg", 77.8), ("12 septembre", 109.4), ("MMMM", 55.7)],
)
def test_room_is_kept_for_the_widest_of_the_usual_fonts(name, pixels):
    """Pixels as a browser measures them in bold DejaVu Sans at 14 px."""
    assert pixels <= text_width(name, bold=True) <= pixels * 1.15
