"""A connection follows the open scope and knows no other bank."""

import contextvars

import pytest
from django.db import DatabaseError, connection, transaction

from apps.kernel.models import AuditEntry
from apps.kernel.scope import NoScope, current_scope
from tenants.crossing import Purpose, each_tenant, in_platform, in_tenant
from tenants.registry.models import FoodBank


def entry(label: str) -> AuditEntry:
    return AuditEntry.objects.create(
        actor_label=label, record_kind="x", record_id="1", record_label="x", action="x"
    )


@pytest.mark.usefixtures("no_running_loop")
def test_a_query_outside_every_scope_is_an_error(db):
    """Where a loop runs, an empty context would have a connection of its own, which nobody closes."""
    with pytest.raises(NoScope):
        contextvars.Context().run(lambda: list(FoodBank.objects.all()))


def test_rows_written_in_one_bank_are_not_seen_in_the_other(twin_a, twin_b):
    with in_tenant(twin_a, Purpose.TEST):
        entry("of a")
    with in_tenant(twin_b, Purpose.TEST):
        assert not AuditEntry.objects.filter(record_kind="x").exists()
    with in_tenant(twin_a, Purpose.TEST):
        assert [e.actor_label for e in AuditEntry.objects.filter(record_kind="x")] == ["of a"]


def test_naming_the_other_schema_in_raw_sql_is_refused_by_the_database(twin_a, twin_b):
    denied = pytest.raises(DatabaseError, match="permission denied")
    with in_tenant(twin_a, Purpose.TEST), connection.cursor() as cursor, denied, transaction.atomic():
        cursor.execute("SELECT * FROM b_twin_b.kernel_auditentry")


def test_a_bank_cannot_write_the_register_of_banks(bank):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        FoodBank.objects.update(name="mine")


def test_the_caller_s_scope_comes_back_after_an_error_inside_another(twin_a, twin_b):
    with in_tenant(twin_a, Purpose.TEST):
        with pytest.raises(LookupError), in_tenant(twin_b, Purpose.TEST):
            raise LookupError
        assert current_scope().schema == "b_twin_a"
        entry("still a")
    with in_platform(Purpose.TEST):
        assert current_scope().schema == "public"


def test_a_rolled_back_savepoint_does_not_leave_the_connection_in_the_other_bank(twin_a, twin_b):
    with in_tenant(twin_a, Purpose.TEST):
        AuditEntry.objects.count()
        with pytest.raises(LookupError), transaction.atomic(), in_tenant(twin_b, Purpose.TEST):
            entry("of b")
            raise LookupError
        entry("of a")
        assert AuditEntry.objects.get(record_kind="x").actor_label == "of a"


def test_history_cannot_be_rewritten_by_a_bank(bank):
    entry("first")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        AuditEntry.objects.update(actor_label="somebody else")


def test_a_bank_whose_visit_fails_does_not_keep_the_others_waiting(twin_a, twin_b):
    seen = []

    def visit(bank: FoodBank) -> None:
        seen.append(bank.slug)
        if bank == twin_a:
            raise LookupError

    with pytest.raises(ExceptionGroup) as failed:
        each_tenant(Purpose.TEST, visit)
    assert seen == ["other-c", "twin-a", "twin-b"]
    assert failed.value.exceptions[0].__notes__ == ["while visiting twin-a"]
