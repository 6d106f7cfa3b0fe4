"""Celery entry points of the kernel."""

import datetime as dt
from typing import Final

from celery import shared_task

from apps.kernel.files import files_sweep
from apps.kernel.jobs.keeping import jobs_sweep

LONGEST_TRANSACTION: Final = dt.timedelta(hours=6)
"""Bytes younger than this may belong to a row that is being written."""


@shared_task(name="files.sweep")
def sweep() -> int:
    """Remove the bytes of files that no row knows; every night, and harmless when run twice."""
    return files_sweep(before=dt.datetime.now(dt.UTC) - LONGEST_TRANSACTION)


@shared_task(name="jobs.sweep")
def look_after_jobs() -> int:
    """Take up the long work whose worker died, and remove what is old; harmless when run twice."""
    return jobs_sweep()
