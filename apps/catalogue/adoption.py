"""Adoption of the shared library: many rows in few statements, the bank's own changes kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from apps.catalogue.abilities import abilities
from apps.catalogue.models import AdoptedRecord, Product, ProductFamily
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.history import write_entries

A = TypeVar("A", bound=AdoptedRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A row of the library: its ``key`` (code of a family, reference of a product), version and fields."""

    key: str
    version: int
    fields: Mapping[str, Any]


@transaction.atomic
def families_adopt(actor: Actor, *, templates: Sequence[Template]) -> int:
    """Copy families of the library, or bring them up to date; returns how many were written."""
    require(abilities(actor), "adopt")
    return len(_adopted(actor, ProductFamily, "code", templates))


@transaction.atomic
def products_adopt(actor: Actor, *, templates: Sequence[Template]) -> int:
    """Copy products of the library, or bring them up to date; returns how many were written.

    ``fields["family"]`` is the code of a family that the bank has.

    Raises:
        KeyError: the bank has no such family.
    """
    require(abilities(actor), "adopt")
    families = ProductFamily.objects.in_bulk(field_name="code")
    placed = [
        Template(key=t.key, version=t.version, fields={**t.fields, "family": families[t.fields["family"]]})
        for t in templates
    ]
    return len(_adopted(actor, Product, "ref", placed))


def _adopted(actor: Actor, model: type[A], key: str, templates: Sequence[Template]) -> list[A]:
    """Insert the rows that the bank lacks and refresh those it has not made its own."""
    known = {getattr(record, key): record for record in model._default_manager.select_for_update()}
    new = [
        model(library_version=t.version, **{key: t.key}, **t.fields) for t in templates if t.key not in known
    ]
    behind = [_refreshed(known[t.key], t) for t in templates if _is_behind(known.get(t.key), t)]
    model._default_manager.bulk_create(new)
    if behind:
        names = [*templates[0].fields, "library_version", "updated_at"]
        model._default_manager.bulk_update(behind, names)
    write_entries(actor, [*new, *behind], "adopted")
    return [*new, *behind]


def _is_behind(record: AdoptedRecord | None, template: Template) -> bool:
    """Tell whether a row came from an older version of the library and was left as it was."""
    if record is None or record.library_version is None or record.is_overridden:
        return False
    return record.library_version < template.version


def _refreshed(record: A, template: Template) -> A:
    for name, value in template.fields.items():
        setattr(record, name, value)
    record.library_version = template.version
    record.updated_at = clock.now()
    return record
