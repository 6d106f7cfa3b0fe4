"""Replaying a script in one bank: everything in one transaction, history, rights and version with it.

A bank is whole before or whole after, whatever interrupts the replay. Only a migration that Django
itself refuses to run in a transaction (an index built beside the running work) stands alone; it can be
started again after an interruption.
"""

import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, NamedTuple

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, sql

from tenants.isolation import rights
from tenants.isolation.owning import owning
from tenants.isolation.script import Script, Step

SETTLE: Final = sql.SQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
"""Between two migrations Django commits, which checks what is deferred; here it is checked as well."""
BREAK: Final = sql.SQL("\n;\n")
NEW_INDEX: Final = re.compile(r"^(\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY)\s+(?!IF\s)", re.IGNORECASE)
BUILD_SECONDS: Final = 60.0
"""An index built beside the running work waits this long for open transactions; it blocks nobody."""
FIRST_PAUSE_SECONDS: Final = 0.2


class Patience(NamedTuple):
    """How long to wait for a lock that running work holds, and how often to try."""

    lock_seconds: float = 3.0
    attempts: int = 5


PATIENT: Final = Patience()


def replay(schema: str, script: Script, *, patience: Patience = PATIENT) -> int:
    """Bring a bank's schema through a script, as the owner; return how often a lock made it start again.

    Raises:
        OperationalError: a lock was not given in all the attempts.
        DatabaseError: the rows of this bank do not bear a migration.
    """
    stretches = list(script.stretches())
    if not stretches or not stretches[-1][0]:
        stretches.append((True, []))
    repeats = 0
    with owning(schema) as connection:
        for number, (is_atomic, steps) in enumerate(stretches, start=1):
            if is_atomic:
                ending = closing(schema, script) if number == len(stretches) else sql.SQL("")
                repeats += patiently(
                    partial(_together, connection, schema, steps, ending, patience), patience
                )
            else:
                repeats += sum(_alone(connection, schema, step, patience) for step in steps)
    return repeats


def perform(
    connection: BaseDatabaseWrapper,
    schema: str,
    steps: Sequence[Step],
    *,
    opening: sql.Composable,
    ending: sql.Composable,
) -> None:
    """Run steps in the open transaction: as few messages as they allow, one where all is SQL."""
    message = [opening]
    for step in steps:
        if step.before is not None:
            _send(connection, message)
            step.run(connection)
            message = [SETTLE]
        elif step.statements:
            message += [*map(sql.SQL, step.statements), SETTLE]
    history = written_off(schema, [record for step in steps for record in step.records])
    _send(connection, [*message, history, ending])


def closing(schema: str, script: Script) -> sql.Composable:
    """Return what ends a script: rights table by table, and the name of the blueprint now followed."""
    comment = sql.SQL("COMMENT ON SCHEMA {} IS {}")
    told = [new_tables_readable(schema), rights.bank_grants(schema)] if script.tells_rights else []
    return BREAK.join(
        [
            written_off(schema, script.adopted),
            *told,
            comment.format(sql.Identifier(schema), sql.Literal(script.hash)),
        ]
    )


def new_tables_readable(schema: str) -> sql.Composable:
    """Return what lets a bank's role read a table made later, until its rights are told."""
    return sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT ON TABLES TO {}").format(
        sql.Identifier(schema), sql.Identifier(rights.role_name(schema))
    )


def written_off(schema: str, records: Iterable[tuple[str, str]]) -> sql.Composable:
    """Return what writes migrations into a schema's history."""
    rows = [sql.SQL("({}, {}, now())").format(*map(sql.Literal, record)) for record in records]
    if not rows:
        return sql.SQL("")
    table = sql.Identifier(schema, "django_migrations")
    return sql.SQL("INSERT INTO {} (app, name, applied) VALUES {}").format(table, sql.SQL(", ").join(rows))


def _together(
    connection: BaseDatabaseWrapper,
    schema: str,
    steps: Sequence[Step],
    ending: sql.Composable,
    patience: Patience,
) -> None:
    with transaction.atomic(using=connection.alias):
        limit = lock_limit(patience.lock_seconds)
        perform(connection, schema, steps, opening=limit, ending=ending)


def _alone(connection: BaseDatabaseWrapper, schema: str, step: Step, patience: Patience) -> int:
    """Run one step outside of any transaction, statement by statement, so that it can be run again."""
    repeats = 0
    try:
        for statement in step.statements:
            repeats += patiently(partial(_lonely, connection, schema, statement, patience), patience)
        if step.before is not None:
            _send(connection, [_lock_limit(sql.SQL("SET"), patience.lock_seconds)])
            step.run(connection)
        _send(connection, [written_off(schema, step.records)])
    finally:
        _send(connection, [sql.SQL("RESET lock_timeout")])
    return repeats


def _lonely(connection: BaseDatabaseWrapper, schema: str, statement: str, patience: Patience) -> None:
    builds = NEW_INDEX.match(statement) is not None
    if builds:
        for index in _unfinished_indexes(connection, schema):
            _send(connection, [sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.Identifier(schema, index))])
    limit = BUILD_SECONDS if "CONCURRENTLY" in statement.upper() else patience.lock_seconds
    _send(connection, [_lock_limit(sql.SQL("SET"), limit)])
    _send(connection, [sql.SQL(NEW_INDEX.sub(r"\1 IF NOT EXISTS ", statement))])


def _unfinished_indexes(connection: BaseDatabaseWrapper, schema: str) -> list[str]:
    """Return the indexes that an interrupted build has left behind, useless."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT named.relname FROM pg_index AS built"
            " JOIN pg_class AS named ON named.oid = built.indexrelid"
            " JOIN pg_namespace AS space ON space.oid = named.relnamespace"
            " WHERE NOT built.indisvalid AND space.nspname = %s",
            [schema],
        )
        return [name for (name,) in cursor.fetchall()]


def patiently(act: Callable[[], None], patience: Patience) -> int:
    """Act, and act again where running work held a lock; return the number of repeats.

    Raises:
        OperationalError: a lock was not given in all the attempts.
    """
    for repeat in range(patience.attempts):
        try:
            act()
        except OperationalError as error:
            was_locked = isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected)
            if not was_locked or repeat + 1 == patience.attempts:
                raise
            time.sleep(FIRST_PAUSE_SECONDS * 2**repeat * random.uniform(0.5, 1.5))  # noqa: S311
        else:
            return repeat
    raise AssertionError("patience has at least one attempt")


def lock_limit(seconds: float) -> sql.Composable:
    """Return what makes each lock of the open transaction wait no longer than this."""
    return _lock_limit(sql.SQL("SET LOCAL"), seconds)


def _lock_limit(how: sql.SQL, seconds: float) -> sql.Composable:
    return sql.SQL("{} lock_timeout = {}").format(how, sql.Literal(f"{int(seconds * 1000)}ms"))


def _send(connection: BaseDatabaseWrapper, message: Sequence[sql.Composable]) -> None:
    """Send statements as one message."""
    with connection.cursor() as cursor:
        cursor.execute(BREAK.join(part for part in message if part != sql.SQL("")))
