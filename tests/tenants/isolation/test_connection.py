"""What a connection refuses, forgets and never does, under the login that web and workers have."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.utils import OperationalError

from apps.kernel.models import AuditEntry, DocumentSequence
from apps.kernel.scope import NoScope, Scope, ScopeKind, current_scope, scope_opened
from apps.sites.models import OpeningSlot
from apps.sites.states import SlotPurpose
from tenants.crossing import NoOwner, Purpose, in_federation, in_owner, in_platform, in_tenant
from tenants.isolation.backend.base import DatabaseWrapper, ForeignSwitch
from tenants.isolation.rights import role_name
from tenants.registry.models import FoodBank
from tests.making.logins import ALIAS, logged_in

NOWHERE = r"permission denied|does not exist|must be owner"
denied = pytest.raises(DatabaseError, match="permission denied")


def applied() -> tuple[str, str]:
    """Return the role and the search path that the server knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('search_path')")
        role, path = cursor.fetchone()
        return role, path


@pytest.fixture
def pooled(twin_a: FoodBank, transactional_db: None) -> Iterator[DatabaseWrapper]:
    """A connection from a pool of one, under the application's own login."""
    with logged_in(pool={"min_size": 1, "max_size": 1, "timeout": 0.2}) as found:
        yield found


@pytest.mark.pitfall(1)
def test_a_reused_connection_of_the_pool_knows_no_bank(twin_a: FoodBank, pooled: DatabaseWrapper):
    with in_tenant(twin_a, Purpose.TEST):
        AuditEntry.objects.using(ALIAS).count()
        backend = pooled.connection.info.backend_pid
    pooled.close()
    pooled.ensure_connection()
    assert pooled.connection.info.backend_pid == backend
    with pytest.raises(Exception, match=NOWHERE):
        pooled.connection.execute("SELECT * FROM kernel_auditentry")


@pytest.mark.pitfall(1)
def test_a_reused_connection_of_the_pool_keeps_no_lock_and_no_setting(
    twin_a: FoodBank, pooled: DatabaseWrapper
):
    with in_tenant(twin_a, Purpose.TEST), pooled.cursor() as cursor:
        cursor.execute("SET lock_timeout = 77; SELECT pg_advisory_lock(77); LISTEN gossip")
    pooled.close()
    pooled.ensure_connection()
    asked = "SELECT current_setting('lock_timeout'), (SELECT count(*) FROM pg_locks WHERE objid = 77),"
    asked += " (SELECT count(*) FROM pg_listening_channels())"
    assert pooled.connection.execute(asked).fetchone() == ("2s", 0, 0)


@pytest.mark.pitfall(2)
@pytest.mark.parametrize("model", [AuditEntry, FoodBank])
def test_without_a_scope_there_are_no_rows_neither_of_a_bank_nor_shared(db: None, model):
    with pytest.raises(NoScope):
        model.objects.count()


@pytest.mark.pitfall(2)
def test_the_login_itself_reads_nothing(pooled: DatabaseWrapper):
    pooled.ensure_connection()
    for table in ("public.registry_foodbank", "b_twin_a.kernel_auditentry", "public.django_session"):
        with pytest.raises(Exception, match="permission denied"):
            pooled.connection.execute(f"SELECT * FROM {table}")


@pytest.mark.pitfall(3)
def test_a_bank_that_does_not_exist_is_an_error_and_never_the_shared_tables(db: None):
    gone = Scope(kind=ScopeKind.BANK, schema="b_gone", role=role_name("b_gone"))
    with scope_opened(gone), pytest.raises(DatabaseError, match="does not exist"), transaction.atomic():
        AuditEntry.objects.count()


@pytest.mark.pitfall(3)
def test_a_schema_under_another_bank_s_role_is_empty(twin_a: FoodBank, twin_b: FoodBank):
    with in_tenant(twin_a, Purpose.TEST) as scope:
        mixed = Scope(kind=ScopeKind.BANK, schema=twin_b.schema_name, role=scope.role)
    with (
        scope_opened(mixed),
        pytest.raises(DatabaseError, match=NOWHERE),
        transaction.atomic(),
    ):
        AuditEntry.objects.count()


