"""The outbox delivers what must still happen: at least once, banks in turn, poison set aside."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.db.models import F

from apps.kernel import facts
from apps.kernel.facts import Fact, Reactions, emit
from apps.kernel.scope import current_scope
from collecto.wiring import install
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.outbox.delivery import KEPT, deliver_one
from tenants.outbox.models import MAX_ATTEMPTS, OutboxMessage
from tenants.outbox.tasks import forget


@dataclass(frozen=True, slots=True, kw_only=True)
class KettleBoiled(Fact):
    """A fact of these tests alone."""

    name: str


seen: list[tuple[str, str]] = []


def on_kettle_boiled(fact: KettleBoiled) -> None:
    if fact.name == "poison":
        raise LookupError(fact.name)
    seen.append((current_scope().bank_slug, fact.name))


@pytest.fixture(autouse=True)
def wired():
    """Wire the test's own fact, and put the product's table back afterwards."""
    table = dict(facts.wiring())
    seen.clear()
    facts.connect({**table, KettleBoiled: Reactions(later=(on_kettle_boiled,))}, hint=lambda: None)
    yield
    install()


def boil(bank, name: str) -> None:
    with in_tenant(bank, Purpose.TEST), transaction.atomic():
        emit(KettleBoiled(name=name))


def messages():
    with in_platform(Purpose.TEST):
        return list(OutboxMessage.objects.order_by("id"))


def test_a_reaction_runs_in_the_bank_that_its_fact_comes_from(twin_a, twin_b, deliver):
    boil(twin_a, "green")
    boil(twin_b, "black")
    assert deliver() == 2
    assert sorted(seen) == [("twin-a", "green"), ("twin-b", "black")]


def test_a_delivered_row_is_not_delivered_again(twin_a, deliver):
    boil(twin_a, "green")
    assert deliver() == 1
    assert deliver() == 0


def test_a_rolled_back_fact_leaves_nothing_to_deliver(twin_a, deliver):
    with in_tenant(twin_a, Purpose.TEST), pytest.raises(LookupError), transaction.atomic():
        emit(KettleBoiled(name="green"))
        raise LookupError
    assert deliver() == 0


def test_banks_take_turns(twin_a, twin_b, deliver):
    for number in range(3):
        boil(twin_a, f"a{number}")
    boil(twin_b, "b0")
    deliver()
    assert {slug for slug, _name in seen[:2]} == {"twin-a", "twin-b"}


def test_the_bank_of_a_row_comes_from_the_role_of_the_connection(twin_a):
    boil(twin_a, "green")
    assert messages()[0].bank_id == twin_a.pk


def test_a_failing_row_waits_longer_each_time_and_is_parked_in_the_end(twin_a):
    boil(twin_a, "poison")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with in_platform(Purpose.TEST):
            OutboxMessage.objects.update(due_at="2000-01-01T00:00:00Z")
        assert deliver_one() is not None
        (row,) = messages()
        assert row.attempts == attempt
        assert (row.parked_at is not None) == (attempt == MAX_ATTEMPTS)
    assert deliver_one() is None


def test_a_failing_row_keeps_the_kind_of_error_and_not_its_words(twin_a):
    boil(twin_a, "poison")
    deliver_one()
    assert messages()[0].last_error == "LookupError"


def test_a_failing_row_does_not_hold_up_the_others(twin_a, twin_b, deliver):
    boil(twin_a, "poison")
    boil(twin_b, "black")
    deliver()
    assert ("twin-b", "black") in seen


def test_what_was_done_long_ago_is_forgotten_and_nothing_else(twin_a, deliver):
    for name in ("old", "fresh"):
        boil(twin_a, name)
    deliver()
    boil(twin_a, "waiting")
    with in_platform(Purpose.TEST):
        OutboxMessage.objects.filter(pk=messages()[0].pk).update(done_at=F("done_at") - KEPT)
    assert forget() == 1
    assert [message.payload["name"] for message in messages()] == ["fresh", "waiting"]
