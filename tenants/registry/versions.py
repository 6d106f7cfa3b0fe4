"""Spaces of another version: telling them, building one as it was, bringing it to the present."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE, current_scope
from tenants.isolation import rights
from tenants.isolation.blueprint import NOWHERE, history_table
from tenants.isolation.history import Ahead, ahead, blueprint_hash
from tenants.isolation.owning import owning
from tenants.isolation.replay import BREAK, new_tables_readable, perform, replay
from tenants.isolation.script import rehearsed, written

Migrations = Collection[tuple[str, str]]

_FOLLOWED: Final = "SELECT nspname, coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace"


@lru_cache(maxsize=1)
def present() -> str:
    """Return the name of the blueprint that this version of the product builds."""
    return blueprint_hash()


def followed() -> dict[str, str]:
    """Return the blueprint that each schema of the database follows; whoever asks may read it."""
    with connections[current_scope().database].cursor() as cursor:
        cursor.execute(_FOLLOWED)
        return dict(cursor.fetchall())


def is_present(schema: str) -> bool:
    """Tell whether a schema is of this version."""
    return followed().get(schema) == present()


def unknown_to_us(migrations: Migrations) -> list[str]:
    """Return the migrations that this version of the product does not have."""
    known = MigrationLoader(None).graph.nodes
    return sorted(f"{app}.{name}" for app, name in migrations if (app, name) not in known)


def build_as_of(schema: str, migrations: Migrations) -> None:
    """Create a bank's schema and role as these migrations left it; rights come with the present version.

    The caller holds the owner's scope and the transaction.
    """
    wanted = set(migrations)
    with owning(NOWHERE) as connection:
        executor = MigrationExecutor(connection)
        executor.loader = loader = MigrationLoader(None)
        plan = executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True)
        then = Ahead(
            plan=tuple(each for each, _backwards in plan if (each.app_label, each.name) in wanted),
            state=ProjectState(real_apps=loader.unmigrated_apps),
        )
        script = rehearsed(connection, written(connection, then).joined(), NOWHERE)
    rights.ensure_role(schema, member_of=[rights.BANKS])
    create = sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema))
    opening = BREAK.join([create, new_tables_readable(schema), sql.SQL(history_table())])
    with owning(schema) as connection, transaction.atomic(using=OWNER_DATABASE):
        perform(connection, schema, script.steps, opening=opening, ending=sql.SQL(""))


def bring_to_present(schema: str) -> None:
    """Run what a schema lacks, in the caller's transaction, and give its role the present rights."""
    with owning(schema) as connection:
        script = written(connection, ahead(connection)).joined()
    replay(schema, script)
