"""Database: one engine, guarded by the open scope, and one login per duty.

``DATABASE_URL`` is the login of web and workers: it owns nothing and reaches rows only through the role
of the open scope. ``DATABASE_OWNER_URL`` owns the tables and is given to migrations and provisioning
alone. ``DATABASE_REPLICA_URL``, where there is one, answers the federation's reads.
"""

from typing import Any, Final

import dj_database_url

from collecto.settings import environment

STATEMENT_SECONDS: Final = float(environment.value("DATABASE_STATEMENT_SECONDS", "10"))
"""Longest statement of a request; work in the background and migrations have their own limit."""
CONNECTIONS: Final = int(environment.value("DATABASE_CONNECTIONS", "10"))
"""Connections per process; more threads than that wait, then fail loudly."""


def login(url: str, *, statement_seconds: float, connections: int) -> dict[str, Any]:
    """Return the settings of one connection: guarded, pooled, with limits on waiting."""
    limits = {
        "TimeZone": "UTC",
        "lock_timeout": 2000,
        "statement_timeout": int(statement_seconds * 1000),
        "idle_in_transaction_session_timeout": 60000,
    }
    return {
        **dj_database_url.parse(url, conn_max_age=0),
        "ENGINE": "tenants.isolation.backend",
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": {
            "server_side_binding": True,
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
            "application_name": "collecto",
            "pool": {"min_size": 0, "max_size": connections, "max_lifetime": 900, "timeout": 10},
        },
    }


DATABASE_URL = environment.value("DATABASE_URL")
DATABASE_OWNER_URL = environment.value("DATABASE_OWNER_URL", "")
DATABASE_REPLICA_URL = environment.value("DATABASE_REPLICA_URL", "")
DATABASES: dict[str, dict[str, Any]] = {
    "default": login(DATABASE_URL, statement_seconds=STATEMENT_SECONDS, connections=CONNECTIONS)
}
if DATABASE_OWNER_URL:
    DATABASES["owner"] = login(DATABASE_OWNER_URL, statement_seconds=0, connections=2)
if DATABASE_REPLICA_URL:
    DATABASES["replica"] = login(
        DATABASE_REPLICA_URL, statement_seconds=STATEMENT_SECONDS, connections=CONNECTIONS
    )
TENANT_DB_ALIAS = "owner" if DATABASE_OWNER_URL else "default"
DATABASE_ROUTERS = [
    "apps.kernel.guard.RowRouter",
    "tenants.isolation.router.ScopeRouter",
    "django_tenants.routers.TenantSyncRouter",
]

DATABASE_ROLE_PREFIX = environment.value("DATABASE_ROLE_PREFIX", DATABASES["default"]["NAME"])
"""Roles belong to the whole cluster: the prefix keeps two installations apart."""
