"""Delivering the outbox: one row, its reaction and its *done* mark in one transaction.

A row is claimed first, in a transaction of its own that counts the try and plans the next one; then it
reacts. So a reaction that kills its process has used up a try, and its row is parked after
``MAX_ATTEMPTS`` like any other; a process that dies otherwise leaves its row to the next try. Rows are
taken with ``SKIP LOCKED``, banks in turn; those of a bank that is not at work wait until it is again.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from apps.kernel import clock, facts
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.outbox.models import MAX_ATTEMPTS, OutboxMessage
from tenants.registry.models import FoodBank

logger = logging.getLogger("collecto.outbox")

_draining: ContextVar[bool] = ContextVar("collecto_outbox_draining", default=False)

NOBODY = UUID(int=0)
"""Stands for the platform itself where a bank is asked for."""

KEPT = dt.timedelta(days=30)
"""How long a done or discarded row stays, for whoever asks what happened."""

LEASE: Final = dt.timedelta(seconds=60)
"""How long the last try may hold a row before it counts as lost with its process."""

LOST: Final = "ProcessLost"
"""Kept as the error of a row whose last try never came back."""

NEXT_ROW = """
SELECT message.id FROM public.outbox_outboxmessage AS message
WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= %(now)s
  AND COALESCE(bank_id, '00000000-0000-0000-0000-000000000000'::uuid) > %(after)s
  AND bank_id IN (SELECT id FROM public.registry_foodbank WHERE status = 'active')
ORDER BY COALESCE(bank_id, '00000000-0000-0000-0000-000000000000'::uuid), id
FOR UPDATE OF message SKIP LOCKED LIMIT 1
"""
"""The first due row of the next bank after the one served last: one busy bank does not starve the others.

Index ``outbox_turns`` answers it without sorting, however long the queue of a bank.
"""

NEXT_OF_PLATFORM = """
SELECT id FROM public.outbox_outboxmessage
WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= %(now)s
  AND COALESCE(bank_id, '00000000-0000-0000-0000-000000000000'::uuid)
      = '00000000-0000-0000-0000-000000000000'::uuid
ORDER BY id
FOR UPDATE SKIP LOCKED LIMIT 1
"""
"""The first due row of the platform itself, whose turn comes after the last bank's."""


def drain(limit: int = 100_000, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Deliver rows until none is due; returns how many were tried. Does not nest."""
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
    message = _claim(after)
    if message is None:
        return None
    if message.parked_at is None:
        _try(message)
    return message.bank_id or NOBODY


def forget_done() -> int:
    """Remove the rows done or discarded longer ago than ``KEPT``; returns how many. Parked rows stay."""
    before = dt.datetime.now(dt.UTC) - KEPT
    with in_platform(Purpose.OUTBOX):
        done = OutboxMessage.objects.filter(done_at__lt=before).delete()[0]
        return done + OutboxMessage.objects.filter(discarded_at__lt=before).delete()[0]


def _claim(after: UUID) -> OutboxMessage | None:
    """Count a try of the next row and plan the one after; a row that has used up its tries is parked."""
    with in_platform(Purpose.OUTBOX), transaction.atomic():
        message = _next_row(after)
        if message is None:
            return None
        now = dt.datetime.now(dt.UTC)
        if message.attempts >= MAX_ATTEMPTS:
            message.parked_at = now
            message.last_error = LOST
            logger.error("outbox row %s parked: its process died %s times", message.pk, message.attempts)
        else:
            message.attempts += 1
            message.due_at = now + _patience(message.attempts)
        message.save(update_fields=["attempts", "due_at", "parked_at", "last_error"])
    return message


def _try(claimed: OutboxMessage) -> None:
    """React to a claimed row, unless somebody else has taken it since."""
    with in_platform(Purpose.OUTBOX), transaction.atomic():
        mine = OutboxMessage.objects.filter(
            pk=claimed.pk, attempts=claimed.attempts, done_at=None, parked_at=None
        )
        message = mine.select_for_update(skip_locked=True).first()
        if message is None:
            return
        try:
            with transaction.atomic():
                _react(message)
        except Exception as error:
            logger.exception("outbox row failed", extra={"outbox_row": message.pk})
            _note_failure(message, error)
        else:
            message.done_at = clock.now()
        message.save(update_fields=["done_at", "parked_at", "last_error"])


def _next_row(after: UUID) -> OutboxMessage | None:
    now = dt.datetime.now(dt.UTC)
    with connection.cursor() as cursor:
        for query, served in ((NEXT_ROW, after), (NEXT_OF_PLATFORM, NOBODY), (NEXT_ROW, NOBODY)):
            cursor.execute(query, {"now": now, "after": served})
            row = cursor.fetchone()
            if row:
                return OutboxMessage.objects.get(pk=row[0])
    return None


def _react(message: OutboxMessage) -> None:
    """Run the reaction in the scope of the bank the fact comes from."""
    payload = json.dumps(message.payload)
    if message.bank_id is None:
        facts.deliver(fact_name=message.fact, handler_name=message.handler, payload=payload)
        return
    bank = FoodBank.objects.get(pk=message.bank_id)
    with in_tenant(bank, Purpose.OUTBOX):
        facts.deliver(fact_name=message.fact, handler_name=message.handler, payload=payload)


def _note_failure(message: OutboxMessage, error: Exception) -> None:
    """Keep the error's class, never its text (it may name people); park the row after its last try."""
    message.last_error = type(error).__qualname__
    if message.attempts >= MAX_ATTEMPTS:
        message.parked_at = dt.datetime.now(dt.UTC)


def _patience(attempt: int) -> dt.timedelta:
    """Return the time until the next try: ten seconds, then four times longer each time."""
    if attempt >= MAX_ATTEMPTS:
        return LEASE
    return dt.timedelta(seconds=10 * 4 ** (attempt - 1))
