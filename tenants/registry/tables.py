"""Tables of a schema and their rows as text: what PostgreSQL's COPY writes and reads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from django.db import connections
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE
from tenants.isolation.replay import lock_limit

_TABLES: Final = """
SELECT c.relname,
    (SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute AS a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
    (SELECT array_agg(a.attname ORDER BY k.place)
       FROM pg_index AS i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (number, place)
       JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number
      WHERE i.indrelid = c.oid AND i.indisprimary)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
_SEQUENCES: Final = """
SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind = 'S' ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, those of its key."""

    schema: str
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def identifier(self) -> sql.Identifier:
        """The table with its schema, quoted."""
        return sql.Identifier(self.schema, self.name)


def tables_of(schema: str) -> list[Table]:
    """Return the tables of a schema, by name."""
    return [Table(schema, name, tuple(columns), tuple(key or columns)) for name, columns, key in _all(schema)]


def _all(schema: str) -> list[Any]:
    with _cursor() as cursor:
        cursor.execute(_TABLES, [schema])
        return list(cursor.fetchall())


def copied(
    table: Table,
    write: Callable[[bytes], object],
    *,
    where: sql.Composable | None = None,
    without: Iterable[str] = (),
) -> int:
    """Write the rows of a table as CSV in the order of its key; returns how many rows."""
    columns = names(name for name in table.columns if name not in set(without))
    rows = sql.SQL("SELECT {} FROM {} {} ORDER BY {}").format(
        columns,
        table.identifier,
        sql.SQL("WHERE {}").format(where) if where else sql.SQL(""),
        names(table.key),
    )
    with _cursor() as cursor:
        statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(rows)
        with cursor.copy(statement) as copy:
            for piece in copy:
                write(bytes(piece))
        return int(cursor.rowcount)


def loaded(table: Table, columns: Iterable[str], pieces: Iterable[bytes]) -> None:
    """Read rows of a table from CSV."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER)").format(
        table.identifier, names(columns)
    )
    with _cursor() as cursor, cursor.copy(statement) as copy:
        for piece in pieces:
            copy.write(piece)


def digest_of(table: Table, columns: Iterable[str]) -> tuple[int, str]:
    """Return the rows of a table and the SHA-256 of its CSV, as a bundle counts them."""
    wanted = tuple(columns)
    seen = sha256()
    rows = copied(Table(table.schema, table.name, wanted, table.key), seen.update)
    return rows, seen.hexdigest()


def sequences_of(schema: str) -> dict[str, list[Any]]:
    """Return where each sequence of a schema stands: last value, and whether it was given out."""
    with _cursor() as cursor:
        cursor.execute(_SEQUENCES, [schema])
        found = [name for (name,) in cursor.fetchall()]
        standing = {}
        for name in found:
            query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(schema, name))
            cursor.execute(query)
            standing[name] = list(cursor.fetchone())
        return standing


def sequences_set(schema: str, standing: dict[str, list[Any]]) -> None:
    """Put the sequences of a schema where they stood."""
    with _cursor() as cursor:
        for name, (last, is_called) in standing.items():
            sequence = sql.Identifier(schema, name).as_string(None)
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [sequence, last, is_called])


def lock_against_writers(locked: Iterable[Table], *, seconds: float) -> None:
    """Wait for those who write in tables and keep others from it until the end of the transaction.

    Nothing is read: what the transaction sees is chosen afterwards.

    Raises:
        OperationalError: somebody has been writing for longer than ``seconds``.
    """
    each = sql.SQL(", ").join(table.identifier for table in locked)
    run(lock_limit(seconds), sql.SQL("LOCK TABLE {} IN SHARE MODE").format(each))


def names(columns: Iterable[str]) -> sql.Composed:
    """Return column names, quoted, with commas between."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def rows_of(statement: str | sql.Composable, params: Iterable[Any] | None = None) -> Iterator[Any]:
    """Yield the rows that a statement of the owner answers."""
    with _cursor() as cursor:
        cursor.execute(statement, params)
        yield from cursor.fetchall()


def run(*statements: str | sql.Composable) -> None:
    """Run statements of the owner that answer nothing."""
    with _cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _cursor() -> Any:
    return connections[OWNER_DATABASE].cursor()
