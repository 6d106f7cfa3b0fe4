"""What runs after a commit sees the bank under which it was registered, and nothing of the others."""

import logging

import pytest
from django.db import connection, transaction

from apps.kernel.scope import current_scope, scope_or_none
from tenants.crossing import Purpose, in_platform, in_tenant
from tests.tenants.tasks import jobs
from tests.tenants.tasks.jobs import marks, marks_forget

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.pitfall(9)]


@pytest.fixture
def two_banks(transactional_db, twin_a, twin_b):
    """Two banks of the run, whose traces alone are committed, and taken away."""
    yield twin_a, twin_b
    for bank in (twin_a, twin_b):
        marks_forget(bank)


def keys(bank):
    return [key for key, believed in marks(bank) if believed == str(bank.pk)]


def test_a_callback_runs_in_the_bank_that_registered_it_though_another_s_transaction_commits(two_banks):
    one, other = two_banks
    seen = []
    with in_tenant(one, Purpose.TEST), transaction.atomic():
        with in_tenant(other, Purpose.TEST):
            transaction.on_commit(lambda: seen.append(current_scope().bank_id))
            transaction.on_commit(lambda: jobs.mark("k"))
        with in_platform(Purpose.TEST):
            transaction.on_commit(lambda: seen.append(current_scope().bank_id))
        transaction.on_commit(lambda: seen.append(current_scope().bank_id))
    assert seen == [other.pk, None, one.pk]
    assert (keys(one), keys(other)) == ([], ["k"])
    assert scope_or_none() is None


def test_a_task_sent_on_commit_goes_to_the_bank_that_sent_it(two_banks):
    one, other = two_banks
    with in_tenant(one, Purpose.TEST), transaction.atomic():
        with in_tenant(other, Purpose.TEST):
            jobs.plain.send_on_commit("k")  # type: ignore[attr-defined]
        assert keys(other) == []
    assert (keys(one), keys(other)) == ([], ["k"])


def test_a_task_of_a_transaction_rolled_back_is_not_sent(two_banks):
    one, _other = two_banks
    with in_tenant(one, Purpose.TEST), pytest.raises(LookupError), transaction.atomic():
        jobs.plain.send_on_commit("k")  # type: ignore[attr-defined]
        raise LookupError
    assert keys(one) == []


def test_a_callback_that_fails_gives_the_caller_s_bank_back_and_stops_nobody(two_banks, caplog):
    one, other = two_banks
    seen = []

    def fail() -> None:
        raise LookupError

    with in_tenant(one, Purpose.TEST):
        with transaction.atomic(), in_tenant(other, Purpose.TEST):
            transaction.on_commit(fail, robust=True)
            transaction.on_commit(lambda: seen.append(current_scope().bank_id))
        assert current_scope().bank_id == one.pk
    assert seen == [other.pk]
    assert any(record.levelno == logging.ERROR for record in caplog.records)


def test_only_something_that_can_be_called_is_called_after_a_commit(two_banks):
    one, _other = two_banks
    with in_tenant(one, Purpose.TEST), pytest.raises(TypeError), transaction.atomic():
        connection.on_commit("nothing")  # type: ignore[arg-type]
