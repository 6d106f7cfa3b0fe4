"""Connections that log in for real as web and workers do, instead of taking that identity in a test."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from typing import Any, cast

from django.conf import settings
from django.db import connections
from django.utils.connection import ConnectionDoesNotExist

from tenants.isolation.backend.base import DatabaseWrapper
from tenants.isolation.rights import app_login

ALIAS = "logged_in"


def login_settings(**options: Any) -> dict[str, Any]:
    """Return the settings of a connection under the application's own login, with options of its own."""
    found = deepcopy(connections["default"].settings_dict)
    found |= {"USER": app_login(), "NAME": settings.DATABASES["default"]["NAME"]}
    found["OPTIONS"] |= options
    return found


@contextmanager
def logged_in(alias: str = ALIAS, **options: Any) -> Iterator[DatabaseWrapper]:
    """Add a connection under the application's own login for a block; ``using="logged_in"`` reaches it."""
    connections.databases[alias] = login_settings(**options)
    connection = cast("DatabaseWrapper", connections[alias])
    try:
        yield connection
    finally:
        connection.close()
        connection.close_pool()
        del connections.databases[alias]
        with suppress(AttributeError, ConnectionDoesNotExist):
            del connections[alias]
