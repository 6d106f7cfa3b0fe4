"""Two beats side by side, with a real broker and a real worker: each turn once, none missing."""

import time
from collections import Counter

import pytest
from celery import current_app  # the product's own, loaded at start-up

from tenants.crossing import Purpose, in_platform
from tenants.tasks.beat import SteadyScheduler
from tenants.tasks.models import PeriodicSlot
from tests.tenants.tasks.jobs import marks
from tests.workers import Worker, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)
OURS = {"DJANGO_SETTINGS_MODULE": "tests.tenants.tasks.settings"}
TURNS = 5


def turns(job: str) -> list[int]:
    with in_platform(Purpose.TEST):
        return list(PeriodicSlot.objects.filter(job=job).order_by("slot").values_list("slot", flat=True))


@pytest.mark.slow
def test_two_beats_give_each_turn_once_and_leave_none_out(fresh_bank, broker_url, tmp_path):
    banks = [fresh_bank(), fresh_bank()]
    with (
        worker(broker_url, tmp_path / "worker.log", **OURS) as working,
        Worker(broker_url, tmp_path / "beat1.log", "beat", "--pidfile", str(tmp_path / "1"), **OURS) as one,
        Worker(broker_url, tmp_path / "beat2.log", "beat", "--pidfile", str(tmp_path / "2"), **OURS),
    ):
        assert wait_until(lambda: len(turns("test.visit")) >= TURNS), working.said() + one.said()
    taken = turns("test.visit")
    assert taken == list(range(taken[0], taken[0] + len(taken)))
    for bank in banks:
        visits = Counter(key for key, _believed in marks(bank))["visit"]
        assert len(taken) - 1 <= visits <= len(taken)


class Clock:
    """The schedule of a beat under a clock on the wall that is set back one hour."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.elapsed = 0.0
        self.wall = time.time()
        self.sent: list[tuple[float, str]] = []
        monkeypatch.setattr(time, "monotonic", lambda: self.elapsed)
        monkeypatch.setattr(time, "time", lambda: self.wall)


def test_a_beat_keeps_its_pace_when_the_clock_is_set_back(monkeypatch):
    clock = Clock(monkeypatch)
    schedule = {name: {"task": name, "schedule": every} for name, every in (("a", 10), ("b", 30))}
    beat = SteadyScheduler(current_app, lazy=True)
    beat.merge_inplace(schedule)  # type: ignore[arg-type]
    monkeypatch.setattr(
        beat, "apply_entry", lambda entry, producer=None: clock.sent.append((clock.elapsed, entry.name))
    )
    monkeypatch.setattr(SteadyScheduler, "producer", None)
    while clock.elapsed < 120:
        pause = beat.tick()
        clock.elapsed += pause
        clock.wall += pause - (3600 if clock.elapsed == 60 else 0)
    assert [at for at, name in clock.sent if name == "a"] == pytest.approx(list(range(0, 120, 10)))
    assert [at for at, name in clock.sent if name == "b"] == pytest.approx(list(range(0, 120, 30)))
