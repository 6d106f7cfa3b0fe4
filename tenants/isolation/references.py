"""References of the banks' rows to shared rows: all of them, and those that lead nowhere.

No foreign key leaves a bank's schema, so nothing but this check would notice a shared row that is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models

from apps.kernel.models import SharedRef
from tenants.crossing import Purpose, each_tenant, in_platform
from tenants.isolation.rights import models_of
from tenants.registry.models import FoodBank

BATCH: Final = 5_000
"""Ids looked up in one question."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """One id that rows of a bank name and no shared row has."""

    bank_label: str
    field: str
    missing_id: UUID

    def __str__(self) -> str:
        return f"{self.bank_label}: {self.field} names {self.missing_id}, which is not there"


def shared_references() -> list[SharedRef]:
    """Return every field of a bank's rows that names a shared row."""
    return [
        field
        for model in models_of(settings.TENANT_APPS)
        for field in model._meta.get_fields()
        if isinstance(field, SharedRef)
    ]


def orphans() -> list[Orphan]:
    """Return every reference of every bank at work that leads nowhere."""
    return [orphan for _bank, found in each_tenant(Purpose.COMMAND, _orphans_of) for orphan in found]


def _orphans_of(bank: FoodBank) -> list[Orphan]:
    return [
        Orphan(bank.name, f"{field.model._meta.label}.{field.name}", missing)
        for field in shared_references()
        for named in _named(field)
        for missing in sorted(named - _known(apps.get_model(field.to), named))
    ]


def _named(field: SharedRef) -> Iterator[set[UUID]]:
    """Yield the ids that the open bank's rows name, a batch at a time."""
    last = UUID(int=0)
    rows = field.model._default_manager.order_by(field.name).values_list(field.name, flat=True).distinct()
    while batch := list(rows.filter(**{f"{field.name}__gt": last})[:BATCH]):
        yield set(batch)
        last = batch[-1]


def _known(model: type[models.Model], named: set[UUID]) -> set[UUID]:
    with in_platform(Purpose.COMMAND):
        return set(model._default_manager.filter(pk__in=named).values_list("pk", flat=True))
