"""What the operator does with a parked row: try it again, or give it up; the row keeps who, when and why."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor, require
from apps.kernel.errors import Conflict, DomainError
from tenants.crossing import Purpose, in_platform
from tenants.outbox.abilities import abilities
from tenants.outbox.hints import hint
from tenants.outbox.models import OutboxMessage
from tenants.outbox.selectors import parked_rows


def row_retry(actor: Actor, *, row_id: int) -> OutboxMessage:
    """Give a parked row all its tries again, from now on.

    Raises:
        Forbidden: only the operator of the platform.
        Conflict: the row is not parked, or no more.
    """
    require(abilities(actor), "retry")
    with in_platform(Purpose.OUTBOX), transaction.atomic():
        row = _parked(row_id)
        _decide(actor, row, "retry", parked_at=None, attempts=0, due_at=dt.datetime.now(dt.UTC))
        transaction.on_commit(hint, robust=True)
    return row


def row_discard(actor: Actor, *, row_id: int, reason: str) -> OutboxMessage:
    """Give a parked row up: it will never be tried again.

    Raises:
        Forbidden: only the operator of the platform.
        DomainError: no reason is given.
        Conflict: the row is not parked, or no more.
    """
    require(abilities(actor), "discard")
    if not reason.strip():
        raise DomainError(_("Say why this row is given up."), code="reason_missing", field="reason")
    with in_platform(Purpose.OUTBOX), transaction.atomic():
        row = _parked(row_id)
        _decide(actor, row, "discard", reason=reason.strip(), discarded_at=dt.datetime.now(dt.UTC))
    return row


def _parked(row_id: int) -> OutboxMessage:
    """Return the parked row, locked.

    Raises:
        Conflict: the row is not parked, or no more.
    """
    row = parked_rows().select_for_update().filter(pk=row_id).first()
    if row is None:
        raise Conflict(_("This row is no longer set aside: somebody has just dealt with it."))
    return row


def _decide(actor: Actor, row: OutboxMessage, verb: str, *, reason: str = "", **fields: Any) -> None:
    """Set the fields, and write the decision into the row's own history with what it had come to."""
    row.history = [
        *row.history,
        {
            "at": dt.datetime.now(dt.UTC).isoformat(),
            "actor_id": str(actor.id) if actor.id else None,
            "actor": actor.label,
            "verb": verb,
            "reason": reason[:500],
            "attempts": row.attempts,
            "error": row.last_error,
        },
    ]
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["history", *fields])
