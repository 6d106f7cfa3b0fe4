"""Database: one connection engine, guarded by the open scope."""

from typing import Any

import dj_database_url

from collecto.settings import environment

DATABASE_URL = environment.value("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, conn_max_age=0),
        "ENGINE": "tenants.isolation.backend",
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": {
            "server_side_binding": True,
            "options": "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=60000",
            "application_name": "collecto",
            "pool": {"min_size": 1, "max_size": 10, "max_lifetime": 900, "timeout": 10},
        },
    }
}
DATABASE_ROLE_PREFIX = environment.value("DATABASE_ROLE_PREFIX", DATABASES["default"]["NAME"])
"""Roles belong to the whole cluster: the prefix keeps two installations apart."""
