"""The period of a page of figures, kept in the URL."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.impact.charts.over_time import Split
from apps.impact.rules.periods import Period, Span, period_around
from apps.kernel.errors import Text
from apps.kernel.forms import DayInput

SPAN_LABELS: Final = {Span.WEEK: _("Week"), Span.MONTH: _("Month"), Span.YEAR: _("Year")}
EARLIEST: Final = dt.date(2000, 1, 1)
LATEST: Final = dt.date(2100, 12, 31)


class DatesForm(forms.Form):
    """First and last day of a period of one's own."""

    since = forms.DateField(label=pgettext_lazy("date", "From"), widget=DayInput())
    until = forms.DateField(label=pgettext_lazy("date", "To"), widget=DayInput())


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A link to another period."""

    label: Text
    url: str
    is_current: bool = False


class PeriodChoice:
    """The period that a URL asks for, and the ways to others; other filters of the URL are kept.

    An address that makes no sense shows the current month: a bookmark never fails.
    """

    def __init__(self, query: QueryDict, today: dt.date) -> None:
        self.query = query
        self.today = today
        self.period = self._asked() or period_around(Span.MONTH, today)
        self.dates = DatesForm(
            initial={"since": self.period.since, "until": self.period.until}, label_suffix=""
        )

    @property
    def spans(self) -> list[Step]:
        """Week, month, year around the same day."""
        day = min(max(self.period.since, self.today), self.period.until)
        return [
            Step(label=label, url=self._url(span=span, day=day), is_current=span is self.period.span)
            for span, label in SPAN_LABELS.items()
        ]

    @property
    def earlier(self) -> str:
        """Address of the period before."""
        return self._to(self.period.shifted(-1))

    @property
    def later(self) -> str:
        """Address of the period after, empty when it has not begun."""
        following = self.period.shifted(1)
        return self._to(following) if following.since <= self.today else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Other filters of the URL, for a form that must not lose them."""
        return [(name, str(value)) for name, value in self.query.items() if name not in _OWN]

    @property
    def own(self) -> list[tuple[str, str]]:
        """The period as the URL gives it, for a form that must not lose it."""
        return [(name, str(value)) for name, value in self.query.items() if name in _PERIOD]

    def _asked(self) -> Period | None:
        span = self.query.get("span", "")
        if span not in list(Span):
            return None
        if span == Span.CUSTOM:
            since, until = self._day("since"), self._day("until")
            return (
                Period(span=Span.CUSTOM, since=since, until=until)
                if since and until and since <= until
                else None
            )
        return period_around(Span(span), self._day("day") or self.today)

    def _day(self, name: str) -> dt.date | None:
        try:
            day = dt.date.fromisoformat(self.query.get(name, ""))
        except ValueError:
            return None
        return day if EARLIEST <= day <= LATEST else None

    def _to(self, period: Period) -> str:
        if period.span is Span.CUSTOM:
            return self._url(span=period.span, since=period.since, until=period.until)
        return self._url(span=period.span, day=period.since)

    def _url(self, **wanted: object) -> str:
        return "?" + urlencode({**dict(self.kept), **wanted})


class ChartChoice:
    """How the charts are drawn, as the URL asks: what goods are told apart by, as weights or as shares."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        asked = query.get("split", "")
        self.split = Split(asked) if asked in list(Split) else Split.SOURCE
        self.as_shares = query.get("as") == "shares"

    @property
    def ways(self) -> list[Step]:
        """By source or fresh and other goods, as weights or as shares of each step."""
        return [
            self._way(_("By source"), self.split is Split.SOURCE, split=Split.SOURCE),
            self._way(_("Fresh or not"), self.split is Split.KIND, split=Split.KIND),
            self._way(_("Weights"), not self.as_shares, **{"as": "weights"}),
            self._way(_("Shares"), self.as_shares, **{"as": "shares"}),
        ]

    def _way(self, label: Text, is_current: bool, **wanted: str) -> Step:
        kept = {name: str(value) for name, value in self.query.items() if name not in _FILES}
        return Step(label=label, url="?" + urlencode({**kept, **wanted}), is_current=is_current)


_FILES: Final = frozenset({"format", "show"})
_PERIOD: Final = frozenset({"span", "day", "since", "until"})
_OWN: Final = _PERIOD | _FILES