@pytest.mark.pitfall(10)
def test_after_a_rollback_the_next_query_is_in_the_open_bank(twin_a: FoodBank, twin_b: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        for opening in (twin_b, twin_a):
            with pytest.raises(LookupError), transaction.atomic(), in_tenant(opening, Purpose.TEST):
                AuditEntry.objects.count()
                raise LookupError
            assert applied() == (role_name(twin_a.schema_name), "b_twin_a, public")


@pytest.mark.pitfall(10)
@pytest.mark.django_db(transaction=True)
def test_a_switch_that_a_rollback_takes_back_is_made_again(twin_a: FoodBank, twin_b: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        applied()
    with in_tenant(twin_b, Purpose.TEST):
        with pytest.raises(LookupError), transaction.atomic():
            applied()
            raise LookupError
        assert applied() == (role_name(twin_b.schema_name), "b_twin_b, public")


@pytest.mark.pitfall(10)
@pytest.mark.django_db(transaction=True)
def test_after_a_commit_that_failed_the_next_query_is_in_the_open_bank(twin_a: FoodBank, twin_b: FoodBank):
    with in_tenant(twin_b, Purpose.TEST):
        applied()
    with in_tenant(twin_a, Purpose.TEST):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpeningSlot.objects.create(
                site_id=uuid4(), weekday=1, opens_at="08:00", closes_at="12:00", purpose=SlotPurpose.values[0]
            )
        assert applied() == (role_name(twin_a.schema_name), "b_twin_a, public")


@pytest.mark.pitfall(10)
@pytest.mark.django_db(transaction=True)
def test_after_a_lost_connection_the_next_query_is_in_the_open_bank(twin_a: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        applied()
        connection.connection.close()
        with pytest.raises(DatabaseError):
            applied()
        connection.close()
        assert applied() == (role_name(twin_a.schema_name), "b_twin_a, public")


@pytest.mark.pitfall(11)
@pytest.mark.parametrize(
    "statement",
    [
        'SET ROLE "{role}"',
        'SET LOCAL ROLE "{role}"',
        'set  session   role "{role}"',
        "SET search_path = {schema}",
        "SET LOCAL search_path TO {schema}",
        "SELECT 1; SET ROLE NONE",
        "SET SCHEMA '{schema}'",
        "RESET ROLE",
        "RESET ALL",
        "RESET search_path",
        "SET SESSION AUTHORIZATION DEFAULT",
        "DISCARD ALL",
        'SET/**/ROLE "{role}"',
        '/* a */ SET ROLE "{role}"',
        '-- a\nSET ROLE "{role}"',
        'SET "role" = "{role}"',
        'SET "search_path" = {schema}',
        "SELECT 1; /**/ SET ROLE NONE",
        "DO $$BEGIN SET ROLE NONE; END$$",
        "CALL anything()",
    ],
)
def test_code_that_changes_role_or_schema_is_refused(bank: FoodBank, twin_b: FoodBank, statement: str):
    other = {"role": role_name(twin_b.schema_name), "schema": twin_b.schema_name}
    with pytest.raises(ForeignSwitch), connection.cursor() as cursor:
        cursor.execute(statement.format(**other))
    assert applied() == (role_name(bank.schema_name), "b_twin_a, public")


@pytest.mark.parametrize(
    "statement",
    [
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET LOCAL lock_timeout = '1s'",
        "UPDATE kernel_documentsequence SET last = 1 WHERE kind = 'SET ROLE x; RESET ALL'",
        "SELECT 'a; SET ROLE b' -- SET ROLE b",
    ],
)
def test_statements_that_only_look_alike_pass(bank: FoodBank, statement: str):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert applied() == (role_name(bank.schema_name), "b_twin_a, public")


@pytest.mark.pitfall(11)
@pytest.mark.parametrize("name", ["role", "search_path", "session_authorization"])
def test_a_function_that_changes_role_or_schema_is_refused_by_the_database(bank: FoodBank, name: str):
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'b_twin_b', false)", [name])


@pytest.mark.pitfall(12)
@pytest.mark.parametrize("verb", ["SELECT * FROM", "DELETE FROM", "TRUNCATE", "LOCK TABLE", "DROP TABLE"])
def test_another_bank_s_table_by_its_full_name_is_refused(bank: FoodBank, verb: str):
    refused = pytest.raises(DatabaseError, match=NOWHERE)
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{verb} b_twin_b.kernel_auditentry")


@pytest.mark.pitfall(12)
def test_leaving_the_role_behind_our_back_gives_a_login_that_reads_nothing(
    twin_a: FoodBank, pooled: DatabaseWrapper
):
    with in_tenant(twin_a, Purpose.TEST):
        AuditEntry.objects.using(ALIAS).count()
        pooled.connection.execute("RESET ROLE")
        with pytest.raises(DatabaseError, match=NOWHERE):
            AuditEntry.objects.using(ALIAS).count()


@pytest.mark.pitfall(12)
def test_nobody_makes_a_table_that_would_hide_another(bank: FoodBank):
    for statement in (
        "CREATE TABLE kernel_auditentry_2 (id int)",
        "CREATE TABLE public.x (id int)",
        "CREATE TEMP TABLE kernel_auditentry (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):
        with denied, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.pitfall(13)
def test_two_statements_in_one_with_a_parameter_are_refused(bank: FoodBank):
    refused = pytest.raises(DatabaseError, match="multiple commands")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::int; SELECT 2", [1])


@pytest.mark.pitfall(20)
def test_every_connection_follows_the_open_bank(
    twin_a: FoodBank, twin_b: FoodBank, federation: FoodBank, pooled: DatabaseWrapper
):
    told = []
    for scope in (
        in_tenant(twin_a, Purpose.TEST),
        in_tenant(twin_b, Purpose.TEST),
        in_federation(federation, Purpose.TEST),
        in_platform(Purpose.TEST),
    ):
        with scope as opened, pooled.cursor() as cursor:
            cursor.execute("SELECT current_user::text, current_schema()")
            told.append(cursor.fetchone() == (opened.role, opened.schema))
    assert told == [True] * 4


@pytest.mark.pitfall(20)
def test_the_owner_s_connection_serves_nobody_else_and_no_other_serves_the_owner(twin_a: FoodBank):
    with in_tenant(twin_a, Purpose.TEST), pytest.raises(PermissionError):
        FoodBank.objects.using("owner").count()
    with in_owner(Purpose.TEST), pytest.raises(PermissionError):
        FoodBank.objects.using("default").count()


def test_a_process_without_the_owner_s_login_cannot_act_as_the_owner(monkeypatch):
    monkeypatch.delitem(settings.DATABASES, "owner")
    with pytest.raises(NoOwner), in_owner(Purpose.TEST):
        pass


@pytest.mark.pitfall(30)
def test_a_pool_that_is_used_up_is_told_and_not_waited_for_for_ever(
    twin_a: FoodBank, pooled: DatabaseWrapper
):
    raised = []

    def ask() -> None:
        with in_tenant(twin_a, Purpose.TEST):
            try:
                AuditEntry.objects.using(ALIAS).count()
            except OperationalError as error:
                raised.append(str(error))

    with in_tenant(twin_a, Purpose.TEST):
        AuditEntry.objects.using(ALIAS).count()
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert "couldn't get a connection" in raised[0]


def test_a_thread_starts_without_any_bank(bank: FoodBank):
    found: list[object] = []

    def ask() -> None:
        try:
            found.append(current_scope())
        except NoScope as error:
            found.append(type(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [NoScope]


def test_what_one_bank_counts_another_does_not(twin_a: FoodBank, twin_b: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        DocumentSequence.objects.create(kind="T", year=2026)
    with in_tenant(twin_b, Purpose.TEST):
        assert DocumentSequence.objects.count() == 0
