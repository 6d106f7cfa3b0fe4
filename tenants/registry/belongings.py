"""What the public schema holds about one bank, read from the catalogue: no list can forget a new table.

A row belongs to a bank when a column named ``bank_id``, or one that refers to the register, holds its id.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connections
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE
from tenants.registry.models import FoodBank

REGISTER: Final = "registry_foodbank"
HOSTS: Final = "registry_domain"
KEPT: Final[Mapping[str, str]] = {
    "registry_foodbank": "a tombstone: the number of the bank and the department it worked in",
    "registry_bankevent": "who decided what over its life, and when",
    "registry_bankstep": "the step that erased it",
    "registry_erasureproof": "the proof of the erasure",
    "network_transfer": "papers of goods that other banks sent or received; they must be able to trace them",
    "network_transferevent": "what each side did with those papers; they name no person",
    "network_transitleg": "grams that those papers account for",
    "network_surplus": "surplus that other banks asked of it; without its name and what it wrote",
    "network_surplusline": "goods that other banks asked for",
    "network_surplusrequest": "what it asked of others and they of it; without its name and what it wrote",
    "network_surpluswish": "grams of those requests",
    "network_routingstep": "answers to offers of donors, without what was written about the bank",
    "federation_delta": "national figures of past days, by number of the bank",
    "federation_rollup": "national figures of past days, by number of the bank",
}
"""Tables whose rows about an erased bank stay, and why (docs/adr/0006)."""

_COLUMNS: Final = """
SELECT table_name, array_agg(column_name ORDER BY column_name) FROM (
    SELECT owner.relname AS table_name, col.attname AS column_name
    FROM pg_constraint AS tie
    JOIN pg_class AS owner ON owner.oid = tie.conrelid
    JOIN pg_attribute AS col ON col.attrelid = tie.conrelid AND col.attnum = tie.conkey[1]
    WHERE tie.contype = 'f' AND tie.confrelid = 'public.registry_foodbank'::regclass
      AND owner.relname <> 'registry_foodbank'
    UNION
    SELECT c.relname, a.attname
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attname = 'bank_id' AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped
) AS found GROUP BY table_name ORDER BY table_name
"""
_TEXTS: Final = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attname)
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped
  AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype)
GROUP BY c.relname ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Belonging:
    """The rows of one public table that belong to a bank."""

    table: str
    columns: tuple[str, ...]

    def where(self, bank_id: UUID) -> sql.Composed:
        """Return the condition that keeps the bank's rows."""
        each = (
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(str(bank_id)))
            for name in self.columns
        )
        return sql.SQL("({})").format(sql.SQL(" OR ").join(each))


def belongings() -> list[Belonging]:
    """Return the public tables that hold rows of banks, the register itself first."""
    found = [Belonging(table, tuple(columns)) for table, columns in _rows(sql.SQL(_COLUMNS))]
    return [Belonging(REGISTER, ("id",)), *found]


def counts(bank_id: UUID) -> dict[str, int]:
    """Return how many rows of each public table belong to a bank; empty tables are left out."""
    found = {}
    for each in belongings():
        query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(
            sql.Identifier("public", each.table), each.where(bank_id)
        )
        number = next(_rows(query))[0]
        if number:
            found[each.table] = number
    return found


def removed_rows(bank_id: UUID) -> dict[str, int]:
    """Delete the bank's rows of every public table that is not in ``KEPT``; returns how many of each.

    Tables may refer to one another: those that are still referred to wait for the next round.
    """
    waiting = [each for each in belongings() if each.table not in KEPT]
    removed: dict[str, int] = {}
    while waiting:
        refused = [each for each in waiting if not _removed(each, bank_id, removed)]
        if len(refused) == len(waiting):
            raise LookupError(f"still referred to: {', '.join(each.table for each in refused)}")
        waiting = refused
    return removed


def left(bank_id: UUID, hosts: tuple[str, ...]) -> dict[str, int]:
    """Return how many rows outside ``KEPT`` still belong to a bank, a host of its among them."""
    found = _still(bank_id)
    query = sql.SQL("SELECT count(*) FROM {} WHERE domain = ANY ({}) OR tenant_id = {}").format(
        sql.Identifier("public", HOSTS), sql.Literal(list(hosts)), sql.Literal(str(bank_id))
    )
    number = next(_rows(query))[0]
    return {**found, HOSTS: number} if number else found


def named_by_others(bank: FoodBank, hosts: tuple[str, ...]) -> dict[str, int]:
    """Return how many rows of each table, outside ``KEPT``, are others' and name a bank in their text.

    Its id, schema or host counts where it stands as a whole word; what others wrote stays theirs.
    """
    own = {each.table: each.where(bank.pk) for each in belongings()}
    found = {}
    for table, columns in _rows(sql.SQL(_TEXTS)):
        if table in KEPT:
            continue
        query = sql.SQL("SELECT count(*) FROM {} WHERE ({}) IS NOT TRUE AND ({})").format(
            sql.Identifier("public", table),
            own.get(table, sql.SQL("FALSE")),
            sql.SQL(" OR ").join(_says(columns, bank, hosts)),
        )
        number = next(_rows(query))[0]
        if number:
            found[table] = number
    return found


def _says(columns: list[str], bank: FoodBank, hosts: tuple[str, ...]) -> Iterator[sql.Composed]:
    """Yield the conditions that keep rows with a word that is the bank's id, schema or host."""
    patterns = [_as_word(word, "a-z0-9-") for word in (str(bank.pk), bank.pk.hex, *hosts)]
    patterns.append(_as_word(bank.schema_name, "a-z0-9_"))
    for name in columns:
        for pattern in patterns:
            yield sql.SQL("{}::text ~* {}").format(sql.Identifier(name), sql.Literal(pattern))


def _as_word(word: str, letters: str) -> str:
    """Return the regular expression that finds a word where no more of these letters stand around it."""
    return f"(^|[^{letters}]){re.escape(word)}([^{letters}]|$)"


def _removed(each: Belonging, bank_id: UUID, removed: dict[str, int]) -> bool:
    """Delete the bank's rows of one table unless other rows of the schema still refer to them."""
    statement = sql.SQL("DELETE FROM {} WHERE {}").format(
        sql.Identifier("public", each.table), each.where(bank_id)
    )
    referred = sql.SQL(_REFERRED).format(
        sql.Literal(f"public.{each.table}"), sql.Literal(sorted(KEPT)), sql.Literal(each.table)
    )
    held = [table for (table,) in _rows(referred) if table in _still(bank_id)]
    if held:
        return False
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(statement)
        if cursor.rowcount:
            removed[each.table] = cursor.rowcount
    return True


_REFERRED: Final = """
SELECT DISTINCT child.relname FROM pg_constraint AS tie JOIN pg_class AS child ON child.oid = tie.conrelid
WHERE tie.contype = 'f' AND tie.confrelid = {}::regclass AND child.relname <> ALL ({}) AND child.relname <> {}
"""


def _still(bank_id: UUID) -> dict[str, int]:
    return {name: number for name, number in counts(bank_id).items() if name not in KEPT}


def _rows(query: sql.Composable) -> Iterator[Any]:
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(query.as_string(None))
        yield from cursor.fetchall()
