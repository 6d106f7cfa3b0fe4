"""The owner's own connection, on the schema it works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper

from apps.kernel.scope import OWNER_DATABASE, ScopeKind, current_scope, scope_opened


@contextmanager
def owning(schema: str) -> Iterator[BaseDatabaseWrapper]:
    """Yield the owner's connection with a schema open for a block; the schema need not exist yet.

    Raises:
        PermissionError: the open scope is not the owner's.
    """
    scope = current_scope()
    if scope.kind is not ScopeKind.OWNER:
        raise PermissionError("only the owner works on schemas: enter tenants.crossing.in_owner")
    with scope_opened(replace(scope, schema=schema)):
        yield connections[OWNER_DATABASE]


def renew(connection: BaseDatabaseWrapper) -> None:
    """End the server's side of a connection: what it remembers of the schemas it saw is given back."""
    connection.close()
    if isinstance(connection, DatabaseWrapper):
        connection.close_pool()
