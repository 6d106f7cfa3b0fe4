"""The steps of a chart over time: days, weeks or months, whichever can be read."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.impact.rules.periods import Period
from apps.kernel import display
from apps.kernel.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Up to how many days a chart has a step a day, and up to how many a step a week."""

    daily: int
    weekly: int


LINES: Final = Limits(daily=62, weekly=200)
BARS: Final = Limits(daily=14, weekly=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a chart goes through a period: what a step is called, and the first day of each, in order."""

    heading: Text
    start: Callable[[dt.date], dt.date]
    pattern: str
    first_days: tuple[dt.date, ...]

    @property
    def labels(self) -> list[str]:
        """Name of each step."""
        return [display.dated(day, self.pattern) for day in self.first_days]

    def added(self, weights: Mapping[dt.date, int]) -> list[int]:
        """Add up daily weights by step."""
        steps = dict.fromkeys(self.first_days, 0)
        for day, grams in weights.items():
            first = self.start(day)
            if first in steps:
                steps[first] += grams
        return list(steps.values())


def pace_of(period: Period, limits: Limits) -> Pace:
    """Return the steps of a chart over a period."""
    heading, start, pattern = _step(period, limits)
    days = (start(period.since + dt.timedelta(days=number)) for number in range(period.days))
    return Pace(heading=heading, start=start, pattern=pattern, first_days=tuple(dict.fromkeys(days)))


def _step(period: Period, limits: Limits) -> tuple[Text, Callable[[dt.date], dt.date], str]:
    if period.days <= limits.daily:
        return _("Day"), lambda day: day, "j N"
    if period.days <= limits.weekly:
        return _("Week of"), lambda day: day - dt.timedelta(days=day.weekday()), "j N"
    return _("Month"), lambda day: day.replace(day=1), "N Y"
