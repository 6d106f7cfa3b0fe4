"""The server itself is asked, now and then, whose rows a request was served from.

The connection believes that it stands in the open scope; code that switched role or schema behind its back
would make it wrong. One request in ``SCOPE_CHECK_EVERY`` compares what the server says with the scope.
"""

import itertools
import logging
from collections.abc import Callable
from typing import Final

import psycopg
from django.conf import settings
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg import pq

from apps.kernel.scope import PUBLIC_SCHEMA, Scope, scope_or_none
from collecto import metrics

logger = logging.getLogger("collecto.scope")

WHERE: Final = "SELECT current_setting('role'), current_setting('search_path')"
USABLE: Final = (pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS)


class ScopeMismatch(RuntimeError):
    """The database served another scope than the open one; the answer is not given."""


class ScopeWatchMiddleware:
    """Checks a sample of requests; must come last, next to the view, where the scope is the request's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.turns = itertools.count()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and look at the connections that the request used."""
        response = self.get_response(request)
        every, scope = settings.SCOPE_CHECK_EVERY, scope_or_none()
        if every and scope is not None and next(self.turns) % every == 0:
            check(scope)
        return response


def check(scope: Scope) -> None:
    """Compare each open connection of the scope with what its server says.

    Raises:
        ScopeMismatch: a server stands elsewhere; its connection is closed for good.
    """
    for alias in {"default", getattr(scope, "database", "default"), getattr(scope, "reads_from", "default")}:
        connection = connections[alias]
        if connection.connection is None:
            continue
        said = _said_by(connection)
        if said is not None and not _stands_in(scope, *said):
            metrics.MISMATCHES.inc()
            connection.close()
            logger.critical("the database served another scope", extra={"alias": alias})
            raise ScopeMismatch("the database served another scope than the request's")


def _said_by(connection: BaseDatabaseWrapper) -> tuple[str, str] | None:
    """Return role and path as the server has them; ``None`` from one that is away or awaits a rollback."""
    try:
        with connection.cursor() as cursor:
            server: psycopg.Connection[tuple[str, str]] = cursor.connection
            usable = server.info.transaction_status in USABLE
            return server.execute(WHERE).fetchone() if usable else None
    except (OperationalError, psycopg.OperationalError):
        return None


def _stands_in(scope: Scope, role: str, path: str) -> bool:
    schemas = [part.strip().strip('"') for part in path.split(",")]
    return (
        role == (scope.role or "none") and schemas[0] == scope.schema and set(schemas[1:]) <= {PUBLIC_SCHEMA}
    )
