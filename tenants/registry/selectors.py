"""Reads about the members of the network."""

from django.db.models import QuerySet

from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind


def operating_banks() -> QuerySet[FoodBank]:
    """Return banks and antennas at work, with their hosts and territories, by name."""
    return (
        FoodBank.objects.operating()
        .select_related("parent")
        .prefetch_related("domains", "territories")
        .order_by("name")
    )


def federation() -> FoodBank | None:
    """Return the federation, if the installation has one."""
    return FoodBank.objects.filter(kind=BankKind.FEDERATION).first()


def banks_serving(department: str) -> list[FoodBank]:
    """Return who serves a department, antennas before their parent, then by name."""
    banks = operating_banks().filter(territories__department=department)
    return sorted(banks, key=lambda bank: (bank.kind != BankKind.ANTENNA, bank.name))
