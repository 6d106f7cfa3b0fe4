"""Reads of the outbox."""

from django.db.models import QuerySet

from tenants.outbox.models import OutboxMessage


def parked_rows() -> QuerySet[OutboxMessage]:
    """Return the rows that failed too often and wait for a person, longest waiting first."""
    return OutboxMessage.objects.filter(parked_at__isnull=False, discarded_at=None).order_by(
        "parked_at", "id"
    )
