"""Celery entry points of the outbox."""

from celery import shared_task

from tenants.outbox.delivery import drain, forget_done


@shared_task(name="outbox.sweep")
def sweep() -> int:
    """Deliver what is due; called by every hint, and every minute for the hints that were lost."""
    return drain()


@shared_task(name="outbox.forget")
def forget() -> int:
    """Remove what was done long ago; every night, and harmless when run twice."""
    return forget_done()
