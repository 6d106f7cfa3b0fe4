"""Banks take turns, however much one of them has waiting; a bank that is not at work waits."""

from threading import Thread
from uuid import UUID

import pytest
from django.db import connections, transaction

from apps.kernel.facts import emit
from collecto.wiring import install
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.outbox.delivery import NOBODY, deliver_one, drain
from tenants.outbox.models import OutboxMessage
from tenants.outbox.tasks import AT_ONCE, sweep
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.tenants.outbox.kitchen import PanBoiled, boil, wire
from tests.tenants.tasks.jobs import marks

MANY = 5_000


@pytest.fixture(autouse=True)
def wired():
    wire()
    yield
    install()


def waiting(bank: FoodBank | None, count: int) -> None:
    """Let a bank (or the platform) emit so many facts."""
    with in_tenant(bank, Purpose.TEST) if bank else in_platform(Purpose.TEST), transaction.atomic():
        for number in range(count):
            emit(PanBoiled(name=f"{number}"))


def served(count: int) -> list[UUID | None]:
    """Deliver some rows; returns whose they were."""
    found: list[UUID | None] = []
    for _ in range(count):
        found.append(deliver_one(after=(found[-1] if found else None) or NOBODY))
    return found


def move(bank: FoodBank, to: BankStatus) -> None:
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=bank.pk).update(status=to)


def test_5000_rows_of_one_bank_do_not_starve_another(twin_a, twin_b):
    waiting(twin_a, MANY)
    waiting(twin_b, 3)
    assert served(6).count(twin_b.pk) == 3


def test_the_platform_has_its_turn_too(twin_a, twin_b):
    for bank in (twin_a, twin_b, None):
        waiting(bank, 2)
    assert {*served(3)} == {twin_a.pk, twin_b.pk, NOBODY}
    assert {*served(3)} == {twin_a.pk, twin_b.pk, NOBODY}


def test_the_rows_of_a_suspended_bank_wait_without_losing_a_try(twin_a, twin_b):
    waiting(twin_a, 1)
    waiting(twin_b, 1)
    move(twin_a, BankStatus.SUSPENDED)
    assert served(2) == [twin_b.pk, None]
    move(twin_a, BankStatus.ACTIVE)
    with in_platform(Purpose.TEST):
        assert OutboxMessage.objects.get(bank_id=twin_a.pk).attempts == 0
    assert served(1) == [twin_a.pk]
    assert len(marks(twin_a)) == 1


def test_one_sweep_delivers_so_many_rows_then_lets_others_pass(monkeypatch):
    again = []
    monkeypatch.setattr("tenants.outbox.tasks.drain", lambda limit: limit)
    monkeypatch.setattr(sweep, "delay", lambda: again.append(True))
    assert sweep.run() == AT_ONCE
    assert again == [True]


@pytest.mark.django_db(transaction=True)
def test_several_who_deliver_at_once_deliver_each_row_once(fresh_bank):
    banks = [fresh_bank(), fresh_bank()]
    for bank in banks:
        waiting(bank, 30)
    threads = [Thread(target=drain_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for bank in banks:
        assert sorted(key for key, _bank in marks(bank)) == sorted(str(number) for number in range(30))


def drain_and_close() -> None:
    try:
        drain()
    finally:
        connections.close_all()


def test_a_bank_says_that_its_pans_boiled(twin_a, deliver):
    boil(twin_a, "green")
    assert deliver() == 1
    assert marks(twin_a) == [("green", str(twin_a.pk))]
