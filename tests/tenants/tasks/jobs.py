"""Tasks of these tests alone, loaded by their workers too; what they do is an entry in a bank's history."""

import os
from typing import Any

from celery import chord, shared_task
from django.db import connections, transaction
from psycopg import sql

from apps.kernel.abilities import software
from apps.kernel.models import AuditEntry, new_id
from apps.kernel.scope import OWNER_DATABASE, ScopeKind, current_scope
from apps.kernel.tracing import request_id
from tenants.crossing import Purpose, in_owner, in_tenant
from tenants.registry.models import FoodBank
from tenants.tasks.base import platform_task
from tenants.tasks.slots import slot_take

KIND = "tests.mark"


class Hiccup(RuntimeError):
    """Goes away when one tries again."""


def mark(key: str, action: str = "done") -> None:
    """Leave a trace in the bank whose rows are in reach, and say which bank the code believes to be in."""
    AuditEntry.objects.create(
        id=new_id(),
        actor_label="test",
        record_kind=KIND,
        record_id=key,
        record_label=str(current_scope().bank_id),
        action=action,
        reason=request_id(),
    )


def marks(bank: FoodBank) -> list[tuple[str, str]]:
    """Return (key, id of the bank that the task believed to be in) of every trace in a bank."""
    with in_tenant(bank, Purpose.TEST):
        return list(AuditEntry.objects.filter(record_kind=KIND).values_list("record_id", "record_label"))


def marks_forget(bank: FoodBank) -> None:
    """Take the committed traces out of a bank that stays; its history refuses that to everybody else."""
    history = sql.Identifier(bank.schema_name, AuditEntry._meta.db_table)
    owner = connections[OWNER_DATABASE]
    with in_owner(Purpose.TEST), transaction.atomic(using=OWNER_DATABASE), owner.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql.SQL("DELETE FROM {} WHERE record_kind = %s").format(history), [KIND])


@shared_task(name="test.plain", ignore_result=False)
def plain(key: str) -> str:
    mark(key)
    return key


@shared_task(name="test.after", ignore_result=False)
def after(before: Any, key: str) -> str:
    """Follow another task in a chain, or all of them in a chord."""
    mark(key)
    return key


@shared_task(name="test.hiccup", bind=True, max_retries=3)
def hiccup(self: Any, key: str) -> None:
    if self.request.retries < 2:
        raise self.retry(countdown=0, exc=Hiccup())
    mark(key)


@shared_task(name="test.automatic", autoretry_for=(Hiccup,), default_retry_delay=0, bind=True, max_retries=3)
def automatic(self: Any, key: str) -> None:
    if self.request.retries < 1:
        raise Hiccup
    mark(key)


@shared_task(name="test.failing")
def failing(key: str) -> None:
    mark(key)
    raise LookupError


@shared_task(name="test.nesting")
def nesting(key: str) -> None:
    """Send another task from inside."""
    mark(key)
    plain.delay(f"{key}/inner")


@shared_task(name="test.chorus")
def chorus(key: str) -> None:
    """Send a chord from inside."""
    mark(key)
    chord([plain.s(f"{key}{n}") for n in range(4)], after.s(f"{key}/body")).delay()


@shared_task(name="test.committing")
def committing(key: str) -> None:
    with transaction.atomic():
        mark(key)
        plain.send_on_commit(f"{key}/committed")  # type: ignore[attr-defined]


@shared_task(name="test.visit")
def visit() -> None:
    mark("visit")


@shared_task(name="test.deadly")
def deadly() -> None:
    os._exit(9)


@platform_task(name="test.census")
def census() -> str:
    assert current_scope().kind is ScopeKind.PLATFORM
    return software("census").label


@platform_task(name="test.slot")
def slot(job: str, every_s: int) -> int | None:
    return slot_take(job, every_s=every_s)
