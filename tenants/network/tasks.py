"""Celery entry points of the network."""

import logging

from celery import shared_task

from apps.kernel import clock
from apps.kernel.abilities import software
from tenants.isolation.references import orphans
from tenants.network.needs import needs_tell
from tenants.network.services import recurrences_publish, steps_advance_due
from tenants.network.surplus.publishing import surpluses_expire_due
from tenants.network.surplus.resources import arrivals_tell
from tenants.tasks.base import platform_task

logger = logging.getLogger("collecto.references")


@platform_task(name="network.advance_due")
def advance_due() -> int:
    """Pass on the questions whose deadline is over; every minute, and harmless when run twice at once."""
    return steps_advance_due(software("network"), now=clock.now())


@platform_task(name="network.expire_surplus")
def expire_surplus() -> int:
    """Free the goods of every surplus that is over; every minute, and harmless when run twice at once."""
    return surpluses_expire_due(software("network"), now=clock.now())


@platform_task(name="network.publish_weekly")
def publish_weekly() -> int:
    """Offer what donors give every week, the day before; twice an hour, harmless when run twice at once."""
    return recurrences_publish(software("network"), now=clock.now())


@platform_task(name="network.check_references")
def check_references() -> int:
    """Look every night for references of the banks that lead nowhere; each one is logged as an error."""
    found = orphans()
    for orphan in found:
        logger.error("a reference leads nowhere: %s", orphan)
    return len(found)


@shared_task(name="network.tell_needs")
def tell_needs() -> int:
    """Tell what the bank lacks, expects and shares, every ten minutes; harmless when run twice at once.

    What it lacks is told even where telling what it expects fails; the failure is raised all the same.
    """
    try:
        arrivals_tell()
    finally:
        told = needs_tell()
    return told
