"""Celery entry points of the network."""

from celery import shared_task

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.offers.services import offers_expire_due
from tenants.crossing import Purpose, each_tenant
from tenants.network.services import steps_advance_due


@shared_task(name="network.advance_due")
def advance_due() -> int:
    """Pass on the questions whose deadline is over; every minute, and harmless when run twice at once."""
    return steps_advance_due(software("network"), now=clock.now())


@shared_task(name="offers.expire_due")
def offers_expire() -> int:
    """Close, in every open bank, the offers that nobody answered in time; returns how many.

    Runs every five minutes, and is harmless when run twice at once: an offer expires once.
    """
    now = clock.now()
    closed = each_tenant(Purpose.ROUTING, lambda _bank: offers_expire_due(software("offers"), now=now))
    return sum(count for _bank, count in closed)
