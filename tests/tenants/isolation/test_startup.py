"""A process refuses to serve where the database would not keep the banks apart."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner
from tenants.isolation import startup
from tenants.isolation.rights import app_login
from tests.making.logins import ALIAS, logged_in
from tests.peers.pooler import PROGRAM, pooler

pytestmark = pytest.mark.django_db


@pytest.fixture
def login(db: None) -> Iterator[Any]:
    """A connection under the application's own login."""
    with logged_in() as found:
        yield found


@pytest.fixture
def a_pooler() -> None:
    """Skip, loudly, where the machine has no pooler to try; continuous integration has one."""
    if PROGRAM is None:
        if os.environ.get("COLLECTO_POOLER") == "required":
            pytest.fail("continuous integration needs pgbouncer")
        pytest.skip("no pgbouncer on this machine: the refusal behind a pooler is not tried")


def run_as_owner(statement: str, *names: str) -> None:
    with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def test_a_login_without_rights_is_accepted(login):
    startup.refuse_unsafe(ALIAS)


def test_the_owner_s_own_login_is_refused(db):
    with pytest.raises(startup.UnsafeDatabase, match="superuser"):
        startup.refuse_unsafe(OWNER_DATABASE)


@pytest.mark.parametrize(
    ("spoil", "mend", "reason"),
    [
        ("ALTER ROLE {} INHERIT", "ALTER ROLE {} NOINHERIT", "inherits"),
        ("ALTER ROLE {} BYPASSRLS", "ALTER ROLE {} NOBYPASSRLS", "row-level security"),
        ("ALTER ROLE {} CREATEROLE", "ALTER ROLE {} NOCREATEROLE", "create roles"),
        (
            "GRANT SELECT ON public.accounts_user TO {}",
            "REVOKE SELECT ON public.accounts_user FROM {}",
            "rights of its own on 1",
        ),
    ],
)
def test_a_login_with_powers_of_its_own_is_refused(login, spoil: str, mend: str, reason: str):
    run_as_owner(spoil, app_login())
    try:
        with pytest.raises(startup.UnsafeDatabase, match=reason):
            startup.refuse_unsafe(ALIAS)
    finally:
        run_as_owner(mend, app_login())


def test_a_login_that_cannot_take_the_roles_is_refused(login, monkeypatch):
    monkeypatch.setattr(settings, "DATABASE_ROLE_PREFIX", "never_migrated")
    with pytest.raises(startup.UnsafeDatabase, match="collecto migrate"):
        startup.refuse_unsafe(ALIAS)


@pytest.mark.parametrize(
    ("mode", "is_refused"), [("transaction", True), ("statement", True), ("session", False)]
)
def test_a_transaction_pooler_is_refused(login, a_pooler, tmp_path: Path, mode: str, is_refused: bool):
    found = login.get_connection_params()
    database = {name: found[name] for name in ("user", "host", "port", "dbname")}
    with pooler(database | {"password": found.get("password", "")}, tmp_path, mode=mode) as behind:
        reasons = startup._pooled({**found, **behind, "options": ""})
    assert bool(reasons) is is_refused


@pytest.fixture
def as_the_owner(login) -> dict[str, str]:
    """The environment of a process that was given the owner's login by mistake."""
    owner = connections[OWNER_DATABASE].settings_dict
    secret = f":{quote(owner['PASSWORD'])}" if owner["PASSWORD"] else ""
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{owner['USER']}{secret}@{owner['HOST']}:{owner['PORT']}/{owner['NAME']}",
        "DATABASE_OWNER_URL": "",
        "DATABASE_ROLE_PREFIX": settings.DATABASE_ROLE_PREFIX,
        "DJANGO_SETTINGS_MODULE": "collecto.settings.demo",
        "SECRET_KEY": "only-for-tests",
    }


@pytest.mark.parametrize("module", ["collecto.wsgi", "collecto.asgi"])
def test_the_web_process_ends_before_it_serves(as_the_owner: dict[str, str], module: str):
    started = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(started, env=as_the_owner, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "UnsafeDatabase: the login of DATABASE_URL is a superuser" in done.stderr


def test_a_worker_ends_before_it_takes_a_task(as_the_owner: dict[str, str], broker):
    started = [sys.executable, "-m", "celery", "-A", "collecto.celery", "worker", "--pool", "solo"]
    environment = as_the_owner | {"CELERY_BROKER_URL": broker.url}
    done = subprocess.run(started, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "is a superuser" in done.stdout + done.stderr
