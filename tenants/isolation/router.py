"""Which connection serves a row: the one that the open scope names."""

from typing import Any, Final

from django.db import models

from apps.kernel.scope import OWNER_DATABASE, ScopeKind, scope_or_none

ON_REPLICA: Final = frozenset({"federation", "network", "library"})
"""Applications whose rows the federation only reads, and may read a moment late."""


class ScopeRouter:
    """Sends the ORM where the open scope lives; outside every scope the connection itself refuses."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        """Return the alias that answers a read."""
        scope = scope_or_none()
        if scope is None:
            return None
        if scope.kind is ScopeKind.FEDERATION and model._meta.app_label in ON_REPLICA:
            return scope.reads_from
        return scope.database

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        """Return the alias that takes a write."""
        scope = scope_or_none()
        return scope.database if scope else None

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool | None:
        """Let rows of one database refer to one another through whichever connection they came."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Migrate through the owner's connection only; which applications, the next router says."""
        return None if db == OWNER_DATABASE else False
