"""The operator has a parked row tried again or gives it up; the row keeps who decided, when and why."""

import datetime as dt

import pytest

from apps.kernel.abilities import Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from collecto.wiring import install
from tenants.crossing import Purpose, in_platform
from tenants.outbox.delivery import KEPT, deliver_one
from tenants.outbox.models import MAX_ATTEMPTS, OutboxMessage
from tenants.outbox.selectors import parked_rows
from tenants.outbox.services import row_discard, row_retry
from tenants.outbox.tasks import forget
from tests.people import actor_as
from tests.tenants.outbox.kitchen import boil, wire
from tests.tenants.tasks.jobs import marks


@pytest.fixture
def operator():
    return actor_as(Role.OPERATOR)


@pytest.fixture
def parked(twin_a):
    wire()
    boil(twin_a, "green")
    with in_platform(Purpose.TEST):
        row = OutboxMessage.objects.get()
        row.parked_at, row.attempts, row.last_error = dt.datetime.now(dt.UTC), MAX_ATTEMPTS, "LookupError"
        row.save()
    yield row
    install()


def rows():
    with in_platform(Purpose.TEST):
        return list(parked_rows())


def again(row) -> OutboxMessage:
    with in_platform(Purpose.TEST):
        return OutboxMessage.objects.get(pk=row.pk)


def test_parked_rows_wait_for_a_person_longest_waiting_first(parked, twin_a):
    boil(twin_a, "before", "waiting")
    with in_platform(Purpose.TEST):
        before = OutboxMessage.objects.get(payload__name="before")
        before.parked_at = parked.parked_at - dt.timedelta(days=1)
        before.save()
    assert rows() == [before, parked]


def test_a_row_tried_again_has_all_its_tries_and_is_delivered(parked, twin_a, operator):
    row_retry(operator, row_id=parked.pk)
    assert rows() == []
    assert again(parked).attempts == 0
    assert deliver_one() == twin_a.pk
    assert [key for key, _bank in marks(twin_a)] == ["green"]


def test_a_row_given_up_is_never_tried_again(parked, operator):
    row_discard(operator, row_id=parked.pk, reason="the offer is withdrawn")
    assert rows() == []
    assert deliver_one() is None


def test_the_row_keeps_who_decided_when_and_why(parked, operator):
    row_retry(operator, row_id=parked.pk)
    with in_platform(Purpose.TEST):
        OutboxMessage.objects.update(parked_at=parked.parked_at, attempts=MAX_ATTEMPTS)
    row_discard(operator, row_id=parked.pk, reason=" hopeless ")
    first, second = again(parked).history
    assert (first["verb"], first["reason"], first["error"]) == ("retry", "", "LookupError")
    assert (second["verb"], second["reason"], second["attempts"]) == ("discard", "hopeless", MAX_ATTEMPTS)
    assert {first["actor_id"], second["actor_id"]} == {str(operator.id)}
    assert {first["actor"], second["actor"]} == {operator.label}
    assert dt.datetime.fromisoformat(first["at"]) <= dt.datetime.fromisoformat(second["at"])


def test_giving_up_needs_a_reason(parked, operator):
    with pytest.raises(DomainError, match="given up"):
        row_discard(operator, row_id=parked.pk, reason="  ")
    assert rows() == [parked]


def test_a_row_somebody_has_just_dealt_with_is_left_alone(parked, operator):
    row_discard(operator, row_id=parked.pk, reason="hopeless")
    with pytest.raises(Conflict):
        row_discard(operator, row_id=parked.pk, reason="hopeless")
    with pytest.raises(Conflict):
        row_retry(operator, row_id=parked.pk)
    assert len(again(parked).history) == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FEDERATION, Role.STOCK])
def test_only_the_operator_of_the_platform_decides(parked, role):
    with pytest.raises(Forbidden):
        row_retry(actor_as(role), row_id=parked.pk)
    with pytest.raises(Forbidden):
        row_discard(actor_as(role), row_id=parked.pk, reason="hopeless")
    assert rows() == [parked]


def test_rows_given_up_long_ago_are_forgotten(parked, operator):
    row_discard(operator, row_id=parked.pk, reason="hopeless")
    assert forget() == 0
    with in_platform(Purpose.TEST):
        OutboxMessage.objects.update(discarded_at=dt.datetime.now(dt.UTC) - KEPT - dt.timedelta(days=1))
    assert forget() == 1
