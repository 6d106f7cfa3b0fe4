"""The history of a record as a panel: newest first, a heading per day, fifty acts a page.

``?history=2`` is the second page; ``?history_act=`` and ``?history_by=`` narrow a long history to an act and
to a person. A panel takes one statement, and one more when it is long, whatever it shows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.http import HttpRequest

from apps.kernel import clock
from apps.kernel.errors import Text
from apps.kernel.folding import by_words
from apps.kernel.history import history_of
from apps.kernel.models import AuditEntry
from apps.kernel.telling import HistoryLine, act_labels, record_label, told

PER_PAGE: Final = 50
MOST_PAGES: Final = 1_000
SOFTWARE: Final = "software"
"""What ``?history_by=`` says of what the software did by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value of a filter."""

    value: str
    label: Text
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPanel:
    """What a page shows of a history."""

    lines: Sequence[HistoryLine]
    number: int = 1
    has_older: bool = False
    acts: Sequence[Choice] = field(default_factory=list)
    people: Sequence[Choice] = field(default_factory=list)
    is_narrowed: bool = False

    @property
    def days(self) -> list[tuple[date, list[HistoryLine]]]:
        """The lines by day, newest first."""
        by_day = groupby(self.lines, key=lambda line: clock.day_of(line.entry.at))
        return [(day, list(lines)) for day, lines in by_day]

    @property
    def newer(self) -> int:
        """The page before this one, zero on the first."""
        return self.number - 1

    @property
    def older(self) -> int:
        """The page after this one, zero on the last."""
        return self.number + 1 if self.has_older else 0


More = Callable[[int], Iterable[HistoryLine]]
"""Lines from elsewhere, newest first, at most so many: the movements of a lot."""


def history_panel(
    request: HttpRequest,
    *records: models.Model,
    labels: Mapping[str, Text] | None = None,
    names: bool = True,
    more: More | None = None,
) -> HistoryPanel:
    """Return the history of some records as this page of it; ``names``: whether the staff is named."""
    number = _page_number(request)
    act, by = request.GET.get("history_act", ""), request.GET.get("history_by", "")
    every = history_of(*records)
    wanted = _narrowed(every, act, by)
    if more is None or act or by:
        start = (number - 1) * PER_PAGE
        entries = list(wanted[start : start + PER_PAGE + 1])
        lines = [_line(entry, records[0], labels, names=names) for entry in entries]
    else:
        lines = _merged(wanted, more, number, labels)
    is_long = number > 1 or len(lines) > PER_PAGE or bool(act or by)
    acts, people = _choices(every, labels, act, by, names=names) if is_long else ([], [])
    return HistoryPanel(
        lines=lines[:PER_PAGE],
        number=number,
        has_older=len(lines) > PER_PAGE,
        acts=acts,
        people=people,
        is_narrowed=bool(act or by),
    )


def _line(
    entry: AuditEntry, record: models.Model, labels: Mapping[str, Text] | None, *, names: bool
) -> HistoryLine:
    """Return an entry in words; one about another record than the page's own says which."""
    line = told(entry, labels=labels, names=names)
    if entry.record_id == str(record.pk):
        return line
    return replace(line, label=f"{line.label} · {record_label(entry)}")


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("history", "")
    return min(max(1, int(asked)), MOST_PAGES) if asked.isdecimal() and len(asked) < 6 else 1


def _narrowed(entries: models.QuerySet[AuditEntry], act: str, by: str) -> models.QuerySet[AuditEntry]:
    if act:
        entries = entries.filter(action=act)
    return entries.filter(_of(by)) if by else entries


def _of(by: str) -> models.Q:
    """Return the entries of a person; an unknown one has none."""
    if by == SOFTWARE:
        return models.Q(actor_id__isnull=True)
    try:
        return models.Q(actor_id=UUID(by))
    except ValueError:
        return models.Q(pk__in=[])


def _merged(
    entries: models.QuerySet[AuditEntry], more: More, number: int, labels: Mapping[str, Text] | None
) -> list[HistoryLine]:
    """Return one page, and one line more if there is any, of what is written here and elsewhere."""
    most = number * PER_PAGE + 1
    lines = [*(told(entry, labels=labels) for entry in entries[:most]), *more(most)]
    lines.sort(key=lambda line: line.entry.at, reverse=True)
    return lines[most - PER_PAGE - 1 : most]


def _choices(
    entries: models.QuerySet[AuditEntry],
    labels: Mapping[str, Text] | None,
    act: str,
    by: str,
    *,
    names: bool,
) -> tuple[list[Choice], list[Choice]]:
    """Return the acts and the people that a history can be narrowed to."""
    kinds: dict[str, Any] = {}
    people: dict[str, Text] = {}
    seen = entries.order_by().values_list("record_kind", "action", "actor_id", "actor_label").distinct()
    for kind, action, actor_id, label in seen:
        known = {**act_labels(kind), **(labels or {})}
        kinds[action] = known.get(action, action)
        people[str(actor_id or SOFTWARE)] = label if actor_id else "COLLECTO"
    return _listed(kinds, act), _listed(people, by) if names else []


def _listed(found: Mapping[str, Text], chosen: str) -> list[Choice]:
    ordered = sorted(found.items(), key=lambda item: by_words(item[1]))
    return [Choice(value=value, label=label, chosen=value == chosen) for value, label in ordered]
