"""Roles and rights: one role per bank, a group for what banks share, one for platform, federation.

A model says what a bank's role may do with its table (``DATABASE_RIGHTS`` in a bank's schema,
``BANK_RIGHTS`` and ``FEDERATION_RIGHTS`` in the public schema) and which shared rows concern a bank
(``BANK_ROWS``, a condition in SQL). Whatever says nothing belongs to the platform role alone, which may do
anything with it unless ``PLATFORM_RIGHTS`` says less.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE, PUBLIC_SCHEMA

ALL: Final = "SELECT, INSERT, UPDATE, DELETE"
APP: Final = "app"
BANKS: Final = "banks"
PLATFORM: Final = "platform"
FEDERATION: Final = "federation"
GROUPS: Final = (BANKS, PLATFORM, FEDERATION)

DOORS: Final[dict[str, tuple[str, ...]]] = {
    "current_bank()": (BANKS, PLATFORM, FEDERATION),
    "fold(text)": (BANKS, PLATFORM, FEDERATION),
    "offers_asked()": (BANKS,),
    "outbox_append(text, text, jsonb)": (BANKS, PLATFORM),
    "own_people()": (BANKS,),
    "own_reader(text)": (BANKS,),
    "own_figures(date, date)": (BANKS,),
    "network_figures(date, date)": (PLATFORM, FEDERATION),
}
"""Functions of the public schema that a role may call; the others serve triggers alone."""


LONGEST_ROLE: Final = 63
"""Bytes of a name that PostgreSQL keeps; it cuts the rest off without a word."""


class RoleNameTooLong(ValueError):
    """PostgreSQL would cut the name of a role, and two banks might share one."""


def role_name(name: str) -> str:
    """Return the role of a schema or a group, unique in the cluster: ``<prefix>:<name>``.

    Raises:
        RoleNameTooLong: the prefix of the installation leaves too little room for the name.
    """
    role = f"{settings.DATABASE_ROLE_PREFIX}:{name}"
    if len(role.encode()) > LONGEST_ROLE:
        raise RoleNameTooLong(f"{role} is longer than {LONGEST_ROLE} bytes: shorten DATABASE_ROLE_PREFIX")
    return role


def app_login() -> str:
    """Return the login of web and workers: the one of ``DATABASE_URL``, unless that is the owner's own."""
    name = str(settings.DATABASES["default"]["USER"])
    shared = name == settings.DATABASES[OWNER_DATABASE]["USER"]
    return role_name(APP) if shared or not name else name


def ensure_login() -> None:
    """Create the login of web and workers if it is missing: it inherits nothing and owns nothing."""
    login, password = app_login(), str(settings.DATABASES["default"]["PASSWORD"])
    with _cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login])
        if cursor.fetchone() is None:
            create = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(login))
            if password:
                create += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
            cursor.execute(create)


def ensure_role(name: str, *, member_of: Iterable[str] = ()) -> str:
    """Create a role without login if it is missing, and let the application's login switch to it."""
    role = role_name(name)
    with _cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        cursor.execute(
            sql.SQL("GRANT {} TO CURRENT_USER, {}").format(sql.Identifier(role), sql.Identifier(app_login()))
        )
        for group in member_of:
            cursor.execute(
                sql.SQL("GRANT {} TO {}").format(sql.Identifier(role_name(group)), sql.Identifier(role))
            )
    return role


def drop_role(name: str) -> None:
    """Remove a role and everything granted to it in this database, if it exists."""
    role = role_name(name)
    with _cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is not None:
            cursor.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))


def grant_public_rights() -> None:
    """Create the shared roles and give each its rights in the public schema (run after migrating)."""
    ensure_login()
    for name in GROUPS:
        ensure_role(name)
    with _cursor() as cursor:
        cursor.execute(_closed_database())
        cursor.execute(sql.SQL(";").join(_public_grants()))
        for model in models_of(settings.SHARED_APPS):
            _protect_rows(cursor, model)
        _let_login_take_roles(cursor)
        _close_set_config(cursor)


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


def _cursor() -> Any:
    return connections[OWNER_DATABASE].cursor()


