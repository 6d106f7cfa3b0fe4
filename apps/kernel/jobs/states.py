"""What a job goes through."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """Where a job stands; the last three are ends, of which two can be taken up again."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")


ACTIVE: Final = (JobState.QUEUED, JobState.RUNNING)
"""A worker has, or will have, something to do."""
BROKEN_OFF: Final = (JobState.FAILED, JobState.CANCELLED)
"""Ended before the last part: it can be asked for again, and goes on where it stood."""
