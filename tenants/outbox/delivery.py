"""Delivering the outbox: one row, its reaction and its *done* mark in one transaction.

Rows are taken with ``SKIP LOCKED``, banks in turn, so that one busy bank does not starve the others.
A row that fails goes back with a growing delay and is parked after ``MAX_ATTEMPTS``.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable
from contextvars import ContextVar

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

TAKE_ONE = """
WITH waiting AS (
    SELECT id, bank_id, row_number() OVER (PARTITION BY bank_id ORDER BY id) AS turn
    FROM outbox_outboxmessage
    WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= %s
)
SELECT message.id FROM outbox_outboxmessage AS message JOIN waiting USING (id)
WHERE message.done_at IS NULL AND message.parked_at IS NULL
ORDER BY waiting.turn, message.id
FOR UPDATE OF message SKIP LOCKED LIMIT 1
"""


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
        delivered = 0
        while delivered < limit and not stop() and deliver_one():
            delivered += 1
        return delivered
    finally:
        _draining.reset(token)


def deliver_one() -> bool:
    """Deliver one due row; returns whether there was one."""
    with in_platform(Purpose.OUTBOX), transaction.atomic():
        message = _take()
        if message is None:
            return False
        message.attempts += 1
        try:
            with transaction.atomic():
                _react(message)
        except Exception as error:
            logger.exception("outbox row failed", extra={"message": message.pk})
            _put_back(message, error)
        else:
            message.done_at = clock.now()
        message.save(update_fields=["attempts", "done_at", "due_at", "parked_at", "last_error"])
    return True


def _take() -> OutboxMessage | None:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ONE, [dt.datetime.now(dt.UTC)])
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
