"""Celery entry points of the outbox."""

from celery import shared_task

from tenants.outbox.delivery import drain


@shared_task(name="outbox.sweep")
def sweep() -> int:
    """Deliver what is due; called by every hint, and every minute for the hints that were lost."""
    return drain()
