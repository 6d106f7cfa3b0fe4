"""Celery entry points of the life of a bank: the worker of the queue ``owner`` runs them."""

from uuid import UUID

from celery import shared_task

from apps.kernel.abilities import software
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tenants.registry.naming import forget_expired_hosts
from tenants.registry.services import bank_move
from tenants.registry.states import BankStatus
from tenants.registry.steps import QUEUE, step_run, steps_sweep


@shared_task(name="banks.provision", queue=QUEUE)
def provision(step_id: str) -> None:
    """Build the space of a bank."""
    step_run(UUID(step_id))


@shared_task(name="banks.export", queue=QUEUE)
def export(step_id: str) -> None:
    """Copy a bank out to a file."""
    step_run(UUID(step_id))


@shared_task(name="banks.archive", queue=QUEUE)
def archive(step_id: str) -> None:
    """Close a bank, export it, put it away."""
    step_run(UUID(step_id))


@shared_task(name="banks.erase", queue=QUEUE)
def erase(step_id: str) -> None:
    """Remove a bank for good."""
    step_run(UUID(step_id))


@shared_task(name="banks.move", queue=QUEUE)
def move(bank_id: str, to: str, reason: str) -> None:
    """Move a bank to another state, on behalf of the software (an unpaid subscription, a timer)."""
    with in_platform(Purpose.PROVISIONING):
        bank = FoodBank.objects.get(pk=bank_id)
    bank_move(software("banks.move"), bank=bank, to=BankStatus(to), reason=reason)


@shared_task(name="banks.sweep", queue=QUEUE)
def sweep() -> int:
    """Finish the steps that a lost hint or a killed worker left; every minute."""
    return steps_sweep()


@shared_task(name="banks.forget_hosts")
def forget_hosts() -> int:
    """Free the former addresses whose time is over; every night."""
    with in_platform(Purpose.PROVISIONING):
        return forget_expired_hosts()
