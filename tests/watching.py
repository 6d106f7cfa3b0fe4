"""Fixture: while a service runs, every row of a bank that it writes must be told in the history.

Watched are the statements between the outermost savepoint of a service and its release: a table of an
audited kind was written, so an entry about that kind, or about the document it is part of, was too. A kind of
row that no history tells is named in ``EXCUSED``, with the reason.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connection, models

from apps.kernel.guard import BankRow
from apps.kernel.models import AuditEntry

EXCUSED: Final = {
    "kernel.auditentry": "it is the history",
    "kernel.documentsequence": "a counter: the numbers stand on the documents",
    "kernel.job": "how far it is is no act; who asks, stops or takes up, and its end, are told",
    "kernel.searchentry": "the search box's copy, kept by the database",
    "kernel.searchword": "the search box's copy, kept by the database",
    "orders.reservation": "each is a movement of the ledger",
    "stock.countentry": "what was found is its own history: nobody changes it, who decided stands on it",
    "stock.countline": "what a sheet asks to count, written once with the sheet",
    "recalls.recallmatch": "its case tells which lots were found; what was decided of one is told whole",
    "recalls.recallreach": "its case tells who was warned; what a partner answers is told whole",
    "workshop.batchline": "each is a movement of the ledger",
    "stock.lotlink": "append-only, like the movement that it tells of",
    "stock.account": "the ledger is its own history",
    "stock.balance": "the ledger is its own history",
    "stock.movement": "the ledger is its own history",
}
WATCHED: Final = {"apps", "api", "story", "network", "library"}
"""Folders of tests whose services are watched."""
UNWATCHED: Final = {"test_ledger_machine.py": "it makes its rows inside savepoints of its own"}
_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?')


def audited() -> dict[str, type[models.Model]]:
    """Return the kinds of rows whose changes are told, by table."""
    kinds = {model._meta.label_lower: model for model in apps.get_models() if issubclass(model, BankRow)}
    return {model._meta.db_table: model for kind, model in kinds.items() if kind not in EXCUSED}


def accounts_for(model: type[models.Model]) -> set[str]:
    """Return the kinds whose entries may tell of a row: its own, and those of what it is part of."""
    related = [field.related_model for field in model._meta.concrete_fields]
    parents = {parent._meta.label_lower for parent in related if parent is not None}
    return {model._meta.label_lower, *parents}


class Watch:
    """What one service wrote and told, and what it forgot to tell."""

    def __init__(self) -> None:
        self.tables = audited()
        self.kinds = {kind for model in self.tables.values() for kind in accounts_for(model)}
        self.depth = 0
        self.written: set[str] = set()
        self.told: set[str] = set()
        self.untold: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run a statement and note what it writes."""
        done = execute(sql, params, many, context)
        if sql.startswith("SAVEPOINT"):
            self.depth += 1
        elif sql.startswith(("RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")):
            self._closed(kept=sql.startswith("RELEASE"))
        elif self.depth:
            self._noted(str(sql), params)
        return done

    def _noted(self, sql: str, params: Any) -> None:
        found = _WRITES.match(sql)
        if found and found[1] == AuditEntry._meta.db_table:
            self.told |= self.kinds & set(_texts(params))
        elif found and found[1] in self.tables:
            self.written.add(found[1])

    def _closed(self, *, kept: bool) -> None:
        self.depth = max(0, self.depth - 1)
        if self.depth:
            return
        if kept:
            forgotten = [t for t in self.written if not accounts_for(self.tables[t]) & self.told]
            self.untold += sorted(forgotten)
        self.written, self.told = set(), set()


def _texts(params: Any) -> Iterator[str]:
    for param in params or ():
        if isinstance(param, str):
            yield param
        elif isinstance(param, list | tuple):
            yield from _texts(param)


@pytest.fixture(autouse=True)
def every_change_is_told(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose services change a row of the bank without a word in its history."""
    path = request.node.path
    is_watched = not WATCHED.isdisjoint(path.parts) and path.name not in UNWATCHED
    if not is_watched or "transactional_db" in request.fixturenames:
        yield
        return
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield
    assert watch.untold == [], "changed without a word in the history"
