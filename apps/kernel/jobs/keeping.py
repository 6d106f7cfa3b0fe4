"""Looking after long work: what its worker left lying is taken up again, what is old goes with its files."""

import datetime as dt
import logging
from typing import Final

from django.conf import settings
from django.db import transaction

from apps.kernel import clock
from apps.kernel.facts import emit
from apps.kernel.files import file_delete
from apps.kernel.history import write_entry
from apps.kernel.jobs.facts import JobAdvanced
from apps.kernel.jobs.running import LOST, MOST_TRIES, WORKER, job_fail
from apps.kernel.jobs.states import ACTIVE
from apps.kernel.models import Job, StoredFile

logger = logging.getLogger("collecto.jobs")

SILENCE: Final = dt.timedelta(minutes=10)
"""A job that has not moved for so long has lost its worker; a part takes well under a minute."""
AT_ONCE: Final = 200
"""Jobs removed by one sweep; the next one goes on."""


def jobs_sweep() -> int:
    """Take up the jobs whose heartbeat died, and remove those of long ago; returns how many of both."""
    return jobs_revive() + jobs_forget()


def jobs_revive() -> int:
    """Take up each job that has lost its worker; one that loses it again and again fails."""
    silent = Job.objects.filter(state__in=ACTIVE, heartbeat_at__lt=clock.now() - SILENCE)
    return sum(_revived(job) for job in silent.order_by("pk"))


def jobs_forget() -> int:
    """Remove the jobs that ended more than ``JOB_DAYS`` days ago, and their files; returns how many."""
    before = clock.now() - dt.timedelta(days=settings.JOB_DAYS)
    old = list(Job.objects.filter(ended_at__lt=before).order_by("pk")[:AT_ONCE])
    for job in old:
        _forget(job)
    return len(old)


@transaction.atomic
def _revived(job: Job) -> bool:
    held = Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk, heartbeat_at=job.heartbeat_at)
    found = held.first()
    if found is None or not found.is_active:
        return False
    logger.warning("job had lost its worker", extra={"job": str(found.pk), "attempt": found.attempt})
    if found.attempt + 1 >= MOST_TRIES:
        job_fail(found, code=LOST)
        return True
    found.attempt += 1
    found.heartbeat_at = clock.now()
    found.save(update_fields=["attempt", "heartbeat_at"])
    emit(JobAdvanced(job_id=found.pk, done=found.done))
    return True


@transaction.atomic
def _forget(job: Job) -> None:
    """Remove a job and its files, row by row; their bytes go once that is committed."""
    for file in StoredFile.objects.filter(record_kind=Job._meta.label_lower, record_id=job.pk):
        file_delete(WORKER, file=file)
    write_entry(WORKER, job, "removed")
    job.delete()
