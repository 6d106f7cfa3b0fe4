"""Celery entry points of the consolidated figures."""

from celery import shared_task
from django.conf import settings

from apps.kernel.abilities import software
from apps.kernel.scope import current_scope
from tenants.crossing import Purpose, in_platform
from tenants.federation import reporting, services
from tenants.federation.alerts.handlers import notices_catch_up
from tenants.federation.alerts.reading import notices_read
from tenants.federation.books import books_verify
from tenants.registry.models import FoodBank
from tenants.tasks.base import platform_task


@platform_task(name="federation.fold")
def fold() -> int:
    """Fold what waits; runs every minute, and twice at once does no harm."""
    return services.fold_all()


@platform_task(name="federation.reconcile")
def reconcile() -> int:
    """Prove the figures against the ledgers every night; every difference is logged as an error."""
    return len(services.reconcile(software("federation.reconcile")))


@platform_task(name="federation.reports")
def reports() -> int:
    """Prepare the reports of the month that is over; every day, and harmless when run twice."""
    return reporting.reports_prepare()


@shared_task(name="federation.verify_books")
def verify_books() -> int:
    """Prove the books of one bank, every night; each difference is logged as an error."""
    bank_id = current_scope().bank_id
    with in_platform(Purpose.TASK):
        bank = FoodBank.objects.get(pk=bank_id)
    return len(books_verify(bank, Purpose.TASK))


@platform_task(name="alerts.read")
def read_notices() -> int:
    """Read the public notices, every hour, unless that is switched off; returns how many are new."""
    return notices_read(software("alerts.read")).new_count if settings.RAPPELCONSO_ON else 0


@shared_task(name="alerts.catch_up")
def catch_up() -> int:
    """Take the recalls that one bank has not heard of; every five minutes, nothing to do as a rule."""
    return notices_catch_up()
