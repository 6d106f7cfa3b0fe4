"""Celery entry points of the consolidated figures."""

from apps.kernel.abilities import software
from tenants.federation import services
from tenants.tasks.base import platform_task


@platform_task(name="federation.fold")
def fold() -> int:
    """Fold what waits; runs every minute, and twice at once does no harm."""
    return services.fold_all()


@platform_task(name="federation.reconcile")
def reconcile() -> int:
    """Prove the figures against the ledgers every night; every difference is logged as an error."""
    return len(services.reconcile(software("federation.reconcile")))
