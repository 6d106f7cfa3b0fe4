"""Roles and rights: one role per bank, one group for what banks share, one for platform, federation.

A model says what a bank's role may do with its table (``DATABASE_RIGHTS`` in a bank's schema,
``BANK_RIGHTS`` and ``FEDERATION_RIGHTS`` in the public schema). Tables of third-party applications are
listed here. Everything else in the public schema belongs to the platform role alone.
"""

from collections.abc import Iterable
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg import sql

from apps.kernel.scope import PUBLIC_SCHEMA

ALL: Final = "SELECT, INSERT, UPDATE, DELETE"
BANKS: Final = "banks"
PLATFORM: Final = "platform"
FEDERATION: Final = "federation"

THIRD_PARTY_RIGHTS: Final[dict[str, str]] = {
    "django_session": ALL,
    "django_content_type": "SELECT",
    "account_emailaddress": ALL,
    "account_emailconfirmation": ALL,
    "auth_group": "SELECT",
    "auth_permission": "SELECT",
}
"""Sign-in runs on the bank's own host, so these public tables are open to a bank's role."""


def role_name(name: str) -> str:
    """Return the role of a schema or a group, unique in the cluster: ``<prefix>:<name>``."""
    return f"{settings.DATABASE_ROLE_PREFIX}:{name}"


def ensure_role(name: str, *, member_of: Iterable[str] = ()) -> str:
    """Create a role without login if it is missing, and let the owner switch to it."""
    role = role_name(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
        for group in member_of:
            cursor.execute(
                sql.SQL("GRANT {} TO {}").format(sql.Identifier(role_name(group)), sql.Identifier(role))
            )
    return role


def drop_role(name: str) -> None:
    """Remove a role and everything granted to it in this database, if it exists."""
    role = role_name(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is not None:
            cursor.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))


def grant_public_rights() -> None:
    """Create the shared roles and give each its rights in the public schema (run after migrating)."""
    for name in (BANKS, PLATFORM, FEDERATION):
        ensure_role(name)
    with connection.cursor() as cursor:
        for name in (BANKS, PLATFORM, FEDERATION):
            cursor.execute(_on_schema(PUBLIC_SCHEMA, name))
        cursor.execute(
            sql.SQL(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0};"
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {0}"
            ).format(sql.Identifier(role_name(PLATFORM)))
        )
        for model in models_of(settings.SHARED_APPS):
            table = model._meta.db_table
            bank = getattr(model, "BANK_RIGHTS", THIRD_PARTY_RIGHTS.get(table, ""))
            federation = getattr(model, "FEDERATION_RIGHTS", bank)
            for name, rights in ((BANKS, bank), (FEDERATION, federation)):
                cursor.execute(_revoke(PUBLIC_SCHEMA, table, name))
                if rights:
                    cursor.execute(_grant(rights, PUBLIC_SCHEMA, table, name))
        for name in (BANKS, FEDERATION):
            cursor.execute(
                sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(
                    sql.Identifier(role_name(name))
                )
            )


def bank_grants(schema: str) -> sql.Composed:
    """Return the statements that give a bank's role its rights on its own schema, table by table."""
    role = sql.Identifier(role_name(schema))
    grants: list[sql.Composable] = [_on_schema(schema, schema)]
    for model in models_of(settings.TENANT_APPS):
        table = model._meta.db_table
        grants.append(_revoke(schema, table, schema))
        grants.append(_grant(getattr(model, "DATABASE_RIGHTS", ALL), schema, table, schema))
    everybody = sql.SQL("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {} FROM PUBLIC, {}")
    grants.append(everybody.format(sql.Identifier(schema), role))
    return sql.SQL(";").join(grants)


def grant_bank_rights(schema: str) -> None:
    """Give a bank's role its rights on its own schema, in one message."""
    with connection.cursor() as cursor:
        cursor.execute(bank_grants(schema))


def models_of(app_names: Iterable[str]) -> list[type[models.Model]]:
    """Return the models with a table of their own in the named applications."""
    names = set(app_names)
    return [
        model
        for config in apps.get_app_configs()
        if config.name in names or f"{type(config).__module__}.{type(config).__name__}" in names
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _on_schema(schema: str, role: str) -> sql.Composed:
    return sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
        sql.Identifier(schema), sql.Identifier(role_name(role))
    )


def _grant(rights: str, schema: str, table: str, role: str) -> sql.Composed:
    return sql.SQL("GRANT {} ON {} TO {}").format(
        sql.SQL(", ").join(sql.SQL(word.strip()) for word in rights.split(",")),
        sql.Identifier(schema, table),
        sql.Identifier(role_name(role)),
    )


def _revoke(schema: str, table: str, role: str) -> sql.Composed:
    return sql.SQL("REVOKE ALL ON {} FROM {}").format(
        sql.Identifier(schema, table), sql.Identifier(role_name(role))
    )
