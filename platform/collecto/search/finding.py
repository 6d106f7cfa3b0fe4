"""Finding in the open bank: its search entries, ranked and grouped, and its transfers with other banks.

An exact number comes first, then the beginning of a number, then entries with every word whole, then with
every word begun; archived ones below, recent ones above. Slips are looked for only where nothing was found.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.urls import reverse

from apps.flow import FLOW
from apps.kernel.abilities import Actor
from apps.kernel.errors import Text
from apps.kernel.search import Reach, Searched
from collecto.search.sought import Sought
from collecto.search.typos import alike

SHOWN: Final = 6
"""Entries of a kind that are shown at once."""
SHOWN_ALONE: Final = 60
"""Entries that are shown of the one kind that was asked for."""
WEIGHED: Final = 300
"""Papers that are ranked against one another; of more, only the recent ones are."""
RECENT: Final = 150
"""Recent papers that are ranked when too many fit."""
WALKED: Final = 5_000
"""Recent entries among which papers are looked for when too many fit."""

EXACT: Final = 0
NOTHING: Final = "'#'"
"""A query that no entry answers."""
FIND: Final = """
WITH reach AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(owners)s::uuid[], %(befores)s::timestamptz[])
        AS r (kind, owner_id, before)
), fitting AS MATERIALIZED (
    SELECT record_id, kind, owner_id, moment, is_archived, lexemes FROM kernel_searchentry
    WHERE lexemes @@ %(in_papers)s::tsquery LIMIT %(weighed)s
), recent AS MATERIALIZED (
    SELECT record_id, kind, owner_id, moment, is_archived, lexemes
    FROM (SELECT * FROM kernel_searchentry ORDER BY moment DESC LIMIT %(walked)s) AS walked
    WHERE (SELECT count(*) FROM fitting) >= %(weighed)s AND (lexemes @@ %(in_papers)s::tsquery) IS TRUE
    LIMIT %(recent)s
), hits AS (
    (SELECT record_id, kind, owner_id, moment, is_archived, lexemes FROM kernel_searchentry
        WHERE lexemes @@ %(exactly)s::tsquery LIMIT 500)
    UNION ALL
    (SELECT record_id, kind, owner_id, moment, is_archived, lexemes FROM kernel_searchentry
        WHERE lexemes @@ %(in_files)s::tsquery LIMIT %(weighed)s)
    UNION ALL
    (SELECT * FROM recent)
    UNION ALL
    (SELECT * FROM fitting LIMIT CASE WHEN (SELECT count(*) FROM fitting) < %(weighed)s THEN %(weighed)s
        ELSE %(recent)s - (SELECT count(*) FROM recent) END)
), ranked AS (
    SELECT DISTINCT ON (hit.record_id) hit.record_id, hit.kind, hit.moment, CASE
            WHEN hit.lexemes @@ %(exact)s::tsquery THEN 0
            WHEN hit.lexemes @@ %(begun)s::tsquery THEN 1
            WHEN hit.lexemes @@ %(whole)s::tsquery THEN 2
            ELSE 3 END + CASE WHEN hit.is_archived THEN 4 ELSE 0 END AS rank
    FROM hits AS hit JOIN reach ON reach.kind = hit.kind
        AND (reach.owner_id IS NULL OR reach.owner_id = hit.owner_id)
        AND (reach.before IS NULL OR hit.moment < reach.before)
), placed AS (
    SELECT ranked.*, count(*) OVER kinds AS among,
        row_number() OVER (PARTITION BY kind ORDER BY rank, moment DESC, record_id) AS place
    FROM ranked WINDOW kinds AS (PARTITION BY kind)
)
SELECT entry.record_id, entry.kind, entry.label, entry.number, entry.detail, entry.moment, entry.is_archived,
    placed.rank, placed.among, (SELECT count(*) FROM fitting) >= %(weighed)s
