"""Running long work: a part is one row of the outbox, and commits together with the mark that it is done.

A worker that dies leaves its row to the next one. Whoever has done a part that somebody else has done, or
whose job was stopped meanwhile, finds out before the commit, and leaves nothing.
"""

import logging
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import override

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.kernel.errors import DomainError
from apps.kernel.facts import emit
from apps.kernel.files import file_store
from apps.kernel.history import record_save
from apps.kernel.jobs.facts import JobAdvanced
from apps.kernel.jobs.kinds import Made, Part, kind_called
from apps.kernel.jobs.states import JobState
from apps.kernel.models import Job, StoredFile

logger = logging.getLogger("collecto.jobs")

WORKER: Final = software("jobs")
MOST_TRIES: Final = 3
"""A part that fails so often fails its job."""
BROKEN: Final = "broken"
"""Message of a job that failed through a mistake of ours, which the log tells of under the job's id."""
LOST: Final = "lost"
"""Message of a job whose worker died, again and again, at the same part."""


class _OvertakenError(RuntimeError):
    """The job no longer stands where this part began: nothing of it may stay."""


def on_job_advanced(fact: JobAdvanced) -> None:
    """Begin a job, or do its next part; a part that was done, or is no longer wanted, does nothing."""
    job = Job.objects.filter(pk=fact.job_id).first()
    if job is None or not job.stands_at(fact.done):
        return
    if job.state == JobState.QUEUED:
        _begin(job)
        return
    try:
        with transaction.atomic():
            _do_part(job)
    except _OvertakenError:
        logger.info("part done or stopped meanwhile", extra={"job": str(job.pk), "done": fact.done})
    except DomainError as refusal:
        job_fail(job, code=refusal.code, params={name: str(value) for name, value in refusal.params.items()})
    except Exception as error:
        logger.exception("part failed", extra={"job": str(job.pk), "done": job.done})
        _stumble(job, error)


def job_fail(job: Job, *, code: str, params: dict[str, str] | None = None) -> None:
    """End a job with a message, unless it has moved on or was stopped meanwhile."""
    held = _held(job)
    if held is None:
        return
    held.state = JobState.FAILED
    held.message_code, held.message_params = code[:40], params or {}
    held.ended_at = clock.now()
    record_save(WORKER, held, action="failed")


def _begin(job: Job) -> None:
    """Let everybody see that a worker has it; the first part follows in a transaction of its own."""
    held = _held(job)
    if held is None:
        return
    now = clock.now()
    held.state = JobState.RUNNING
    held.started_at = held.started_at or now
    _beat(held, attempt=0)
    emit(JobAdvanced(job_id=held.pk, done=held.done))


def _do_part(job: Job) -> None:
    """Do the next items, then say so in the row, unless somebody else has.

    Raises:
        _OvertakenError: the job was stopped, or the part done, meanwhile.
    """
    kind = kind_called(job.kind)
    items = job.items[job.done : job.done + kind.chunk]
    with override(job.language):
        for made in kind.run(kind.asked(job.params), Part(items=items, start=job.done, total=job.total)):
            _keep(job, made)
    held = _held(job)
    if held is None:
        raise _OvertakenError
    held.done += len(items)
    _beat(held, attempt=0)
    if held.done < held.total:
        emit(JobAdvanced(job_id=held.pk, done=held.done))
        return
    held.state = JobState.DONE
    held.ended_at = clock.now()
    record_save(WORKER, held, action="done")


def _keep(job: Job, made: Made) -> StoredFile:
    """Keep a file of the present part; the part done again finds the first one."""
    key = uuid5(NAMESPACE_URL, f"job:{job.pk}:{job.done}:{made.name}")
    return file_store(WORKER, record=job, content=ContentFile(made.content), name=made.name, op_key=key)


def _stumble(job: Job, error: Exception) -> None:
    """Try the part again at once, or give the job up; what it did so far stays."""
    if job.attempt + 1 >= MOST_TRIES:
        job_fail(job, code=BROKEN, params={"error": type(error).__qualname__})
        return
    held = _held(job)
    if held is not None:
        _beat(held, attempt=held.attempt + 1)
        emit(JobAdvanced(job_id=held.pk, done=held.done))


def _beat(held: Job, *, attempt: int) -> None:
    """Say that the job lives; progress is no act, so the history does not tell it."""
    held.attempt = attempt
    held.heartbeat_at = clock.now()
    held.save(update_fields=["state", "done", "attempt", "started_at", "heartbeat_at"])


def _held(job: Job) -> Job | None:
    """Return the row, held until the transaction ends; ``None`` when the job has moved on or ended."""
    held = Job.objects.select_for_update().filter(pk=job.pk).first()
    return held if held is not None and held.stands_at(job.done) else None
