"""Periodic work: the clock says when, these tasks hand it out, each bank's run is a task of its own."""

from collections.abc import Iterator
from secrets import SystemRandom
from typing import Any, Final
from uuid import UUID

from celery import current_app
from django.db import transaction

from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tenants.tasks.base import platform_task
from tenants.tasks.comebacks import forget_comebacks
from tenants.tasks.sending import headers_for
from tenants.tasks.slots import forget_slots, slot_take

CHUNK: Final = 50
"""Banks handed out by one message."""

SPREAD_S: Final = 60
"""The chunks of one turn leave within this time, or within half of the period when that is shorter."""

_chance = SystemRandom()


@platform_task(name="tasks.every_bank")
def every_bank(job: str, every_s: int) -> int:
    """Hand out one turn of a job to every bank at work, if it is due; returns in how many chunks."""
    with in_platform(Purpose.TASK), transaction.atomic():
        if slot_take(job, every_s=every_s) is None:
            return 0
        banks = [str(bank_id) for bank_id in FoodBank.objects.operating().values_list("pk", flat=True)]
        _chance.shuffle(banks)
        chunks = list(_in_chunks(banks))
        for number, chunk in enumerate(chunks):
            delay = _chance.uniform(0, min(SPREAD_S, every_s / 2)) if number else 0
            hand_out.apply_async((job, chunk), countdown=delay or None, expires=_patience(every_s) + delay)
    return len(chunks)


@platform_task(name="tasks.hand_out")
def hand_out(job: str, banks: list[str]) -> int:
    """Send a job to each of these banks that is still at work; returns to how many."""
    named = [UUID(bank) for bank in banks]
    with in_platform(Purpose.TASK):
        at_work = list(FoodBank.objects.operating().filter(pk__in=named).values_list("pk", flat=True))
    for bank_id in at_work:
        _task(job).apply_async(headers=headers_for(bank_id))
    return len(at_work)


@platform_task(name="tasks.once")
def once(job: str, every_s: int) -> bool:
    """Hand out one turn of a job on the shared tables, if it is due; tells whether it was."""
    with in_platform(Purpose.TASK), transaction.atomic():
        if slot_take(job, every_s=every_s) is None:
            return False
        _task(job).apply_async(expires=_patience(every_s))
    return True


@platform_task(name="tasks.forget")
def forget() -> int:
    """Remove the turns and the comebacks of long ago; every night, and harmless when run twice."""
    return forget_slots() + forget_comebacks()


def _task(job: str) -> Any:
    return current_app.tasks[job]


def _patience(every_s: int) -> int:
    """Return for how many seconds a turn is worth running: the next one does its work otherwise."""
    return max(every_s, 60)


def _in_chunks(banks: list[str]) -> Iterator[list[str]]:
    return (banks[start : start + CHUNK] for start in range(0, len(banks), CHUNK))
