"""Periods: weeks, months, years, and what each is compared with."""

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.impact.charts.boards import period_label
from apps.impact.rules.periods import Period, Span, period_around

days = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 1, 1))
spans = st.sampled_from([Span.WEEK, Span.MONTH, Span.YEAR])


@given(spans, days)
def test_a_period_holds_its_day_and_the_next_one_begins_the_day_after(span, day):
    period = period_around(span, day)
    assert period.since <= day <= period.until
    assert period.shifted(1).since == period.until + dt.timedelta(days=1)
    assert period.shifted(1).shifted(-1) == period


@given(spans, days, days)
def test_the_period_before_is_never_longer_in_days_than_what_was_lived(span, day, today):
    period = period_around(span, day)
    before = period.compared_with(today)
    assert before.until < period.since
    if period.since <= today < period.until:
        assert before.days <= period.so_far(today).days


def test_a_month_under_way_is_compared_with_the_same_days_of_the_month_before():
    march = period_around(Span.MONTH, dt.date(2026, 3, 10))
    before = march.compared_with(dt.date(2026, 3, 10))
    assert (before.since, before.until) == (dt.date(2026, 2, 1), dt.date(2026, 2, 10))


def test_the_end_of_a_long_month_is_compared_with_a_whole_short_one():
    march = period_around(Span.MONTH, dt.date(2026, 3, 30))
    before = march.compared_with(dt.date(2026, 3, 30))
    assert (before.since, before.until) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))


def test_a_period_of_one_s_own_moves_by_its_length():
    own = Period(span=Span.CUSTOM, since=dt.date(2026, 3, 10), until=dt.date(2026, 3, 12))
    assert own.shifted(-1).until == dt.date(2026, 3, 9)
    assert own.shifted(-1).days == 3


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="first day"):
        Period(span=Span.CUSTOM, since=dt.date(2026, 3, 2), until=dt.date(2026, 3, 1))


@pytest.mark.parametrize(
    ("period", "label"),
    [
        (period_around(Span.YEAR, dt.date(2026, 3, 1)), "2026"),
        (period_around(Span.MONTH, dt.date(2026, 3, 1)), "March 2026"),
        (period_around(Span.WEEK, dt.date(2026, 3, 4)), "2 to 8 March 2026"),
        (period_around(Span.WEEK, dt.date(2026, 4, 1)), "30 March to 5 April 2026"),
        (period_around(Span.WEEK, dt.date(2026, 1, 1)), "29 December 2025 to 4 January 2026"),
        (period_around(Span.MONTH, dt.date(2026, 3, 1)).so_far(dt.date(2026, 3, 1)), "1 March 2026"),
        (period_around(Span.MONTH, dt.date(2026, 3, 1)).so_far(dt.date(2026, 3, 9)), "1 to 9 March 2026"),
    ],
)
def test_a_period_is_written_in_words(period, label):
    with translation.override("en"):
        assert period_label(period) == label
