"""Loading the shared library, and copying it into a bank."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from django.db import models, transaction

from apps.catalogue.services import Template, families_adopt, products_adopt
from apps.kernel.abilities import Actor, Role, require, verbs
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.library.models import LibraryFamily, LibraryProduct
from tenants.library.packaged import packaged_families, packaged_products
from tenants.registry.models import FoodBank

M = TypeVar("M", LibraryFamily, LibraryProduct)

_NOT_COPIED: Final = frozenset({"code", "ref", "version", "family_id"})


def library_load(actor: Actor) -> int:
    """Bring the shared library up to the packaged catalogue; returns how many rows were written.

    Safe to repeat: a row that did not change keeps its version, one that did gets the next.

    Raises:
        Forbidden: only the operator of the platform, or the software.
    """
    require(verbs("load", when=actor.is_any(Role.OPERATOR)), "load")
    with in_platform(Purpose.LIBRARY), transaction.atomic():
        written = _loaded(LibraryFamily, "code", packaged_families())
        return written + _loaded(LibraryProduct, "ref", packaged_products())


def catalogue_adopt(actor: Actor, *, bank: FoodBank) -> int:
    """Copy the library into a bank, or bring its copy up to date; returns the number of products written.

    Safe to repeat. What the bank changed stays as the bank has it.

    Raises:
        Forbidden: the actor may not adopt the library there.
        BankUnavailable: the bank is not open for work.
    """
    with in_tenant(bank, Purpose.LIBRARY), transaction.atomic():
        families_adopt(actor, templates=_templates(LibraryFamily.objects.all()))
        return products_adopt(actor, templates=_templates(LibraryProduct.objects.all()))


def _loaded(model: type[M], key: str, rows: Sequence[dict[str, Any]]) -> int:
    """Insert new rows and give changed ones their next version, in two statements."""
    known = model._default_manager.in_bulk()
    new = [model(**row) for row in rows if row[key] not in known]
    changed = [record for row in rows if (record := _changed(known.get(row[key]), row)) is not None]
    model._default_manager.bulk_create(new)
    if changed:
        model._default_manager.bulk_update(changed, [*(set(rows[0]) - {key}), "version"])
    return len(new) + len(changed)


def _changed(record: M | None, row: dict[str, Any]) -> M | None:
    """Return the stored row with its new fields and version, ``None`` when there is nothing to change."""
    if record is None or all(getattr(record, name) == value for name, value in row.items()):
        return None
    for name, value in row.items():
        setattr(record, name, value)
    record.version += 1
    return record


def _templates(records: models.QuerySet[Any]) -> list[Template]:
    """Return the rows of the library as a bank's catalogue takes them."""
    templates = []
    for record in records:
        names = [field.attname for field in record._meta.concrete_fields if field.attname not in _NOT_COPIED]
        fields = {name: getattr(record, name) for name in names}
        if isinstance(record, LibraryProduct):
            fields["family"] = record.family_id
        templates.append(Template(key=record.pk, version=record.version, fields=fields))
    return templates
