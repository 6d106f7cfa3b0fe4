"""Taking turns: one row per turn of a periodic job, by the clock of the database that all workers share."""

import datetime as dt
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Max, Q, Window

from apps.kernel.errors import Busy
from tenants.crossing import Purpose, in_platform
from tenants.isolation.locks import lock_until_commit
from tenants.tasks.models import PeriodicSlot
from tenants.tasks.rules import Turn, slot_due

KEPT: Final = dt.timedelta(days=7)
"""How long a turn stays, for whoever asks whether a job ran."""


def slot_take(job: str, *, every_s: int) -> int | None:
    """Take the turn of a job that is due now and return its number, ``None`` when none is, or it is taken.

    The turn is taken for good when the caller's transaction commits: work that cannot be handed out
    leaves its turn to the next who asks. Whoever asks meanwhile is told that it is taken.
    """
    with in_platform(Purpose.TASK), transaction.atomic():
        try:
            lock_until_commit("periodic", job, wait=False)
        except Busy:
            return None
        now = _now()
        slot = slot_due(now=now.timestamp(), every=every_s, last=_last(job))
        if slot is not None:
            PeriodicSlot.objects.create(job=job, slot=slot, claimed_at=now)
    return slot


def forget_slots() -> int:
    """Remove the turns taken longer ago than ``KEPT``, but each job's last; returns how many."""
    before = dt.datetime.now(dt.UTC) - KEPT
    with in_platform(Purpose.TASK):
        numbered = PeriodicSlot.objects.annotate(last=Window(Max("slot"), partition_by="job"))
        old = numbered.filter(Q(claimed_at__lt=before) & ~Q(slot=F("last"))).values_list("pk", flat=True)
        return PeriodicSlot.objects.filter(pk__in=list(old)).delete()[0]


def _now() -> dt.datetime:
    """Return the instant by the database's clock, inside a transaction too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return now


def _last(job: str) -> Turn | None:
    row = PeriodicSlot.objects.filter(job=job).order_by("-slot").first()
    return Turn(slot=row.slot, taken_at=row.claimed_at.timestamp()) if row else None
