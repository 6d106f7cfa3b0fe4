"""Delivering the outbox: one row, its reaction and its *done* mark in one transaction.

Rows are taken with ``SKIP LOCKED``, banks in turn.
A row that fails goes back with a growing delay and is parked after ``MAX_ATTEMPTS``.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from apps.kernel import clock, facts
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.outbox.models import MAX_ATTEMPTS, OutboxMessage
from tenants.registry.models import FoodBank

logger = logging.getLogger("collecto.outbox")

_draining: ContextVar[bool] = ContextVar("collecto_outbox_draining", default=False)

NOBODY = UUID(int=0)
"""Stands for the platform itself where a bank is asked for."""

KEPT = dt.timedelta(days=30)
"""How long a done row stays, for whoever asks what happened."""

TAKE_ONE = """
SELECT id FROM outbox_outboxmessage
WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= %(now)s
ORDER BY (COALESCE(bank_id, %(nobody)s) <= %(after)s), COALESCE(bank_id, %(nobody)s), id
FOR UPDATE SKIP LOCKED LIMIT 1
"""
"""The first due row of the next bank after the one served last: one busy bank does not starve the others."""


def hint() -> None:
    """Wake whoever delivers, after a commit: a worker where there is one, this process otherwise.

    Losing the hint loses nothing: the periodic sweep finds the row.
    """
    if not settings.CELERY_BROKER_URL:
        drain()
        return
    try:
        current_app.send_task("outbox.sweep")
    except OperationalError:
        logger.warning("the broker does not answer; the sweep will deliver")


def drain(limit: int = 100_000, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Deliver rows until none is due; returns how many were delivered. Does not nest."""
    if _draining.get() or connection.in_atomic_block:
        return 0
    token = _draining.set(True)
    try:
        delivered, served = 0, NOBODY
        while delivered < limit and not stop():
            following = deliver_one(after=served)
            if following is None:
                break
            delivered, served = delivered + 1, following
        return delivered
    finally:
        _draining.reset(token)


def deliver_one(*, after: UUID = NOBODY) -> UUID | None:
    """Deliver one due row of the next bank after ``after``; returns that bank, ``None`` when none is due."""
    with in_platform(Purpose.OUTBOX), transaction.atomic():
        message = _take(after)
        if message is None:
            return None
        message.attempts += 1
        try:
            with transaction.atomic():
                _react(message)
        except Exception as error:
            logger.exception("outbox row failed", extra={"outbox_row": message.pk})
            _put_back(message, error)
        else:
            message.done_at = clock.now()
        message.save(update_fields=["attempts", "done_at", "due_at", "parked_at", "last_error"])
    return message.bank_id or NOBODY


def forget_done() -> int:
    """Remove the rows done longer ago than ``KEPT``; returns how many. Parked rows stay."""
    before = dt.datetime.now(dt.UTC) - KEPT
    with in_platform(Purpose.OUTBOX):
        return OutboxMessage.objects.filter(done_at__lt=before).delete()[0]


def _take(after: UUID) -> OutboxMessage | None:
    now = dt.datetime.now(dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ONE, {"now": now, "nobody": NOBODY, "after": after})
        row = cursor.fetchone()
    return OutboxMessage.objects.get(pk=row[0]) if row else None


def _react(message: OutboxMessage) -> None:
    """Run the reaction in the scope of the bank the fact comes from."""
    payload = json.dumps(message.payload)
    if message.bank_id is None:
        facts.deliver(fact_name=message.fact, handler_name=message.handler, payload=payload)
        return
    bank = FoodBank.objects.get(pk=message.bank_id)
    with in_tenant(bank, Purpose.OUTBOX):
        facts.deliver(fact_name=message.fact, handler_name=message.handler, payload=payload)


def _put_back(message: OutboxMessage, error: Exception) -> None:
    """Plan the next try, or park the row; the error's class is kept, never its text (it may name people)."""
    now = dt.datetime.now(dt.UTC)
    message.last_error = type(error).__qualname__
    if message.attempts >= MAX_ATTEMPTS:
        message.parked_at = now
    else:
        message.due_at = now + dt.timedelta(seconds=10 * 4 ** (message.attempts - 1))
