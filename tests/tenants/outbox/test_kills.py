"""Whatever dies while the outbox is delivered, each reaction happens once, and poison is set aside.

Broker and workers are real processes; they are killed as a power cut would.
"""

import datetime as dt
import time
from collections import Counter
from functools import partial

import pytest
from django.db import transaction

from collecto.wiring import install
from tenants.crossing import Purpose, in_platform
from tenants.outbox.delivery import LOST
from tenants.outbox.models import MAX_ATTEMPTS, OutboxMessage
from tenants.outbox.tasks import sweep
from tests.tenants.outbox.kitchen import boil, wire
from tests.tenants.tasks.jobs import marks
from tests.workers import sending_to, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)
OURS = {"DJANGO_SETTINGS_MODULE": "tests.tenants.outbox.settings"}
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def wired(broker_url):
    wire()
    with sending_to(broker_url):
        yield
    install()


def let_time_pass() -> None:
    """Make every row due that nobody holds, and wake the workers, as minutes of waiting would."""
    with in_platform(Purpose.TEST), transaction.atomic():
        waiting = OutboxMessage.objects.filter(done_at=None, parked_at=None, attempts__gt=0)
        free = [row.pk for row in waiting.select_for_update(skip_locked=True)]
        OutboxMessage.objects.filter(pk__in=free).update(due_at=LONG_AGO)
    sweep.delay()


def pending() -> int:
    with in_platform(Purpose.TEST):
        return OutboxMessage.objects.filter(done_at=None, parked_at=None).count()


def done_in(bank) -> Counter[str]:
    return Counter(key for key, believed in marks(bank) if believed == str(bank.pk))


def is_down_to(rows: int) -> bool:
    return pending() <= rows


def nothing_is_left() -> bool:
    if pending():
        let_time_pass()
        time.sleep(0.3)
    return not pending()


@pytest.mark.parametrize("size", [(60, 1), pytest.param((200, 3), marks=pytest.mark.slow)], ids=str)
def test_under_kills_of_the_worker_each_row_reacts_once(fresh_bank, broker_url, wired, tmp_path, size):
    rows, kills = size
    banks = [fresh_bank(), fresh_bank()]
    names = [f"pan-{number}" for number in range(rows // 2)]
    with worker(broker_url, tmp_path / "worker.log", **OURS) as process:
        for bank in banks:
            for name in names:
                boil(bank, name)
        for kill in range(1, kills + 1):
            left = rows - kill * rows // (kills + 1)
            assert wait_until(partial(is_down_to, left)), process.said()
            process.kill()
            process.restart()
            sweep.delay()
        assert wait_until(nothing_is_left), process.said()
    for bank in banks:
        assert done_in(bank) == Counter(names)


@pytest.mark.slow
def test_a_reaction_that_kills_its_process_is_parked_while_the_others_are_delivered(
    fresh_bank, broker_url, wired, tmp_path
):
    one, other = fresh_bank(), fresh_bank()
    boil(one, "deadly", *(f"one-{number}" for number in range(20)))
    boil(other, *(f"other-{number}" for number in range(20)))
    with worker(broker_url, tmp_path / "worker.log", **OURS) as process:
        assert wait_until(lambda: pending() <= 1), process.said()
        assert wait_until(nothing_is_left), process.said()
    with in_platform(Purpose.TEST):
        parked = OutboxMessage.objects.get(parked_at__isnull=False)
    assert (parked.payload["name"], parked.attempts, parked.last_error) == ("deadly", MAX_ATTEMPTS, LOST)
    assert done_in(one) == Counter(f"one-{number}" for number in range(20))
    assert done_in(other) == Counter(f"other-{number}" for number in range(20))