def _closed_database() -> sql.Composed:
    """Return what takes away the rights that PostgreSQL gives to everybody."""
    return sql.SQL(
        "REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO {1};"
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
        "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;"
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    ).format(sql.Identifier(connections[OWNER_DATABASE].settings_dict["NAME"]), sql.Identifier(app_login()))


def _public_grants() -> list[sql.Composable]:
    """Return the grants on the public schema: tables by role, sequences of the platform, doors."""
    grants: list[sql.Composable] = [_on_schema(PUBLIC_SCHEMA, name) for name in GROUPS]
    grants.append(
        sql.SQL(
            "GRANT SELECT ON public.django_migrations TO {0};"
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {0};"
            "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {1}, {2}"
        ).format(*(sql.Identifier(role_name(name)) for name in (PLATFORM, BANKS, FEDERATION)))
    )
    for model in models_of(settings.SHARED_APPS):
        table = model._meta.db_table
        bank = getattr(model, "BANK_RIGHTS", "")
        rights_of = {
            BANKS: bank,
            FEDERATION: getattr(model, "FEDERATION_RIGHTS", bank),
            PLATFORM: getattr(model, "PLATFORM_RIGHTS", ALL),
        }
        for name, rights in rights_of.items():
            grants.append(_revoke(PUBLIC_SCHEMA, table, name))
            if rights:
                grants.append(_grant(rights, PUBLIC_SCHEMA, table, name))
    for door, names in DOORS.items():
        roles = sql.SQL(", ").join(sql.Identifier(role_name(name)) for name in names)
        grants.append(sql.SQL("GRANT EXECUTE ON FUNCTION public.{} TO {}").format(sql.SQL(door), roles))
    return grants


def _protect_rows(cursor: Any, model: type[models.Model]) -> None:
    """Let a bank see only the shared rows that concern it; a policy in place is left alone."""
    rows = getattr(model, "BANK_ROWS", None)
    if rows is None:
        return
    table = model._meta.db_table
    mark = sha256(rows.encode()).hexdigest()[:16]
    cursor.execute(
        "SELECT obj_description(oid, 'pg_policy') FROM pg_policy"
        " WHERE polname = 'banks' AND polrelid = to_regclass(%s)",
        [f'public."{table}"'],
    )
    if cursor.fetchone() == (mark,):
        return
    named = sql.Identifier(PUBLIC_SCHEMA, table)
    statements = [sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(named)]
    conditions = [(BANKS, "SELECT", rows), (PLATFORM, "ALL", "true")]
    if getattr(model, "FEDERATION_RIGHTS", getattr(model, "BANK_RIGHTS", "")):
        conditions.append((FEDERATION, "SELECT", "true"))
    for name, what, condition in conditions:
        policy = sql.Identifier(name)
        statements += [
            sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(policy, named),
            sql.SQL("CREATE POLICY {} ON {} FOR {} TO {} USING ({})").format(
                policy, named, sql.SQL(what), sql.Identifier(role_name(name)), sql.SQL(condition)
            ),
        ]
    statements.append(
        sql.SQL("COMMENT ON POLICY {} ON {} IS {}").format(sql.Identifier(BANKS), named, sql.Literal(mark))
    )
    cursor.execute(sql.SQL(";").join(statements))


def _let_login_take_roles(cursor: Any) -> None:
    """Let the application's login switch to every role of this installation, those of older banks too."""
    login = app_login()
    cursor.execute(
        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s) AND rolname <> %s"
        " AND NOT pg_has_role(%s, oid, 'MEMBER')",
        [role_name(""), login, login],
    )
    for (role,) in cursor.fetchall():
        cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(login)))


def _close_set_config(cursor: Any) -> None:
    """Take ``set_config`` from everybody: it would change role and schema from inside a SELECT.

    Backups need it: a role for them is a member of ``pg_read_all_data``, which keeps it. Only a superuser
    may take it away; where the owner is not one, the start-up check says what is left open.
    """
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() == (True,):
        cursor.execute(
            "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;"
            "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean)"
            " TO CURRENT_USER, pg_read_all_data"
        )


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
