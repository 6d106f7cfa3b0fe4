"""Taking turns: one row per turn of a periodic job, by the clock of the database that all workers share."""

import datetime as dt
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Max, Q, Window

from tenants.crossing import Purpose, in_platform
from tenants.tasks.models import PeriodicSlot
from tenants.tasks.rules import Turn, slot_due

KEPT: Final = dt.timedelta(days=7)
"""How long a turn stays, for whoever asks whether a job ran."""


def slot_take(job: str, *, every_s: int) -> int | None:
    """Take the turn of a job that is due now and return its number, ``None`` when none is, or it is taken.

    The turn is taken for good when the caller's transaction commits: work that cannot be handed out
    leaves its turn to the next who asks. Whoever asks meanwhile is told that it is taken.
    """
    with in_platform(Purpose.TASK), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), hashtext(%s))", [LOCK, job])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        now = float(cursor.fetchone()[0])
        slot = slot_due(now=now, every=every_s, last=_last(job))
        if slot is not None:
            taken_at = dt.datetime.fromtimestamp(now, dt.UTC)
            PeriodicSlot.objects.create(job=job, slot=slot, claimed_at=taken_at)
    return slot


LOCK: Final = "collecto.periodic"
"""First half of the advisory lock that a job's turns are taken under."""


def forget_slots() -> int:
    """Remove the turns taken longer ago than ``KEPT``, but each job's last; returns how many."""
    before = dt.datetime.now(dt.UTC) - KEPT
    with in_platform(Purpose.TASK):
        numbered = PeriodicSlot.objects.annotate(last=Window(Max("slot"), partition_by="job"))
        old = numbered.filter(Q(claimed_at__lt=before) & ~Q(slot=F("last"))).values_list("pk", flat=True)
        return PeriodicSlot.objects.filter(pk__in=list(old)).delete()[0]


def _last(job: str) -> Turn | None:
    row = PeriodicSlot.objects.filter(job=job).order_by("-slot").first()
    return Turn(slot=row.slot, taken_at=row.claimed_at.timestamp()) if row else None
