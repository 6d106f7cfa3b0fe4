"""Celery entry points of the offers."""

from celery import shared_task

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.offers.services import offers_expire_due


@shared_task(name="offers.expire_due")
def expire_due() -> int:
    """Close the bank's offers that nobody answered in time; returns how many.

    Runs every five minutes in every bank, and is harmless when run twice at once: an offer expires once.
    """
    return offers_expire_due(software("offers"), now=clock.now())
