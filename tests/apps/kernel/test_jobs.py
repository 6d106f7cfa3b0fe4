"""Background jobs: done part by part, once, whatever fails or is asked meanwhile; gone after their days."""

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils.translation import get_language, override

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.files import chunks_of, file_delete
from apps.kernel.history import history_of
from apps.kernel.jobs.facts import JobAdvanced
from apps.kernel.jobs.keeping import SILENCE, jobs_sweep
from apps.kernel.jobs.running import BROKEN, LOST, MOST_TRIES, WORKER, on_job_advanced
from apps.kernel.jobs.selectors import files_of_job, jobs_visible_to
from apps.kernel.jobs.services import job_ask, job_cancel, job_retry
from apps.kernel.jobs.states import JobState
from apps.kernel.models import Job, StoredFile
from tenants.crossing import Purpose, in_platform
from tenants.outbox.delivery import deliver_one
from tenants.outbox.models import OutboxMessage
from tests.making.facts import facts_told
from tests.making.jobs import Labels, Wanted, make_job, out_of_paper, printing_labels
from tests.making.papers import make_paper
from tests.people import actor_as

Deliver = Callable[[], int]
ASKER = actor_as(Role.ORDERS)


@pytest.fixture
def labels(bank) -> Iterator[Labels]:
    with printing_labels() as kind:
        yield kind


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def names(job: Job) -> list[str]:
    return [file.name for file in files_of_job(job)]


def bytes_of(file: StoredFile) -> bytes:
    return b"".join(chunks_of(file))


def acts(job: Job) -> list[str]:
    return [entry.action for entry in reversed(history_of(job))]


def silent(job: Job) -> None:
    """Let the job's worker have died, and its outbox row be lost."""
    with in_platform(Purpose.TEST):
        OutboxMessage.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(heartbeat_at=clock.now() - SILENCE * 2)


def test_a_job_is_done_part_by_part_and_says_how_far_it_is(labels):
    job = make_job(labels, 5, actor=ASKER)
    assert (job.state, job.done, job.total, job.asked_by_id) == ("queued", 0, 5, ASKER.id)
    seen = []
    while deliver_one() is not None:
        seen.append((now(job).state, now(job).done))
    assert seen == [("running", 0), ("running", 2), ("running", 4), ("done", 5)]
    assert names(job) == ["label-0-label-1.pdf", "label-2-label-3.pdf", "label-4.pdf"]
    assert all(bytes_of(file).startswith(b"%PDF-") for file in files_of_job(job))
    ended = now(job)
    assert ended.started_at is not None
    assert ended.ended_at is not None
    assert job.created_at <= ended.started_at <= ended.ended_at


def test_the_history_tells_who_asked_and_how_it_ended_not_each_part(labels, deliver: Deliver):
    job = make_job(labels, actor=ASKER)
    deliver()
    assert acts(job) == ["created", "done"]
    assert [entry.actor_label for entry in history_of(job)] == ["jobs", ASKER.label]
    file = files_of_job(job)[0]
    assert [entry.action for entry in history_of(file)] == ["created"]


def test_asked_twice_with_one_key_it_is_one_job(labels, deliver: Deliver):
    key = uuid4()
    with facts_told(JobAdvanced) as told:
        jobs = [make_job(labels, actor=ASKER, op_key=key) for _ in range(2)]
    assert jobs[0] == jobs[1]
    assert told == [JobAdvanced(job_id=key, done=0)]


def test_what_there_is_nothing_to_do_for_is_refused(labels):
    with pytest.raises(DomainError, match="nothing to do"):
        make_job(labels, 0)
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.DRIVER, Role.PARTNER])
def test_who_may_not_ask_for_this_kind_is_refused(labels, role):
    with pytest.raises(Forbidden):
        job_ask(actor_as(role), kind=labels, asked=Wanted(labels=1), op_key=uuid4())


def test_a_part_runs_in_the_language_of_who_asked(labels, deliver: Deliver):
    spoken: list[str | None] = []
    labels.script["label-0"] = lambda: spoken.append(get_language())
    with override("fr"):
        make_job(labels)
    with override("en"):
        deliver()
    assert spoken == ["fr"]


def test_a_part_told_of_twice_has_its_effect_once(labels, deliver: Deliver):
    job = make_job(labels)
    for _ in range(4):
        deliver_one()
        on_job_advanced(JobAdvanced(job_id=job.pk, done=0))
    deliver()
    assert now(job).done == now(job).total == 6
    assert labels.begun == ["label-0", "label-2", "label-4"]
    assert len(names(job)) == len(set(names(job))) == 3


def test_a_part_begun_by_two_is_kept_of_the_first(labels):
    """The second one finds, before it commits, that the job no longer stands where it began."""
    job = make_job(labels)
    deliver_one()
    labels.script["label-0"] = lambda: Job.objects.filter(pk=job.pk).update(done=2)
    on_job_advanced(JobAdvanced(job_id=job.pk, done=0))
    assert names(job) == []


def test_stopped_it_begins_no_other_part_and_keeps_those_done(labels, deliver: Deliver):
    job = make_job(labels)
    for _ in range(2):
        deliver_one()
    job_cancel(actor_as(Role.MANAGER), job=job)
    deliver()
    assert (now(job).state, now(job).done, names(job)) == ("cancelled", 2, ["label-0-label-1.pdf"])
    assert labels.begun == ["label-0"]
    assert acts(job) == ["created", "cancelled"]


