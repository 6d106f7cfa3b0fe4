"""How a periodic job is put on the schedule: once for the platform, or once for every bank."""

from typing import Any

LONGEST_WAIT_S = 300
"""A turn of a slow job begins at most this late."""


def once(job: str, *, every_s: int) -> dict[str, Any]:
    """Run a job of the platform once in each period."""
    return _entry("tasks.once", job, every_s)


def every_bank(job: str, *, every_s: int) -> dict[str, Any]:
    """Run a bank's job in every bank at work, once in each period."""
    return _entry("tasks.every_bank", job, every_s)


def _entry(task: str, job: str, every_s: int) -> dict[str, Any]:
    """Ask twice in each period whether the job is due, so that no period passes unasked."""
    asked_s = min(every_s / 2, LONGEST_WAIT_S)
    return {"task": task, "schedule": asked_s, "args": (job, every_s), "options": {"expires": asked_s}}
