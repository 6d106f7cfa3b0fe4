"""Celery entry points of the consolidated figures."""

from celery import shared_task

from apps.kernel.abilities import software
from tenants.federation import services


@shared_task(name="federation.fold")
def fold() -> int:
    """Fold what waits; runs every minute, and twice at once does no harm."""
    return services.fold_all()


@shared_task(name="federation.reconcile")
def reconcile() -> int:
    """Prove the figures against the ledgers every night; every difference is logged as an error."""
    return len(services.reconcile(software("federation.reconcile")))
