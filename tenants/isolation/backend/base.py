"""A connection that follows the open scope and knows no other bank.

django-tenants keeps the tenant on the per-thread connection and falls back to ``public``. Here the
tenant is the scope of the running context; ``search_path`` and ``ROLE`` travel in one message whenever
the wanted pair differs from the applied one; outside every scope a query raises ``NoScope``. The owner's
connection answers the owner's scope alone, and no other connection does.
"""

import re
from typing import Any, Final, NamedTuple

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql.base import CursorDebugWrapper
from django.db.backends.utils import CursorWrapper
from django_tenants.postgresql_backend import base as django_tenants_base
from psycopg import sql

from apps.kernel.scope import (
    OWNER_DATABASE,
    PUBLIC_SCHEMA,
    Scope,
    ScopeKind,
    current_scope,
    scope_or_none,
    scope_replaced,
)
from tenants.isolation.backend.callbacks import ScopedCallbacks


class Applied(NamedTuple):
    """What the server session was last told."""

    schemas: tuple[str, ...]
    role: str | None


FORGET: Final = "RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all()"
SUSPECT: Final = re.compile(r"\b(?:SET|RESET|DISCARD|DO|CALL)\b", re.IGNORECASE)
"""A word that a statement which changes whose rows are in reach cannot do without."""
ASIDE: Final = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|(?P<quote>\$\w*\$).*?(?P=quote)", re.DOTALL)
"""Comments and texts: what they say does nothing."""
SWITCH: Final = re.compile(
    r"(?:^|;|\bBEGIN\b)\s*(?:(?:SET|RESET)\s+(?:(?:LOCAL|SESSION)\s+)?"
    r"(?:ROLE|SESSION\s+AUTHORIZATION|SEARCH_PATH|SESSION_AUTHORIZATION|SCHEMA|ALL)|DISCARD|DO|CALL)\b",
    re.IGNORECASE,
)
"""Statements that change whose rows are in reach, or may; only this module sends them."""


class ForeignSwitch(PermissionError):
    """Code tried to change role or schema by itself, behind the back of the open scope."""


def forget_scope(connection: psycopg.Connection[Any]) -> None:
    """Pool reset hook: no connection goes back to the pool with a bank, a lock or a setting on it."""
    connection.execute(FORGET)
    if not connection.autocommit:
        connection.commit()


def refuse_switch(statement: Any) -> None:
    """Let a statement pass unless it would change role or schema.

    Raises:
        ForeignSwitch: it would.
    """
    text = statement if isinstance(statement, str) else statement.as_string(None)
    if SUSPECT.search(text) and SWITCH.search(ASIDE.sub(" ", text).replace('"', " ")):
        raise ForeignSwitch(f"only tenants.crossing opens a bank; refused: {text[:60]}")


class GuardedCursor(CursorWrapper):
    """A cursor that refuses to leave the open scope."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run a statement of the open scope."""
        refuse_switch(sql)
        return super().execute(sql, params)

    def executemany(self, sql: Any, param_list: Any) -> Any:
        """Run a statement of the open scope once per set of parameters."""
        refuse_switch(sql)
        return super().executemany(sql, param_list)


class GuardedDebugCursor(GuardedCursor, CursorDebugWrapper):
    """The same, which also keeps the statements for whoever counts them."""


class DatabaseWrapper(ScopedCallbacks, django_tenants_base.DatabaseWrapper):  # type: ignore[misc]
    """PostgreSQL connection bound to the open scope at every cursor."""

    _applied: Applied | None = None
    _connecting = False
    _built = False
    _only_own_schema = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._built = True
        pool = self.settings_dict.get("OPTIONS", {}).get("pool")
        if isinstance(pool, dict):
            pool.setdefault("reset", forget_scope)

    @property
    def schema_name(self) -> str:
        """Schema of the open scope (``public`` outside, where queries raise anyway)."""
        scope = scope_or_none()
        return scope.schema if scope else PUBLIC_SCHEMA

    @schema_name.setter
    def schema_name(self, value: str | None) -> None:
        """Ignore django-tenants' own bookkeeping: the scope is the only truth."""

    @property
    def tenant(self) -> Any:
        """Stand-in with the schema of the open scope, for django-tenants' router and commands."""
        return django_tenants_base.FakeTenant(schema_name=self.schema_name)

    @tenant.setter
    def tenant(self, value: Any) -> None:
        """Ignore django-tenants' own bookkeeping."""

    @property
    def search_path_set_schemas(self) -> tuple[str, ...] | None:
        """What django-tenants calls the applied path; setting it to ``None`` forgets it."""
        return self._applied.schemas if self._applied else None

    @search_path_set_schemas.setter
    def search_path_set_schemas(self, value: Any) -> None:
        """Forget what was applied."""
        self._applied = None

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Let the migration executor, which runs as the owner, move between schemas; nobody else.

        Raises:
            PermissionError: the open scope is not the owner's.
        """
        if not self._built:
            return
        scope = current_scope()
        if scope.kind is not ScopeKind.OWNER:
            raise PermissionError("only tenants.crossing opens a bank")
        scope_replaced(Scope(kind=ScopeKind.OWNER, schema=tenant.schema_name, database=OWNER_DATABASE))
        self._only_own_schema = not include_public
        ContentType.objects.clear_cache()

    @property
    def _is_owner(self) -> bool:
        return self.alias in (OWNER_DATABASE, NO_DB_ALIAS)

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a cursor so that it stays in the open scope; the owner's may do anything."""
        return CursorWrapper(cursor, self) if self._is_owner else GuardedCursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a cursor of a connection whose statements are counted."""
        kind = CursorDebugWrapper if self._is_owner else GuardedDebugCursor
        return kind(cursor, self)

    def connect(self) -> None:
        """Open the connection; its own set-up queries run before any scope is applied."""
        self._applied = None
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Tell the server the open scope, unless it already knows it."""
        if self._connecting or self._setting_search_path:
            return
        wanted = self._wanted()
        if self._applied == wanted:
            return
        self._applied = None
        with self.wrap_database_errors:
            try:
                self.connection.execute(_switch(wanted))
            except psycopg.errors.InFailedSqlTransaction:
                return
        self._applied = wanted

    def _wanted(self) -> Applied:
        scope = current_scope()
        if (scope.kind is ScopeKind.OWNER) is not self._is_owner:
            raise PermissionError(f"connection {self.alias!r} does not serve a scope of kind {scope.kind}")
        if scope.schema == PUBLIC_SCHEMA:
            return Applied((PUBLIC_SCHEMA,), scope.role)
        if self._only_own_schema and scope.kind is ScopeKind.OWNER:
            return Applied((scope.schema,), scope.role)
        return Applied((scope.schema, PUBLIC_SCHEMA), scope.role)


def _switch(wanted: Applied) -> sql.Composed:
    """Compose ``SET search_path …; SET ROLE …`` as one message."""
    path = sql.SQL(", ").join(sql.Identifier(schema) for schema in wanted.schemas)
    role = sql.SQL("NONE") if wanted.role is None else sql.Identifier(wanted.role)
    return sql.SQL("SET search_path = {}; SET ROLE {}").format(path, role)