FROM placed JOIN kernel_searchentry AS entry USING (record_id)
WHERE placed.place <= %(shown)s ORDER BY placed.kind, placed.place
"""
"""The recent entries are walked only where too many papers fit, which the last column tells."""
NAMED: Final = """
SELECT record_id, kind, label, number, detail, moment, is_archived, owner_id
FROM kernel_searchentry WHERE record_id = %(record_id)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One record that was found, and where its sheet is."""

    label: str
    number: str
    detail: str
    moment: dt.datetime | None
    url: str
    is_archived: bool
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What was found of one kind; ``among`` how many fit in all."""

    kind: str
    title: Text
    icon: str
    found: list[Found]
    among: int
    is_paper: bool = False

    @property
    def best(self) -> int:
        """The rank of the first one."""
        return min(each.rank for each in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found; ``is_close`` when only words that resemble were, ``is_cut`` when too many fit."""

    groups: list[Group] = field(default_factory=list)
    is_close: bool = False
    is_cut: bool = False

    @property
    def among(self) -> int:
        """How many records fit in all."""
        return sum(group.among for group in self.groups)

    @property
    def only(self) -> Found | None:
        """The one record whose number is exactly what was typed, if there is just one."""
        exact = [each for group in self.groups for each in group.found if each.rank % 4 == EXACT]
        return exact[0] if len(exact) == 1 else None


def searched() -> tuple[Searched, ...]:
    """Return every kind of record that the stages declare, in the order goods travel."""
    modules = (import_module(f"apps.{stage}.search") for stage in FLOW if stage != "impact")
    return tuple(kind for module in modules for kind in module.SEARCHED)


def within_reach(actor: Actor) -> dict[Searched, Reach]:
    """Return the kinds of which this person may open something, and how much of each."""
    reaches = ((kind, kind.reach(actor)) for kind in searched())
    return {kind: reach for kind, reach in reaches if reach is not None}


def page_of(actor: Actor, record_id: UUID) -> Findings | None:
    """Return the record with an id as the one thing found, if this person may open it."""
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"record_id": record_id})
        row = cursor.fetchone()
    for kind, reach in within_reach(actor).items():
        if row and row[1] == kind.kind and _is_in(reach, owner_id=row[-1], moment=row[5]):
            return Findings(groups=[_group(actor, kind, [(*row[:-1], EXACT, 1, 1)])])
    return None


def find(actor: Actor, sought: Sought, *, only_kind: str = "") -> Findings:
    """Return what this person may open of what was sought, in groups, the best group first."""
    reaches = {kind: reach for kind, reach in within_reach(actor).items() if only_kind in ("", kind.kind)}
    if not reaches or not sought.words:
        return Findings()
    shown = SHOWN_ALONE if only_kind else SHOWN
    findings = _found(actor, sought, reaches, [[word] for word in sought.words], shown)
    if findings.groups:
        return findings
    meant = [[word, *alike(word)] for word in sought.words]
    if all(len(words) == 1 for words in meant):
        return findings
    close = _found(actor, sought, reaches, meant, shown)
    return Findings(groups=close.groups, is_close=True, is_cut=close.is_cut)


def _found(
    actor: Actor, sought: Sought, reaches: Mapping[Searched, Reach], meant: list[list[str]], shown: int
) -> Findings:
    values = _values(sought, reaches, meant) | {"shown": shown}
    rows = _rows(values)
    is_cut = bool(rows) and rows[0][-1]
    by_kind = {kind.kind: kind for kind in reaches}
    groups = [
        _group(actor, by_kind[name], list(found)) for name, found in groupby(rows, key=lambda row: row[1])
    ]
    places = list(by_kind)
    groups.sort(key=lambda group: (group.best, places.index(group.kind)))
    return Findings(groups=groups, is_cut=is_cut)


def _rows(values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, values)
        return list(cursor.fetchall())


def _group(actor: Actor, kind: Searched, rows: list[Any]) -> Group:
    page = kind.page_for(actor)
    found = [
        Found(
            label=label,
            number=number,
            detail=detail,
            moment=moment if kind.is_paper else None,
            url=reverse(page, args=[record_id]),
            is_archived=is_archived,
            rank=rank,
        )
        for record_id, _kind, label, number, detail, moment, is_archived, rank, *_counts in rows
    ]
    among = rows[0][-2]
    return Group(
        kind=kind.kind, title=kind.title, icon=kind.icon, found=found, among=among, is_paper=kind.is_paper
    )


def _values(sought: Sought, reaches: Mapping[Searched, Reach], meant: list[list[str]]) -> dict[str, Any]:
    """Return what the statements are given; every tsquery is made of quoted words."""
    begun = _any(_word(f"#{each}", begun=True) for each in sought.codes)
    said = _all(_any(_word(word, begun=True) for word in words) for words in meant)
    every = f"({said} | {begun})" if begun else said
    exact = _any(_word(f"#{each}") for each in sought.codes) or NOTHING
    files = _any(_within(kind, reach) for kind, reach in reaches.items() if not kind.is_paper) or NOTHING
    papers = _any(_within(kind, reach) for kind, reach in reaches.items() if kind.is_paper) or NOTHING
    return {
        "exact": exact,
        "exactly": f"{exact} & ({files} | {papers})",
        "begun": begun or NOTHING,
        "whole": _all(_any(map(_word, words)) for words in meant),
        "in_files": f"{every} & {files}",
        "in_papers": f"{every} & {papers}",
        "weighed": WEIGHED,
        "recent": RECENT,
        "walked": WALKED,
        "kinds": [kind.kind for kind in reaches],
        "owners": [reach.owner_id for reach in reaches.values()],
        "befores": [reach.before for reach in reaches.values()],
    }


def _within(kind: Searched, reach: Reach) -> str:
    owned = [f"@{reach.owner_id}"] if reach.owner_id else []
    return _all(map(_word, [f"@{kind.kind}", *owned]))


def _word(text: str, *, begun: bool = False) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*" if begun else f"'{quoted}'"


def _any(parts: Iterable[str]) -> str:
    joined = " | ".join(parts)
    return f"({joined})" if joined else ""


def _all(parts: Iterable[str]) -> str:
    return f"({' & '.join(parts)})"


def _is_in(reach: Reach, *, owner_id: UUID | None, moment: dt.datetime) -> bool:
    return reach.owner_id in (None, owner_id) and (reach.before is None or moment < reach.before)
