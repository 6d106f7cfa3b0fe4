"""Spans of days that figures are read over, and the span each is compared with. Pure."""

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Span(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from ``since`` to ``until``, both included."""

    span: Span
    since: dt.date
    until: dt.date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError("a period ends on or after its first day")

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.until - self.since).days + 1

    def so_far(self, today: dt.date) -> "Period":
        """Return the days already lived, the whole period when it is over or still to come."""
        if not self.since <= today < self.until:
            return self
        return Period(span=self.span, since=self.since, until=today)

    def shifted(self, steps: int) -> "Period":
        """Return the period of the same span that many steps later (earlier when negative)."""
        if self.span is Span.CUSTOM:
            move = dt.timedelta(days=self.days * steps)
            return Period(span=self.span, since=self.since + move, until=self.until + move)
        return period_around(self.span, _moved(self.span, self.since, steps))

    def compared_with(self, today: dt.date) -> "Period":
        """Return the period before, cut to as many days as this one has lived: like with like."""
        before = self.shifted(-1)
        lived = self.so_far(today)
        if lived.until == self.until:
            return before
        last = min(before.until, before.since + dt.timedelta(days=lived.days - 1))
        return Period(span=before.span, since=before.since, until=last)


def period_around(span: Span, day: dt.date) -> Period:
    """Return the week (Monday first), month or year that a day belongs to."""
    if span is Span.WEEK:
        monday = day - dt.timedelta(days=day.weekday())
        return Period(span=span, since=monday, until=monday + dt.timedelta(days=6))
    if span is Span.MONTH:
        last = calendar.monthrange(day.year, day.month)[1]
        return Period(span=span, since=day.replace(day=1), until=day.replace(day=last))
    if span is Span.YEAR:
        return Period(span=span, since=dt.date(day.year, 1, 1), until=dt.date(day.year, 12, 31))
    return Period(span=span, since=day, until=day)


def _moved(span: Span, first: dt.date, steps: int) -> dt.date:
    """Return the first day of the week, month or year that many steps away."""
    if span is Span.WEEK:
        return first + dt.timedelta(weeks=steps)
    if span is Span.MONTH:
        months = first.year * 12 + first.month - 1 + steps
        return dt.date(months // 12, months % 12 + 1, 1)
    return dt.date(first.year + steps, 1, 1)
