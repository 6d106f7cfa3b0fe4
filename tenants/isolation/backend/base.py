"""A connection that follows the open scope and knows no other bank.

django-tenants keeps the tenant on the per-thread connection and falls back to ``public``. Here the
tenant is the scope of the running context; ``search_path`` and ``ROLE`` travel in one message whenever
the wanted pair differs from the applied one; outside every scope a query raises ``NoScope``.
"""

from typing import Any, NamedTuple

import psycopg
from django.contrib.contenttypes.models import ContentType
from django_tenants.postgresql_backend import base as django_tenants_base
from psycopg import sql

from apps.kernel.scope import (
    PUBLIC_SCHEMA,
    Scope,
    ScopeKind,
    current_scope,
    scope_or_none,
    scope_replaced,
)


class Applied(NamedTuple):
    """What the server session was last told."""

    schemas: tuple[str, ...]
    role: str | None


def forget_scope(connection: psycopg.Connection[Any]) -> None:
    """Pool reset hook: no connection goes back to the pool with a bank on it."""
    connection.execute("RESET ROLE; RESET search_path")
    if not connection.autocommit:
        connection.commit()


class DatabaseWrapper(django_tenants_base.DatabaseWrapper):  # type: ignore[misc]
    """PostgreSQL connection bound to the open scope at every cursor."""

    _applied: Applied | None = None
    _connecting = False
    _built = False
    _only_own_schema = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._built = True

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
        scope_replaced(Scope(kind=ScopeKind.OWNER, schema=tenant.schema_name))
        self._only_own_schema = not include_public
        ContentType.objects.clear_cache()

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
        try:
            self.connection.execute(_switch(wanted))
        except psycopg.errors.InFailedSqlTransaction:
            return
        self._applied = wanted

    def _wanted(self) -> Applied:
        scope = current_scope()
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
