"""A job whose worker is killed is finished by the next one: every file once, nothing beyond what was asked.

Broker and workers are real processes, killed as a power cut would, while a lock holds them at a known
statement: the row of the file that a part has just made.
"""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pypdf
import pytest
from django.core.files.storage import storages
from django.db import transaction
from psycopg import sql

from apps.delivery.jobs import NOTES_OF_DAY, DayOfNotes
from apps.kernel.abilities import Role
from apps.kernel.facts import emit
from apps.kernel.files import chunks_of, files_sweep
from apps.kernel.history import history_of
from apps.kernel.jobs.facts import JobAdvanced
from apps.kernel.jobs.selectors import files_of_job
from apps.kernel.jobs.services import job_ask, job_cancel
from apps.kernel.jobs.states import JobState
from apps.kernel.models import Job
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.library.services import catalogue_adopt, library_load
from tenants.outbox.models import OutboxMessage
from tenants.outbox.tasks import sweep
from tenants.registry.models import FoodBank
from tests.making.banks import asked as rows_of
from tests.making.days import make_day_of_notes
from tests.people import actor_as
from tests.spaces import OPERATOR
from tests.tenants.registry.test_kill import WAITS, owner_url
from tests.workers import Worker, sending_to, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.date(2026, 3, 3)
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
ASKER = actor_as(Role.ORDERS)
COUNT = 120


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    """A bank with many notes of one day."""
    opened = fresh_bank()
    library_load(OPERATOR)
    catalogue_adopt(OPERATOR, bank=opened)
    with in_tenant(opened, Purpose.TEST):
        make_day_of_notes(COUNT, day=DAY)
    return opened


@contextmanager
def working(broker_url: str, log: Any) -> Iterator[Worker]:
    storage: Any = storages["default"]
    with worker(broker_url, log, FILES_ROOT=str(storage.inner.location)) as process:
        yield process


@contextmanager
def no_file_kept(bank: FoodBank) -> Iterator[Callable[[], bool]]:
    """Hold whoever keeps a file of the bank for a block; yields what tells whether somebody waits."""
    pids: set[int] = set()
    table = sql.SQL("LOCK TABLE {} IN SHARE MODE").format(
        sql.Identifier(bank.schema_name, "kernel_storedfile")
    )
    with psycopg.connect(owner_url()) as session:
        session.execute(table)

        def is_waiting() -> bool:
            pids.update(pid for (pid,) in rows_of(WAITS, session.info.backend_pid))
            return bool(pids)

        yield is_waiting
        session.rollback()


def ask(bank: FoodBank) -> Job:
    with in_tenant(bank, Purpose.TEST):
        asked = DayOfNotes(day=DAY, base="http://bank.collecto.test/")
        return job_ask(ASKER, kind=NOTES_OF_DAY, asked=asked, op_key=uuid4())


def now(bank: FoodBank, job: Job) -> Job:
    with in_tenant(bank, Purpose.TEST):
        return Job.objects.get(pk=job.pk)


def done_of(bank: FoodBank, job: Job) -> int:
    return now(bank, job).done


def let_time_pass() -> None:
    """Make every row due that nobody holds, and wake the workers, as a minute of waiting would."""
    with in_platform(Purpose.TEST), transaction.atomic():
        waiting = OutboxMessage.objects.filter(done_at=None, parked_at=None, attempts__gt=0)
        free = [row.pk for row in waiting.select_for_update(skip_locked=True)]
        OutboxMessage.objects.filter(pk__in=free).update(due_at=LONG_AGO)
    sweep.delay()


def nothing_is_left() -> bool:
    with in_platform(Purpose.TEST):
        return not OutboxMessage.objects.filter(done_at=None, parked_at=None).exists()


def told_again(bank: FoodBank, job: Job, *, times: int) -> None:
    """Tell workers several times over that the same part can begin."""
    with in_tenant(bank, Purpose.TEST), transaction.atomic():
        for _ in range(times):
            emit(JobAdvanced(job_id=job.pk, done=Job.objects.get(pk=job.pk).done))


def test_killed_in_the_middle_the_next_worker_goes_on_and_the_files_are_whole(bank, broker_url, tmp_path):
    with sending_to(broker_url), working(broker_url, tmp_path / "first.log") as first:
        job = ask(bank)
        assert wait_until(lambda: done_of(bank, job) > 0), first.said()
        with no_file_kept(bank) as is_waiting:
            assert wait_until(is_waiting), first.said()
            first.kill()
            stood = now(bank, job)
        assert stood.state == JobState.RUNNING
        assert 0 < stood.done < COUNT
        seen = [stood.done]
        with working(broker_url, tmp_path / "second.log") as second:
            told_again(bank, job, times=4)

            def is_over() -> bool:
                seen.append(done_of(bank, job))
                let_time_pass()
                return not now(bank, job).is_active

            assert wait_until(is_over), second.said()
    ended = now(bank, job)
    assert (ended.state, ended.done, ended.total) == (JobState.DONE, COUNT, COUNT)
    assert seen == sorted(seen)
    assert max(seen) <= COUNT
    with in_tenant(bank, Purpose.TEST):
        files = list(files_of_job(job))
        pages = [len(pypdf.PdfReader(io.BytesIO(b"".join(chunks_of(file)))).pages) for file in files]
        assert [file.name for file in files] == [
            f"delivery-notes-2026-03-03-{places}.pdf" for places in ("001-050", "051-100", "101-120")
        ]
        assert pages == [50, 50, 20]
        assert [[e.action for e in history_of(file)] for file in files] == [["created"]] * 3
        files_sweep(before=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
        assert len(storages["default"].listdir("")[1]) == 3


@pytest.mark.slow
def test_stopped_while_a_part_is_being_done_that_part_leaves_nothing(bank, broker_url, tmp_path):
    with sending_to(broker_url), working(broker_url, tmp_path / "worker.log") as process:
        job = ask(bank)
        assert wait_until(lambda: done_of(bank, job) > 0), process.said()
        with no_file_kept(bank) as is_waiting:
            assert wait_until(is_waiting), process.said()
            with in_tenant(bank, Purpose.TEST):
                stopped = job_cancel(ASKER, job=job)
        assert wait_until(nothing_is_left), process.said()
    assert now(bank, job).state == JobState.CANCELLED
    with in_tenant(bank, Purpose.TEST):
        assert len(files_of_job(job)) * 50 == stopped.done == now(bank, job).done
