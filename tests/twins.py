"""Fixture: two banks with the same keys and different words, in a database of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from apps.kernel.scope import OWNER_DATABASE
from collecto.migrate import migrate_public
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.registry.models import FoodBank
from tenants.registry.services import bank_open
from tests.making.twins import MARKS, play_twins
from tests.spaces import FEDERATION, OPERATOR, TWINS, point_at

_built: set[str] = set()


@dataclass(frozen=True)
class Twins:
    """The two banks, one that deals with both, and the federation."""

    banks: dict[str, FoodBank]
    neighbour: FoodBank
    federation: FoodBank


@pytest.fixture(scope="module")
def twins(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Twins]:
    """Point every query at the twins' database for the tests of a module; it is built once per run."""
    with django_db_blocker.unblock(), twin_database():
        with in_platform(Purpose.TEST):
            found = {bank.slug: bank for bank in FoodBank.objects.prefetch_related("domains")}
        yield Twins(
            banks={slug: found[slug] for slug in MARKS},
            neighbour=found["other-c"],
            federation=found[FEDERATION.slug],
        )


@contextmanager
def twin_database() -> Iterator[None]:
    """Point every query at the twins' database for a block."""
    previous, prefix = settings.DATABASES["default"]["NAME"], settings.DATABASE_ROLE_PREFIX
    name = f"{previous}_twins"
    if name not in _built:
        with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    point_at(name, prefix=name)
    try:
        if name not in _built:
            _build()
            _built.add(name)
        yield
    finally:
        point_at(previous, prefix=prefix)


def _build() -> None:
    """Play the twins' story, its addresses read beforehand, as on a server: no form is made in a bank."""
    list(get_resolver().url_patterns)
    migrate_public()
    opened = {new.slug: bank_open(OPERATOR, new=new) for new in (*TWINS.values(), FEDERATION)}
    play_twins({slug: opened[slug] for slug in MARKS}, opened["other-c"])
