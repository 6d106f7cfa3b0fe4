"""Fixture: a network that has lived two days, in a database of its own, for tests that look at pages.

Its rows are committed and many; the twin banks of the other tests never see them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker
from rich.console import Console

from apps.kernel.scope import OWNER_DATABASE
from collecto.demo.week import play
from collecto.migrate import migrate_public
from tenants.crossing import Purpose, in_owner
from tests.spaces import point_at

SEED, DAYS = 7, 2
_built: set[str] = set()


@pytest.fixture(scope="module")
def living_network(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Point every query at the lived-in database for the tests of a module; it is built once per run."""
    with django_db_blocker.unblock(), lived_in("living"):
        yield


@pytest.fixture(scope="module")
def living_copy(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Point every query at a copy of the lived-in database, for the tests of a module that commit."""
    with django_db_blocker.unblock(), _copy_of("living"):
        yield


@contextmanager
def _copy_of(suffix: str) -> Iterator[None]:
    """Point every query at a copy of a lived-in database for a block; the copy is dropped after it."""
    with lived_in(suffix):
        name = settings.DATABASES["default"]["NAME"]
    original, copy = sql.Identifier(name), sql.Identifier(f"{name}_copy")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy)
    with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(drop)
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, original))
    previous, prefix = settings.DATABASES["default"]["NAME"], settings.DATABASE_ROLE_PREFIX
    point_at(f"{name}_copy", prefix=name)
    try:
        yield
    finally:
        point_at(previous, prefix=prefix)
        with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
            cursor.execute(drop)


@contextmanager
def empty_network(suffix: str) -> Iterator[None]:
    """Point every query at a new database without a bank for a block; it is dropped with the run's own."""
    name = f"{settings.DATABASES['default']['NAME']}_{suffix}"
    previous, prefix = settings.DATABASES["default"]["NAME"], settings.DATABASE_ROLE_PREFIX
    with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    point_at(name, prefix=name)
    try:
        migrate_public()
        yield
    finally:
        point_at(previous, prefix=prefix)


@contextmanager
def lived_in(suffix: str) -> Iterator[None]:
    """Point every query at a lived-in database of the test run for a block."""
    name = f"{settings.DATABASES['default']['NAME']}_{suffix}"
    previous, prefix = settings.DATABASES["default"]["NAME"], settings.DATABASE_ROLE_PREFIX
    if name not in _built:
        with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    point_at(name, prefix=name)
    try:
        if name not in _built:
            migrate_public()
            play(console=Console(quiet=True), seed=SEED, days=DAYS)
            _built.add(name)
        yield
    finally:
        point_at(previous, prefix=prefix)
