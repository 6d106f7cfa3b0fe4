"""What a plan of migrations does to one bank, written once so that it can be replayed in every bank.

A migration becomes SQL text wherever Django can say it without looking: its schema editor is run with
every query refused. Two sorts of migration stay Django's own business, bank by bank: those that run
Python, and those whose SQL depends on what stands in the schema (a foreign key dropped by a name that
has to be looked up). Django's own ``sqlmigrate`` leaves such statements out without a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from django.db import router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from psycopg import sql

from tenants.isolation.history import Ahead, blueprint_hash

ALONE: Final = re.compile(r"\b(INDEX)\s+CONCURRENTLY\b", re.IGNORECASE)
PLACE_MARKS: Final = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")


class Unseen(Exception):
    """The schema editor wanted to look at the database while its SQL was being written down."""


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: its SQL, or the state in which Django itself must run it, bank by bank."""

    migration: Migration
    statements: tuple[str, ...] = ()
    before: ProjectState | None = None
    is_python: bool = False
    is_atomic: bool = True
    """May it share a transaction with its neighbours?"""

    @property
    def name(self) -> str:
        """The migration as people write it: ``stock.0002_ledger``."""
        return f"{self.migration.app_label}.{self.migration.name}"

    @property
    def has_to_look(self) -> bool:
        """Tell whether its SQL depends on what stands in the schema."""
        return self.before is not None and not self.is_python

    @property
    def records(self) -> list[tuple[str, str]]:
        """Rows of history: the migration, and those that it replaces."""
        return [*self.migration.replaces, (self.migration.app_label, self.migration.name)]

    def run(self, connection: BaseDatabaseWrapper) -> None:
        """Let Django run the migration in the schema the connection is on."""
        if self.before is not None:
            _rendered_once = self.before.apps
            with connection.schema_editor(atomic=self.is_atomic) as editor:
                self.migration.apply(self.before.clone(), editor)


@dataclass(frozen=True, slots=True)
class Script:
    """The steps that bring a bank from one state of its history to the blueprint named by ``hash``.

    ``adopted`` names the squashed migrations whose parts are all there already: they are only written
    into the history. A bank that has the rights of the present blueprint is not told them again.
    """

    steps: tuple[Step, ...]
    hash: str
    adopted: tuple[tuple[str, str], ...] = ()
    tells_rights: bool = True

    def stretches(self) -> Iterator[tuple[bool, list[Step]]]:
        """Yield the runs of steps that fit one transaction, and those that stand outside of any."""
        for is_atomic, steps in groupby(self.steps, key=lambda step: step.is_atomic):
            yield is_atomic, list(steps)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to run and nothing to write down."""
        return not self.steps and not self.adopted

    def joined(self) -> "Script":
        """Return the same script fit for one transaction: an empty schema needs no patience."""
        return replace(self, steps=tuple(_joined(step) for step in self.steps))


def written(connection: BaseDatabaseWrapper, ahead: Ahead) -> Script:
    """Write down what a plan does from a given state on; nothing is sent to the database.

    The connection is on a bank's schema, real or not.
    """
    connection.ensure_connection()
    steps, state = [], ahead.state.clone()
    for migration in ahead.plan:
        before, is_python = _unrendered(state), runs_python(migration, connection.alias)
        step = Step(migration, before=before, is_python=is_python, is_atomic=bool(migration.atomic))
        try:
            if not is_python:
                step = replace(step, statements=_collected(connection, migration, state), before=None)
        except Unseen:
            state = _unrendered(before)
        if step.before is not None:
            migration.mutate_state(state, preserve=False)
        steps.append(step)
    return Script(tuple(steps), blueprint_hash(), ahead.adopted)


def rehearsed(connection: BaseDatabaseWrapper, script: Script, schema: str) -> Script:
    """Write down the steps that have to look, by running the script in an empty schema and undoing it.

    The connection is on that schema, which is made here and leaves no trace.
    """
    if not any(step.has_to_look for step in script.steps):
        return script
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        steps = tuple(_rehearsed(connection, step) for step in script.steps)
        transaction.set_rollback(True, using=connection.alias)
    return replace(script, steps=steps)


def runs_python(migration: Migration, alias: str) -> bool:
    """Tell whether a migration runs Python on the rows of the schema that is open."""
    return any(_is_python(operation, migration.app_label, alias) for operation in migration.operations)


def _unrendered(state: ProjectState) -> ProjectState:
    """Return a copy of a state without its classes, which cost a hundred times the rest to copy."""
    models = {name: model.clone() for name, model in state.models.items()}
    return ProjectState(models=models, real_apps=state.real_apps)


def _is_python(operation: Operation, app_label: str, alias: str) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return any(_is_python(inner, app_label, alias) for inner in operation.database_operations)
    if operation.reduces_to_sql or getattr(operation, "code", None) is RunPython.noop:
        return False
    return bool(router.allow_migrate(alias, app_label, **getattr(operation, "hints", {})))


def _collected(connection: BaseDatabaseWrapper, migration: Migration, state: ProjectState) -> tuple[str, ...]:
    """Return the statements of a migration, which moves the state.

    Raises:
        Unseen: it has to look at the database first.
    """
    with connection.execute_wrapper(_refuse):
        return _Collector(connection).collect(migration, state)


def _rehearsed(connection: BaseDatabaseWrapper, step: Step) -> Step:
    if step.has_to_look and step.before is not None:
        recorder = _Collector(connection, is_live=True)
        return replace(step, statements=recorder.collect(step.migration, step.before.clone()), before=None)
    with connection.cursor() as cursor:
        for statement in step.statements:
            cursor.execute(statement)
    step.run(connection)
    return step


def _refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if str(sql).startswith(PLACE_MARKS):
        return execute(sql, params, many, context)
    raise Unseen(sql)


def _joined(step: Step) -> Step:
    statements = tuple(ALONE.sub(r"\1", text) for text in step.statements)
    return replace(step, statements=statements, is_atomic=True)


class _Collector:
    """Runs a migration on a schema editor that writes its statements down, and sends them if it is live."""

    def __init__(self, connection: BaseDatabaseWrapper, *, is_live: bool = False) -> None:
        self.connection = connection
        self.is_live = is_live

    def collect(self, migration: Migration, state: ProjectState) -> tuple[str, ...]:
        """Return the statements of a migration, which moves the state."""
        editor = self.connection.schema_editor(collect_sql=not self.is_live, atomic=True)
        editor.deferred_sql = []
        written: list[str] = []
        send = editor.execute
        operations: Any = self.connection.ops

        def execute(sql: Any, params: Any = ()) -> None:
            text = str(sql) if params is None else str(operations.compose_sql(str(sql), params))
            written.append(text)
            if self.is_live:
                send(text, None)

        editor.execute = execute  # type: ignore[method-assign]
        migration.apply(state, editor)
        for statement in editor.deferred_sql:
            editor.execute(statement, None)
        return tuple(text for text in written if text.strip())
