"""What must be true of the database before a process serves anybody.

Behind a transaction pooler a bank's ``search_path`` and role would reach somebody else's connection, and a
login with rights of its own would need no role: in both cases the process refuses to start.
"""

import logging
from contextlib import ExitStack
from typing import Any, Final

import psycopg
from django.db import connections

from apps.kernel.scope import DEFAULT_DATABASE
from tenants.isolation import rights

logger = logging.getLogger("collecto.isolation")

PROBES: Final = 4
"""Sessions opened at once, and questions put to each in turns, to tell a pooler from a server."""

LOGIN: Final = """
SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole OR rolcreatedb
FROM pg_roles WHERE rolname = session_user
"""
RIGHTS: Final = """
SELECT count(*) FROM pg_class AS t JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND t.relkind IN ('r', 'p')
  AND (has_table_privilege(t.oid, 'SELECT, INSERT, UPDATE, DELETE') OR pg_has_role(t.relowner, 'MEMBER'))
"""
MISSING: Final = """
SELECT wanted FROM unnest(%s::text[]) AS wanted
WHERE to_regrole(quote_ident(wanted)) IS NULL OR NOT pg_has_role(to_regrole(quote_ident(wanted)), 'MEMBER')
"""
OPEN: Final = "SELECT has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'EXECUTE')"


class UnsafeDatabase(RuntimeError):
    """The database would not keep the banks apart; the message says why, one reason a line."""


def refuse_unsafe(alias: str = DEFAULT_DATABASE) -> None:
    """Look at the server and at the login of a connection, and refuse what would not isolate.

    Raises:
        UnsafeDatabase: a transaction pooler stands in between, or the login has rights of its own, or
            lacks the roles it must be able to take.
        psycopg.OperationalError: the server does not answer.
    """
    parameters = connections[alias].get_connection_params()
    reasons = _pooled(parameters) + _powers(parameters)
    if reasons:
        raise UnsafeDatabase("\n".join(reasons))


def _pooled(parameters: dict[str, Any]) -> list[str]:
    """Ask several sessions in turns which server process answers: a shared or changing one is a pooler's."""
    with ExitStack() as stack:
        sessions = [stack.enter_context(_session(parameters)) for _ in range(PROBES)]
        turns = [[_answer(each, "SELECT pg_backend_pid()")[0] for each in sessions] for _ in range(PROBES)]
    if any(turn != turns[0] for turn in turns) or len(set(turns[0])) < PROBES:
        return ["a transaction pooler stands before the database: connect to the server itself"]
    return []


def _powers(parameters: dict[str, Any]) -> list[str]:
    """Say what the login may do that it must not, and what it must be able to do."""
    with _session(parameters) as session:
        superuser, bypasses, inherits, creates = _answer(session, LOGIN)
        owned = _answer(session, RIGHTS)[0]
        roles = [rights.role_name(name) for name in (rights.PLATFORM, rights.FEDERATION)]
        missing = [row[0] for row in session.execute(MISSING, [roles]).fetchall()]
        if _answer(session, OPEN)[0]:
            logger.warning("set_config is open to everybody: let a superuser run `collecto migrate` once")
    found = {
        "is a superuser": superuser,
        "passes by row-level security": bypasses,
        "inherits the rights of its roles (make it NOINHERIT)": inherits,
        "may create roles or databases": creates,
        f"has rights of its own on {owned} shared tables": owned,
        f"cannot take the roles {', '.join(missing)}: run `collecto migrate`": missing,
    }
    return [f"the login of DATABASE_URL {what}" for what, is_so in found.items() if is_so]


def _session(parameters: dict[str, Any]) -> Any:
    return psycopg.connect(**{**parameters, "autocommit": True, "cursor_factory": psycopg.Cursor})


def _answer(session: Any, statement: str) -> tuple[Any, ...]:
    return tuple(session.execute(statement).fetchone() or ())
