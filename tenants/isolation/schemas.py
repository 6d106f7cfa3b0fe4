"""Building a bank's schema: the SQL of all migrations is collected once and replayed per bank.

Replaying takes a fraction of the time of running the migrations, keeps every constraint name, and runs
in one transaction with the role and its rights: a schema exists whole or not at all.
"""

from functools import lru_cache

from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE, PUBLIC_SCHEMA, Scope, ScopeKind, scope_opened
from tenants.isolation import rights

_BLUEPRINT_SCHEMA = "blueprint"


@lru_cache(maxsize=1)
def blueprint() -> str:
    """Return the SQL that makes an empty bank's tables, constraints, triggers and migration history.

    Names no schema: it is meant to run with ``search_path`` on the new one. Costs seconds once per
    process (Django renders every migration's state).
    """
    with scope_opened(_owner(_BLUEPRINT_SCHEMA)):
        executor = MigrationExecutor(connections[OWNER_DATABASE])
        executor.loader = MigrationLoader(None)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        state = ProjectState(real_apps=executor.loader.unmigrated_apps)
        with connections[OWNER_DATABASE].schema_editor(collect_sql=True, atomic=False) as editor:
            editor.create_model(MigrationRecorder.Migration)
        statements = list(editor.collected_sql)
        for migration, _backwards in plan:
            with connections[OWNER_DATABASE].schema_editor(collect_sql=True, atomic=False) as editor:
                state = migration.apply(state, editor, collect_sql=True)
            statements += editor.collected_sql
            statements.append(_recorded(migration.app_label, migration.name))
    return "\n".join(line for line in statements if line.strip() and not line.startswith("--"))


def build_schema(schema: str) -> None:
    """Create a bank's schema, role and rights in one transaction; does nothing where it exists."""
    body = blueprint()
    with scope_opened(_owner()), transaction.atomic(using=OWNER_DATABASE):
        if schema_exists(schema):
            return
        rights.ensure_role(schema, member_of=[rights.BANKS])
        with connections[OWNER_DATABASE].cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        with scope_opened(_owner(schema)), connections[OWNER_DATABASE].cursor() as cursor:
            cursor.execute(body)
            rights.grant_bank_rights(schema)


def drop_schema(schema: str) -> None:
    """Remove a bank's schema with everything in it, and its role."""
    with scope_opened(_owner()), transaction.atomic(using=OWNER_DATABASE):
        with connections[OWNER_DATABASE].cursor() as cursor:
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
        rights.drop_role(schema)


def schema_exists(schema: str) -> bool:
    """Tell whether a schema exists."""
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        return cursor.fetchone() is not None


def _owner(schema: str = PUBLIC_SCHEMA) -> Scope:
    return Scope(kind=ScopeKind.OWNER, schema=schema, database=OWNER_DATABASE)


def _recorded(app_label: str, name: str) -> str:
    """Return the statement that writes one migration into the new schema's history."""
    statement = sql.SQL("INSERT INTO django_migrations (app, name, applied) VALUES ({}, {}, now());").format(
        sql.Literal(app_label), sql.Literal(name)
    )
    return statement.as_string(None)
