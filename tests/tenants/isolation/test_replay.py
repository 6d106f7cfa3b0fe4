"""A replayed schema is the schema that the migrations make, names of constraints included."""

import pytest
from django.db import connections
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE
from collecto.migrate import migrate_schema
from tenants.crossing import Purpose, in_owner
from tenants.isolation import schemas

CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
        FROM information_schema.columns WHERE table_schema = %s""",
    "constraints": """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s",
    "triggers": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND NOT t.tgisinternal""",
    "functions": """
        SELECT p.proname, pg_get_functiondef(p.oid)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %s""",
    "options": """
        SELECT c.relname, c.reloptions::text FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'""",
}


def described(schema: str) -> dict[str, list[str]]:
    """Return what the catalogue says of a schema, its own name blanked out."""
    found = {}
    with connections[OWNER_DATABASE].cursor() as cursor:
        for what, query in CATALOGUE.items():
            cursor.execute(query, [schema])
            found[what] = sorted(str(row).replace(schema, "SCHEMA") for row in cursor.fetchall())
        cursor.execute(sql.SQL("SELECT app, name FROM {}.django_migrations").format(sql.Identifier(schema)))
        found["migrations"] = sorted(map(str, cursor.fetchall()))
    return found


@pytest.mark.django_db(transaction=True)
def test_replay_makes_what_the_migrations_make():
    with in_owner(Purpose.TEST):
        schemas.build_schema("b_replayed")
        with connections[OWNER_DATABASE].cursor() as cursor:
            cursor.execute("CREATE SCHEMA b_migrated")
        migrate_schema("b_migrated")
        try:
            replayed, migrated = described("b_replayed"), described("b_migrated")
            for what, rows in migrated.items():
                assert replayed[what] == rows, what
        finally:
            schemas.drop_schema("b_replayed")
            schemas.drop_schema("b_migrated")
