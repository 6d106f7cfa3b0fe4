"""Periodic work: each turn of each job once, in every bank at work, whatever beats and clocks do."""

import datetime as dt
import random
from itertools import pairwise

import pytest
from celery import current_app
from django.db.models import F
from kombu.exceptions import OperationalError

from apps.kernel.scope import current_scope
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tenants.tasks import tasks
from tenants.tasks.models import PeriodicSlot
from tenants.tasks.rules import Turn, slot_due
from tenants.tasks.sending import is_of_platform
from tenants.tasks.slots import KEPT, slot_take
from tests.tenants.tasks import jobs
from tests.tenants.tasks.jobs import marks

HOUR = 3600


def visits(bank) -> int:
    return sum(key == "visit" for key, _believed in marks(bank))


def turns(job: str) -> list[int]:
    with in_platform(Purpose.TEST):
        return list(PeriodicSlot.objects.filter(job=job).order_by("slot").values_list("slot", flat=True))


def set_clock_back(**by: int) -> None:
    """Leave the turns where the clock put them before it was set back: in the future."""
    with in_platform(Purpose.TEST):
        PeriodicSlot.objects.update(
            claimed_at=F("claimed_at") + dt.timedelta(**by),
            slot=F("slot") + int(dt.timedelta(**by).total_seconds() // 60),
        )


def test_a_job_of_the_banks_runs_in_every_bank_at_work(twin_a, twin_b):
    tasks.every_bank("test.visit", 60)
    assert (visits(twin_a), visits(twin_b)) == (1, 1)


def test_a_job_passes_over_banks_that_are_not_at_work(twin_a, twin_b):
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_b.pk).update(status=BankStatus.SUSPENDED)
    tasks.every_bank("test.visit", 60)
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_b.pk).update(status=BankStatus.ACTIVE)
    assert (visits(twin_a), visits(twin_b)) == (1, 0)


def test_a_bank_that_closes_between_the_turn_and_its_chunk_is_passed_over(twin_a, twin_b):
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_b.pk).update(status=BankStatus.SUSPENDED)
    assert tasks.hand_out("test.visit", [str(twin_a.pk), str(twin_b.pk)]) == 1


def test_banks_are_handed_out_in_chunks(twin_a, twin_b, monkeypatch):
    monkeypatch.setattr(tasks, "CHUNK", 1)
    assert tasks.every_bank("test.visit", 60) >= 2
    assert (visits(twin_a), visits(twin_b)) == (1, 1)


def test_a_bank_where_the_job_fails_does_not_stop_the_others(twin_a, twin_b, monkeypatch):
    def fail_in_a() -> None:
        jobs.mark("visit")
        if current_scope().bank_id == twin_a.pk:
            raise LookupError

    monkeypatch.setattr(jobs.visit, "run", fail_in_a)
    tasks.every_bank("test.visit", 60)
    assert visits(twin_b) == 1


def test_a_turn_is_handed_out_once_however_often_it_is_asked_for(twin_a):
    for _ in range(3):
        tasks.every_bank("test.visit", HOUR)
        tasks.once("test.census", HOUR)
    assert visits(twin_a) == 1
    assert len(turns("test.visit")) == len(turns("test.census")) == 1


def test_a_turn_that_could_not_be_handed_out_is_left_to_the_next_who_asks(twin_a, monkeypatch):
    def refuse(*_args, **_options) -> None:
        raise OperationalError("the broker does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(tasks.hand_out, "apply_async", refuse)
        with pytest.raises(OperationalError, match="does not answer"):
            tasks.every_bank("test.visit", 60)
    assert turns("test.visit") == []
    tasks.every_bank("test.visit", 60)
    assert visits(twin_a) == 1


def test_a_clock_set_back_one_hour_neither_silences_a_job_nor_doubles_a_turn(twin_a):
    tasks.every_bank("test.visit", 60)
    set_clock_back(hours=1)
    for _ in range(3):
        tasks.every_bank("test.visit", 60)
    first, second = turns("test.visit")
    assert second == first + 1
    assert visits(twin_a) == 2


def test_a_clock_set_back_a_little_changes_nothing(db):
    assert slot_take("test.visit", every_s=60) is not None
    set_clock_back(seconds=20)
    assert slot_take("test.visit", every_s=60) is None


def test_turns_of_long_ago_are_forgotten_but_the_last_of_each_job(db):
    old = dt.datetime.now(dt.UTC) - KEPT - dt.timedelta(days=1)
    with in_platform(Purpose.TEST):
        for job, slot in (("a", 1), ("a", 2), ("b", 7)):
            PeriodicSlot.objects.create(job=job, slot=slot, claimed_at=old)
        PeriodicSlot.objects.create(job="c", slot=1)
        assert tasks.forget() == 1
        assert turns("a") == [2]
    assert turns("b") == [7]
    assert turns("c") == [1]


@pytest.mark.parametrize("seed", range(20))
def test_turns_are_numbered_once_and_never_two_periods_apart_while_the_clock_jumps(seed):
    """A job asked for twice a period by two beats, under a clock that is set back and forth."""
    chance, every = random.Random(seed), 60.0
    real, offset, last, ran = 0.0, 1_000_000.0, None, []
    numbers = []
    while real < 4 * HOUR:
        real += chance.uniform(1, every / 2)
        if chance.random() < 0.01:
            offset += chance.choice([-HOUR, HOUR, -5, 5, -90])
        slot = slot_due(now=real + offset, every=every, last=last)
        if slot is not None:
            last = Turn(slot=slot, taken_at=real + offset)
            ran.append(real)
            numbers.append(slot)
    assert len(set(numbers)) == len(numbers)
    assert numbers == sorted(numbers)
    assert max(later - earlier for earlier, later in pairwise(ran)) <= 3 * every


@pytest.mark.parametrize("seed", range(5))
def test_under_a_clock_that_is_right_every_period_has_its_turn(seed):
    chance, now, last = random.Random(seed), 1_000_000.0, None
    numbers: list[int] = []
    while len(numbers) < 500:
        now += chance.uniform(0.1, 30)
        slot = slot_due(now=now, every=60, last=last)
        if slot is not None:
            last = Turn(slot=slot, taken_at=now)
            numbers.append(slot)
    assert numbers == list(range(numbers[0], numbers[0] + 500))


def test_every_job_on_the_schedule_is_of_the_kind_its_entry_says():
    current_app.loader.import_default_modules()
    for entry in current_app.conf.beat_schedule.values():
        task = current_app.tasks[entry["args"][0]]
        assert is_of_platform(task) == (entry["task"] == "tasks.once")
