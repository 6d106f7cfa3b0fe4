"""Charts: readable by people and machines, at two widths, without style attributes."""

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.impact.charts.bars import Bar, draw_bars
from apps.impact.charts.lines import Series, draw_lines, ticks
from apps.impact.charts.svg import SIZES, Heading, text_width

HEADING = Heading(name="flows", title="Received & given", finding="120 kg <received>.")
values = st.lists(st.integers(min_value=-5_000, max_value=10**9).map(Decimal), min_size=1, max_size=400)


def lines(*columns: list[Decimal]) -> Sequence[str]:
    steps = [f"{n} Mar" for n in range(len(columns[0]))]
    series = [Series(label=f"Line {n}", values=column) for n, column in enumerate(columns)]
    return draw_lines(HEADING, steps=steps, series=series)


def bars(*labels: str) -> Sequence[str]:
    drawn = [Bar(label=label, value=10 * n + 1, shown=f"{n} kg") for n, label in enumerate(labels)]
    return draw_bars(HEADING, bars=drawn)


@pytest.mark.parametrize("drawings", [lines([Decimal(3), Decimal(5)]), bars("A", "B")])
def test_a_drawing_says_what_it_shows_to_those_who_do_not_see_it(drawings):
    for size, drawing in zip(SIZES, drawings, strict=True):
        svg = ElementTree.fromstring(drawing)
        title, desc = svg[0], svg[1]
        assert svg.get("role") == "img"
        assert svg.get("viewBox", "").startswith(f"0 0 {size.width} ")
        assert svg.get("aria-labelledby", "").split() == [title.get("id"), desc.get("id")]
        assert (title.text, desc.text) == ("Received & given", "120 kg <received>.")


@pytest.mark.parametrize("drawings", [lines([Decimal(3)]), bars("A")])
def test_a_drawing_needs_no_style_and_no_script(drawings):
    for drawing in drawings:
        assert "style=" not in drawing
        assert "<script" not in drawing


@given(values)
def test_every_text_of_a_line_chart_stays_inside_the_drawing(column):
    for size, drawing in zip(SIZES, lines(column, column[::-1]), strict=True):
        for x, anchor, text in placed(drawing):
            width = text_width(text)
            left = x - width if anchor == "end" else x - width / 2 if anchor == "middle" else x
            assert left >= -1
            assert left + width <= size.width + 1


@given(
    st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=60), min_size=1, max_size=12)
)
def test_every_text_of_a_bar_chart_stays_inside_the_drawing(labels):
    for size, drawing in zip(SIZES, bars(*labels), strict=True):
        for x, anchor, text in placed(drawing):
            width = text_width(text)
            assert x - (width if anchor == "end" else 0) >= -1
            assert x + (0 if anchor == "end" else width) <= size.width + 1


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
    first, second = re.findall(r"<polyline[^>]*>", lines([Decimal(1)], [Decimal(2)])[0])
    assert "stroke-dasharray" not in first
    assert "stroke-dasharray" in second


def placed(drawing: str) -> list[tuple[float, str, str]]:
    """Return where each text stands: x, anchor, text."""
    return [
        (float(text.get("x", "")), text.get("text-anchor", "start"), text.text or "")
        for text in ElementTree.fromstring(drawing).iter("text")
    ]


@pytest.mark.parametrize(
    ("name", "pixels"),
    [("Handed over", 100.7), ("HYGIENE", 69.4), ("12 345 kg", 77.8), ("12 septembre", 109.4), ("MMMM", 55.7)],
)
def test_room_is_kept_for_the_widest_of_the_usual_fonts(name, pixels):
    """Pixels as a browser measures them in bold DejaVu Sans at 14 px."""
    assert pixels <= text_width(name, bold=True) <= pixels * 1.15
