"""Which migrations each bank has behind it, and which are still ahead."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Final, TypeVar

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from psycopg import sql

from tenants.isolation import rights

T = TypeVar("T")

AT_ONCE: Final = 200
"""Histories read by one statement: each takes two locks until the statement ends."""

STANDING: Final = (
    "SELECT {name}, coalesce(md5(string_agg(app || '.' || name, ',' ORDER BY app COLLATE \"C\","
    " name COLLATE \"C\")), '') FROM {table}"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a bank's schema stands: a fingerprint of its history, and the blueprint it says it follows."""

    schema: str
    fingerprint: str
    blueprint: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a schema still lacks: migrations in order, and the state of the models they start from.

    ``adopted`` names the squashed migrations whose parts are all there already: they are only written
    into the history.
    """

    plan: tuple[Migration, ...]
    state: ProjectState
    adopted: tuple[tuple[str, str], ...] = ()


def standings(connection: BaseDatabaseWrapper, schemas: Iterable[str]) -> list[Standing]:
    """Return where the named schemas stand, those without a history left out; a statement per 200."""
    return [
        standing for some in batched(sorted(schemas), AT_ONCE) for standing in _standings(connection, some)
    ]


def ahead(connection: BaseDatabaseWrapper) -> Ahead:
    """Return what the schema that the connection is on still lacks.

    Raises:
        InconsistentMigrationHistory: a migration was applied before one it depends on.
    """
    executor = MigrationExecutor(connection)
    loader = executor.loader
    loader.check_consistent_history(connection)
    recorded = executor.recorder.applied_migrations()
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
    return Ahead(
        plan=tuple(migration for migration, _backwards in plan),
        state=state,
        adopted=tuple(
            key
            for key, migration in loader.replacements.items()
            if key not in recorded and all(part in recorded for part in migration.replaces)
        ),
    )


def blueprint_hash() -> str:
    """Return what tells one blueprint from another: all migrations, a dash, all rights of a bank's role.

    Every bank carries the hash of the blueprint it follows as the comment of its schema.
    """
    migrations = [f"{app}.{name}" for app, name in MigrationLoader(None).graph.nodes]
    told = [
        f"{model._meta.db_table}: {getattr(model, 'DATABASE_RIGHTS', rights.ALL)}"
        for model in rights.models_of(settings.TENANT_APPS)
    ]
    return f"{_hash(migrations)}-{_hash(told)}"


def has_same_rights(one: str, other: str) -> bool:
    """Tell whether two blueprints, by their hashes, give a bank's role the same rights."""
    return one.partition("-")[2] == other.partition("-")[2]


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most ``size``."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _standings(connection: BaseDatabaseWrapper, schemas: Sequence[str]) -> list[Standing]:
    blueprints = _with_history(connection, schemas)
    if not blueprints:
        return []
    query = sql.SQL(" UNION ALL ").join(
        sql.SQL(STANDING).format(name=sql.Literal(name), table=sql.Identifier(name, "django_migrations"))
        for name in blueprints
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [Standing(schema, mark, blueprints[schema]) for schema, mark in cursor.fetchall()]


def _with_history(connection: BaseDatabaseWrapper, schemas: Sequence[str]) -> dict[str, str]:
    """Return the schemas that hold a history of migrations, each with the blueprint it says it follows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT space.nspname, coalesce(obj_description(space.oid, 'pg_namespace'), '')"
            " FROM pg_class AS history JOIN pg_namespace AS space ON space.oid = history.relnamespace"
            " WHERE history.relname = 'django_migrations' AND space.nspname = ANY(%s)",
            [list(schemas)],
        )
        return dict(cursor.fetchall())


def _hash(parts: Iterable[str]) -> str:
    return sha256("\n".join(sorted(parts)).encode()).hexdigest()[:32]
