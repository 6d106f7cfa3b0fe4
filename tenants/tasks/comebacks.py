"""Counting the runs of a task that ends its process, so that it does not end all of them, for ever."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet

from apps.kernel.tracing import TASK_BANK
from tenants.crossing import Purpose, in_platform
from tenants.tasks.models import Comeback
from tenants.tasks.sending import headers_of

MAX_RUNS: Final = 5
"""A task whose process died in each of so many runs is not run again."""

KEPT: Final = dt.timedelta(days=30)
"""How long it is remembered that a message came back."""


class Parked(RuntimeError):
    """The task has ended its process in every run so far."""


def comeback_count(task: Any) -> None:
    """Count a message that has come back; nothing to do for one that comes for the first time.

    Raises:
        Parked: it has come back too often.
    """
    if not (task.request.delivery_info or {}).get("redelivered"):
        return
    now = dt.datetime.now(dt.UTC)
    with in_platform(Purpose.TASK):
        row, _is_new = Comeback.objects.get_or_create(
            task_id=task.request.id, defaults={"name": task.name, "bank_id": _bank_id(task)}
        )
        known = Comeback.objects.filter(pk=row.pk)
        known.update(times=F("times") + 1, last_at=now)
        if known.filter(times__gte=MAX_RUNS).update(parked_at=now):
            raise Parked(f"its process died in {MAX_RUNS} runs")


def parked_tasks() -> QuerySet[Comeback]:
    """Return the tasks that were given up because they end their process, latest first."""
    return Comeback.objects.filter(parked_at__isnull=False).order_by("-parked_at")


def forget_comebacks() -> int:
    """Remove what came back for the last time longer ago than ``KEPT``; returns how many."""
    before = dt.datetime.now(dt.UTC) - KEPT
    with in_platform(Purpose.TASK):
        return Comeback.objects.filter(last_at__lt=before).delete()[0]


def _bank_id(task: Any) -> UUID | None:
    try:
        return UUID(str(headers_of(task).get(TASK_BANK)))
    except ValueError:
        return None
