"""Fixtures: the test database, the banks in it, and scopes opened around a test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.signals import connection_created
from django.test import SimpleTestCase, TestCase, TransactionTestCase
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from apps.kernel.abilities import software
from apps.kernel.scope import OWNER_DATABASE
from collecto.migrate import migrate_public
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.isolation import schemas
from tenants.isolation.rights import app_login, models_of
from tenants.outbox.delivery import NOBODY, deliver_one
from tenants.registry.models import FoodBank
from tenants.registry.services import NewBank, bank_open
from tenants.registry.states import BankKind

OPERATOR = software("test")
TWINS = {
    "twin-a": NewBank(
        name="Banque Twin A",
        slug="twin-a",
        departments=["21", "71"],
        address={"department": "21", "city": "Dijon", "latitude": 47.32, "longitude": 5.04},
    ),
    "twin-b": NewBank(
        name="Banque Twin B",
        slug="twin-b",
        departments=["39"],
        address={"department": "39", "city": "Dole", "latitude": 47.09, "longitude": 5.49},
    ),
    "other-c": NewBank(name="Banque Autre C", slug="other-c", departments=["70"]),
}
FEDERATION = NewBank(name="Fédération Test", slug="federation", kind=BankKind.FEDERATION)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
) -> Iterator[None]:
    """Create the test database: public schema, two twin banks, the federation."""
    connection_created.connect(log_in_as_the_application)
    owner = connections[OWNER_DATABASE]
    with django_db_blocker.unblock(), in_owner(Purpose.TEST):
        previous = str(settings.DATABASES[OWNER_DATABASE]["NAME"])
        name = owner.creation._create_test_db(  # type: ignore[attr-defined]
            verbosity=0, autoclobber=True, keepdb=django_db_keepdb
        )
        point_at(name, prefix=name)
        migrate_public()
        for new in (*TWINS.values(), FEDERATION):
            bank_open(OPERATOR, new=new)
    _check_constraints_at_the_end()
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock(), in_owner(Purpose.TEST):
            connection.close()
            _end_sessions()
            owner.creation.destroy_test_db(previous, verbosity=0)


def _end_sessions() -> None:
    """End the sessions that threads or pools of a test still hold."""
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def log_in_as_the_application(connection: Any, **kwargs: Any) -> None:
    """Give every session but the owner's the login of web and workers: it owns nothing.

    The session may take its first identity back, which ``tampering`` does.
    """
    if connection.alias == "default":
        connection.connection.execute(
            sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(app_login()))
        )


def point_at(name: str, *, prefix: str) -> None:
    """Point every connection at a database whose roles begin with a prefix."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name
    settings.DATABASE_ROLE_PREFIX = prefix


@contextmanager
def tampering() -> Iterator[Any]:
    """Give a cursor that may do anything, inside the test's own transaction and the open scope's schema."""
    try:
        with transaction.atomic(), connection.cursor() as cursor, connection.wrap_database_errors:
            raw = connection.connection
            raw.execute("SET SESSION AUTHORIZATION DEFAULT; RESET ROLE")
            yield cursor.cursor
            raw.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(app_login())))
    finally:
        connection.search_path_set_schemas = None  # type: ignore[attr-defined]


KEPT = {"registry_foodbank", "registry_domain", "registry_territory"}


def _check_constraints_at_the_end() -> None:
    """Let the end of a test check deferred constraints, outside every scope the test opened.

    A test that commits empties the shared tables it may have written to; the twin banks stay.
    """
    SimpleTestCase._add_databases_failures = classmethod(lambda cls: None)  # type: ignore[attr-defined]
    SimpleTestCase._remove_databases_failures = classmethod(lambda cls: None)  # type: ignore[attr-defined]
    rolled_back = TestCase._fixture_teardown  # type: ignore[attr-defined]

    def after_rollback(self: TestCase) -> None:
        with in_platform(Purpose.TEST):
            rolled_back(self)

    def after_commit(self: TransactionTestCase) -> None:
        with in_owner(Purpose.TEST):
            _empty_shared_tables()

    TestCase._fixture_teardown = after_rollback  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = after_commit  # type: ignore[attr-defined]


def _empty_shared_tables() -> None:
    shared = [name for name in settings.SHARED_APPS if name.startswith("tenants.")]
    tables = {model._meta.db_table for model in models_of([*shared, "django.contrib.sessions"])} - KEPT
    names = sql.SQL(", ").join(sql.Identifier("public", table) for table in sorted(tables))
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(sql.SQL("SET session_replication_role = replica; TRUNCATE {} CASCADE").format(names))
        cursor.execute("SET session_replication_role = origin")


def bank_called(slug: str) -> FoodBank:
    """Return a bank of the test database."""
    with in_platform(Purpose.TEST):
        bank: FoodBank = FoodBank.objects.get(slug=slug)
    return bank


@pytest.fixture
def twin_a(db: None) -> FoodBank:
    """Bank A, inside a transaction that is rolled back."""
    return bank_called("twin-a")


@pytest.fixture
def twin_b(db: None) -> FoodBank:
    """Bank B, inside a transaction that is rolled back."""
    return bank_called("twin-b")


@pytest.fixture
def bank_c(db: None) -> FoodBank:
    """A third bank, party to nothing."""
    return bank_called("other-c")


@pytest.fixture
def federation(db: None) -> FoodBank:
    """The federation."""
    return bank_called("federation")


@pytest.fixture
def bank(twin_a: FoodBank) -> Iterator[FoodBank]:
    """Bank A with its scope open for the whole test."""
    with in_tenant(twin_a, Purpose.TEST):
        yield twin_a


@pytest.fixture
def fresh_bank(transactional_db: None) -> Iterator[Callable[..., FoodBank]]:
    """Open banks that commit for real, for races and crashes; they are dropped afterwards."""
    opened: list[FoodBank] = []

    def make(**fields: Any) -> FoodBank:
        slug = f"t-{uuid4().hex[:12]}"
        opened.append(bank_open(OPERATOR, new=NewBank(name=slug, slug=slug, **fields)))
        return opened[-1]

    yield make
    with in_owner(Purpose.TEST):
        _empty_shared_tables()
    for bank in reversed(opened):
        schemas.drop_schema(bank.schema_name)
        with in_owner(Purpose.TEST):
            FoodBank.objects.filter(pk=bank.pk).delete()


@pytest.fixture
def deliver() -> Callable[[], int]:
    """Deliver every due row of the outbox now, inside the test's transaction."""

    def run() -> int:
        delivered, served = 0, NOBODY
        while (following := deliver_one(after=served)) is not None:
            delivered, served = delivered + 1, following
        return delivered

    return run
