"""The connection that holds the rows of the open scope, and the one that owns the tables."""

from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections

from apps.kernel.scope import current_scope

_OWNER: Final = "owner"


def owner_alias() -> str:
    """Return the alias of the connection that owns the tables."""
    return _OWNER if _OWNER in connections.databases else DEFAULT_DB_ALIAS


def scope_alias() -> str:
    """Return the alias of the connection that holds the rows of the open scope."""
    return getattr(current_scope(), "database", DEFAULT_DB_ALIAS)


def has_owner() -> bool:
    """Tell whether this process was given the owner's login."""
    return _OWNER in connections.databases
