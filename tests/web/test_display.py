"""How days, numbers and counts are written, in both languages."""

import datetime as dt

import pytest
from django.utils import translation

from apps.kernel import clock, display
from apps.kernel.money import format_euros
from apps.kernel.quantity import format_kg

NOW = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "day", "written"),
    [
        ("fr", dt.date(2026, 3, 1), "dim. 1er mars"),
        ("fr", dt.date(2026, 3, 11), "mer. 11 mars"),
        ("fr", dt.date(2025, 3, 1), "1er mars 2025"),
        ("en", dt.date(2026, 3, 1), "Sun 1 March"),
        ("en", dt.date(2025, 3, 1), "1 March 2025"),
    ],
)
def test_the_first_of_the_month_has_its_own_word_in_french(language: str, day: dt.date, written: str):
    with clock.time_set_to(NOW), translation.override(language):
        assert display.day(day).replace("\xa0", " ") == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(-1, "0 s"), (12.4, "12 s"), (65, "1 min 05 s"), (3599.6, "1 h 00 min"), (7505, "2 h 05 min")],
)
def test_how_long_something_takes_is_said_to_the_second_under_an_hour(seconds: float, written: str):
    assert display.lasting(dt.timedelta(seconds=seconds)).replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("language", "count", "written"),
    [
        ("fr", 0, "0 lot"),
        ("fr", 1, "1 lot"),
        ("fr", 1234, "1\u202f234 lots"),
        ("en", 0, "0 lots"),
        ("en", 1, "1 lot"),
    ],
)
def test_none_is_one_in_french_and_many_in_english(language: str, count: int, written: str):
    with translation.override(language):
        assert display.counted(count, "lot", "lots") == written


def test_what_is_below_zero_has_a_true_minus_on_every_page():
    with translation.override("fr"):
        written = [display.number(-18.5, decimals=1), format_kg(-71_600), format_euros(-320)]
    assert written == ["\u221218,5", "\u221271,6\u00a0kg", "\u22123,20\u00a0€"]


def test_every_month_has_its_french_name():
    """A word of ours that is also a month in English would take the month's place in every date."""
    with translation.override("fr"):
        written = [display.paper_day(dt.date(2027, month, 14)).split("\xa0")[1] for month in range(1, 13)]
    assert written == [
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ]  # fmt: skip
