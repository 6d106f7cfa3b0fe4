"""Celery entry points of the life of a bank: the worker of the queue ``owner`` runs them."""

from uuid import UUID

from apps.kernel.abilities import software
from tenants.registry.models import FoodBank
from tenants.registry.naming import forget_expired_hosts
from tenants.registry.services import bank_move
from tenants.registry.states import BankStatus
from tenants.registry.steps import step_run, steps_sweep
from tenants.tasks.base import platform_task


@platform_task(name="banks.provision")
def provision(step_id: str) -> None:
    """Build the space of a bank."""
    step_run(UUID(step_id))


@platform_task(name="banks.export")
def export(step_id: str) -> None:
    """Copy a bank out to a file."""
    step_run(UUID(step_id))


@platform_task(name="banks.archive")
def archive(step_id: str) -> None:
    """Close a bank, export it, put it away."""
    step_run(UUID(step_id))


@platform_task(name="banks.erase")
def erase(step_id: str) -> None:
    """Remove a bank for good."""
    step_run(UUID(step_id))


@platform_task(name="banks.move")
def move(bank_id: str, to: str, reason: str) -> None:
    """Move a bank to another state, on behalf of the software: an unpaid subscription, a timer."""
    bank = FoodBank.objects.get(pk=bank_id)
    bank_move(software("banks.move"), bank=bank, to=BankStatus(to), reason=reason)


@platform_task(name="banks.sweep")
def sweep() -> int:
    """Finish the steps that a lost hint or a killed worker left; every minute."""
    return steps_sweep()


@platform_task(name="banks.forget_hosts")
def forget_hosts() -> int:
    """Free the former addresses whose time is over; every night."""
    return forget_expired_hosts()
