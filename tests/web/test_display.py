"""How days are written, in both languages."""

import datetime as dt

import pytest
from django.utils import translation

from apps.kernel import clock, display

NOW = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "day", "written"),
    [
        ("fr", dt.date(2026, 3, 1), "dim 1er mars"),
        ("fr", dt.date(2026, 3, 11), "mer 11 mars"),
        ("fr", dt.date(2025, 3, 1), "1er mars 2025"),
        ("en", dt.date(2026, 3, 1), "Sun 1 March"),
        ("en", dt.date(2025, 3, 1), "1 March 2025"),
    ],
)
def test_the_first_of_the_month_has_its_own_word_in_french(language: str, day: dt.date, written: str):
    with clock.time_set_to(NOW), translation.override(language):
        assert display.day(day).replace("\xa0", " ") == written
