"""Celery entry points of the network."""

from apps.kernel import clock
from apps.kernel.abilities import software
from tenants.network.services import steps_advance_due
from tenants.tasks.base import platform_task


@platform_task(name="network.advance_due")
def advance_due() -> int:
    """Pass on the questions whose deadline is over; every minute, and harmless when run twice at once."""
    return steps_advance_due(software("network"), now=clock.now())