def test_taken_up_again_it_goes_on_where_it_stood(labels, deliver: Deliver):
    job = make_job(labels, actor=ASKER)
    for _ in range(2):
        deliver_one()
    job_cancel(ASKER, job=job)
    deliver()
    job_retry(ASKER, job=job)
    deliver()
    assert (now(job).state, now(job).done) == ("done", 6)
    assert labels.begun == ["label-0", "label-2", "label-4"]
    assert acts(job) == ["created", "cancelled", "retried", "done"]


def test_what_has_ended_is_not_stopped_and_what_goes_on_is_not_taken_up(labels, deliver: Deliver):
    job = make_job(labels, actor=ASKER)
    with pytest.raises(Conflict):
        job_retry(ASKER, job=job)
    deliver()
    for act in (job_cancel, job_retry):
        with pytest.raises(Conflict):
            act(ASKER, job=job)


@pytest.mark.parametrize("role", [Role.ORDERS, Role.VOLUNTEER, Role.DRIVER, Role.PARTNER])
def test_nobody_stops_the_job_of_somebody_else_but_a_manager(labels, role):
    job = make_job(labels, actor=ASKER)
    other = actor_as(role)
    assert not jobs_visible_to(other).exists()
    with pytest.raises(Forbidden):
        job_cancel(other, job=job)
    assert job_cancel(actor_as(Role.MANAGER), job=job).state == JobState.CANCELLED


def test_who_has_lost_the_role_no_longer_sees_the_job(labels):
    job = make_job(labels, actor=ASKER)
    as_volunteer = actor_as(Role.VOLUNTEER)
    Job.objects.filter(pk=job.pk).update(asked_by_id=as_volunteer.id)
    assert not jobs_visible_to(as_volunteer).exists()
    with pytest.raises(Forbidden):
        job_cancel(as_volunteer, job=job)


def test_a_part_that_fails_for_a_moment_is_done_at_the_next_try(labels, deliver: Deliver):
    tries: list[int] = []

    def flicker() -> None:
        tries.append(1)
        if len(tries) < MOST_TRIES:
            raise OSError("the store does not answer")

    labels.script["label-2"] = flicker
    job = make_job(labels)
    deliver()
    assert (now(job).state, now(job).attempt, len(tries)) == ("done", 0, MOST_TRIES)


def test_a_part_that_always_fails_fails_its_job_and_what_was_made_stays(labels, deliver: Deliver):
    labels.script["label-2"] = lambda: 1 / 0
    job = make_job(labels)
    deliver()
    failed = now(job)
    assert (failed.state, failed.done, failed.message_code) == ("failed", 2, BROKEN)
    assert failed.message_params == {"error": "ZeroDivisionError"}
    assert names(job) == ["label-0-label-1.pdf"]
    assert labels.begun.count("label-2") == MOST_TRIES
    assert acts(job) == ["created", "failed"]
    with in_platform(Purpose.TEST):
        assert not OutboxMessage.objects.filter(done_at=None).exists()


def test_a_rule_that_says_no_fails_the_job_at_once_in_codes(labels, deliver: Deliver):
    labels.script["label-0"] = out_of_paper
    job = make_job(labels)
    deliver()
    assert (now(job).message_code, now(job).message_params) == ("no_paper", {"tray": "2"})
    assert labels.begun == ["label-0"]


def test_a_job_that_lost_its_worker_is_taken_up_by_the_sweep(labels, deliver: Deliver):
    job = make_job(labels)
    deliver_one()
    silent(job)
    assert deliver() == 0
    assert jobs_sweep() == 1
    deliver()
    assert now(job).state == JobState.DONE


def test_a_job_that_moves_is_left_alone_by_the_sweep(labels):
    job = make_job(labels)
    deliver_one()
    with facts_told(JobAdvanced) as told:
        assert jobs_sweep() == 0
    assert (told, now(job).attempt) == ([], 0)


def test_a_job_that_loses_its_worker_again_and_again_fails(labels):
    job = make_job(labels)
    for _ in range(MOST_TRIES):
        silent(job)
        jobs_sweep()
    assert (now(job).state, now(job).message_code) == ("failed", LOST)


def test_a_job_goes_with_its_files_after_its_days(
    labels, deliver: Deliver, settings, django_capture_on_commit_callbacks
):
    job, younger = make_job(labels), make_job(labels, 2)
    deliver()
    stored = [file.storage_name for file in files_of_job(job)]
    Job.objects.filter(pk=job.pk).update(ended_at=clock.now() - dt.timedelta(days=settings.JOB_DAYS + 1))
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs_sweep() == 1
    assert list(Job.objects.all()) == [younger]
    assert StoredFile.objects.count() == len(files_of_job(younger)) == 1
    assert not any(storages["default"].exists(name) for name in stored)
    assert acts(job) == ["created", "done", "removed"]


def test_a_removal_that_is_rolled_back_leaves_the_bytes(labels, deliver: Deliver):
    job = make_job(labels, 2)
    deliver()
    (file,) = files_of_job(job)
    with transaction.atomic():
        file_delete(WORKER, file=file)
        transaction.set_rollback(True)
    assert bytes_of(files_of_job(job)[0]).startswith(b"%PDF-")


def test_the_database_lets_no_paper_of_a_record_go(bank):
    paper = make_paper()
    with pytest.raises(IntegrityError, match="archived, never deleted"), transaction.atomic():
        file_delete(WORKER, file=paper)
    assert StoredFile.objects.filter(pk=paper.pk).exists()


def test_the_database_refuses_more_done_than_there_is(labels):
    job = make_job(labels, 2)
    with pytest.raises(IntegrityError, match="job_done_within_total"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(done=3)
