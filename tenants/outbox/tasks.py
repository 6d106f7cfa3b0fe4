"""Celery entry points of the outbox."""

from typing import Final

from tenants.outbox.delivery import drain, forget_done
from tenants.tasks.base import platform_task

AT_ONCE: Final = 500
"""Rows delivered by one task; then the others of the queue have their turn."""


@platform_task(name="outbox.sweep")
def sweep() -> int:
    """Deliver what is due; called by every hint, and every minute for the hints that were lost."""
    tried = drain(AT_ONCE)
    if tried == AT_ONCE:
        sweep.delay()
    return tried


@platform_task(name="outbox.forget")
def forget() -> int:
    """Remove what was done long ago; every night, and harmless when run twice."""
    return forget_done()
