"""Celery entry points of the recalls."""

from celery import shared_task

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.recalls.services import cases_screen, reminders_send


@shared_task(name="recalls.screen")
def screen() -> int:
    """Hold all lots against the open recalls: an article that has its barcode since, say."""
    return cases_screen(software("recalls"))


@shared_task(name="recalls.remind")
def remind() -> int:
    """Remind the partners that have not answered; harmless when run twice."""
    return reminders_send(software("recalls"), now=clock.now())
