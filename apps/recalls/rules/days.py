"""Dates as notices write them: ISO, French, a month alone, a span."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from apps.kernel.folding import fold

_MONTHS: Final = {
    "janvier": 1, "janv": 1, "fevrier": 2, "fev": 2, "mars": 3, "avril": 4, "avr": 4, "mai": 5, "juin": 6,
    "juillet": 7, "juil": 7, "aout": 8, "septembre": 9, "sept": 9, "octobre": 10, "oct": 10,
    "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
_NAMES: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE: Final = re.compile(
    r"(?<!\d)(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})(?:t[\d:.+z]*)?"
    r"|(?P<d2>\d{1,2})\s*[/.-]\s*(?P<m2>\d{1,2})\s*[/.-]\s*(?P<y2>\d{4}|\d{2})(?!\d)"
    r"|(?P<d5>\d{1,2}) (?P<m5>\d{1,2}) (?P<y5>\d{4})(?!\d)"
    rf"|(?:(?P<d3>\d{{1,2}})(?:er)?\s+)?(?P<n3>{_NAMES})\.?\s+(?P<y3>\d{{4}}|\d{{2}})(?!\d)"
    r"|(?P<m4>\d{1,2})\s*[/.-]\s*(?P<y4>\d{4})(?!\d)"
    r")"
)
_HALF: Final = re.compile(rf"(?<!\d)(\d{{1,2}})(?:er)?\s+(?:au|a)\s+(?=\d{{1,2}}(?:er)?\s+(?:{_NAMES}))")
_BETWEEN: Final = re.compile(r"\s*(?:au|a|jusqu'? ?au|-|>)\s*|\s+et\s+")
_CENTURY: Final = 2000


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included."""

    first: dt.date
    last: dt.date

    def holds(self, day: dt.date) -> bool:
        """Tell whether a day is among them."""
        return self.first <= day <= self.last


def spans_in(text: str) -> tuple[Span, ...]:
    """Return the days that a text names; a month alone is all its days, what is no date is left out."""
    plain = fold(text)
    found = [(match.start(), match.end(), span) for match, span in _dates(plain)]
    spans: list[Span] = []
    end = -1
    for start, stop, span in found:
        between = plain[end:start] if spans else ""
        if spans and _joins(plain, between) and spans[-1].first <= span.last:
            spans[-1] = Span(spans[-1].first, span.last)
        else:
            spans.append(_from_half(plain, start, span))
        end = stop
    return tuple(spans)


def without_dates(text: str) -> str:
    """Return a folded text with its dates taken out, so that none is read as a lot number."""
    plain = fold(text)
    kept, end = [], 0
    for match, _span in _dates(plain):
        kept.append(plain[end : match.start()])
        end = match.end()
    return " ".join([*kept, plain[end:]])


def _dates(plain: str) -> Iterator[tuple[re.Match[str], Span]]:
    for match in _DATE.finditer(plain):
        span = _span(match)
        if span is not None:
            yield match, span


def _joins(plain: str, between: str) -> bool:
    """Tell whether the words between two dates make them the ends of one span."""
    if not _BETWEEN.fullmatch(between):
        return False
    return between.strip() != "et" or "entre" in plain


def _from_half(plain: str, start: int, span: Span) -> Span:
    """Widen ``5 mars 2027`` to the first day of ``du 1er au 5 mars 2027``."""
    before = _HALF.search(plain, max(0, start - 16))
    if before is None or before.end() != start or span.first != span.last:
        return span
    day = int(before[1])
    return Span(span.first.replace(day=day), span.last) if 1 <= day <= span.first.day else span


def _span(match: re.Match[str]) -> Span | None:
    """Return the days of a date that was found, ``None`` when there is no such day."""
    said = match.groupdict()
    year = next(int(said[name]) for name in ("y1", "y2", "y3", "y4", "y5") if said[name])
    year += _CENTURY if year < 100 else 0
    month = _MONTHS.get(said["n3"] or "", 0) or int(said["m1"] or said["m2"] or said["m4"] or said["m5"] or 0)
    day = said["d1"] or said["d2"] or said["d3"] or said["d5"]
    try:
        if day:
            only = dt.date(year, month, int(day))
            return Span(only, only)
        return Span(dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1]))
    except ValueError:
        return None
