"""Writes to the catalogue: the bank's families and products, its own or adopted from the library.

``fields`` are those of the model; ``op_key`` is the key made with the form, so that a form sent twice
creates once. A wrong field raises ``ValidationError``, a missing right ``Forbidden``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from apps.catalogue.abilities import abilities
from apps.catalogue.errors import FamilyArchived, FamilyExists, FamilyInUse
from apps.catalogue.models import AdoptedRecord, Product, ProductFamily
from apps.catalogue.rules import family_code
from apps.catalogue.selectors import active_products
from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_archive, record_create_once, record_update, records_save
from apps.kernel.models import new_id
from apps.kernel.numbering import next_number

A = TypeVar("A", bound=AdoptedRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A row of the library: its ``key`` (code of a family, reference of a product), version and fields."""

    key: str
    version: int
    fields: Mapping[str, Any]


@transaction.atomic
def family_create(
    actor: Actor, *, name: str, op_key: UUID | None = None, code: str = "", **fields: Any
) -> ProductFamily:
    """Add a family of the bank's own; without a code it gets one made from its name.

    Raises:
        FamilyExists: another family has this name or code.
    """
    require(abilities(actor), "create")
    family = ProductFamily(id=op_key or new_id(), code=code or family_code(name), name=name, **fields)
    if ProductFamily.objects.filter(code=family.code).exclude(pk=family.pk).exists():
        raise FamilyExists
    return record_create_once(actor, family)


@transaction.atomic
def family_update(actor: Actor, *, family: ProductFamily, **fields: Any) -> ProductFamily:
    """Change a family; a change to an adopted one is kept when the library moves on."""
    require(abilities(actor, family), "edit")
    return _changed(actor, family, fields)


@transaction.atomic
def family_archive(
    actor: Actor, *, family: ProductFamily, archived: bool = True, reason: str = ""
) -> ProductFamily:
    """Put a family away, or take it out again.

    Raises:
        FamilyInUse: it still has products in use.
    """
    require(abilities(actor, family), "archive")
    if archived and (count := active_products(family).count()):
        raise FamilyInUse(count)
    return record_archive(actor, family, archived=archived, reason=reason)


@transaction.atomic
def product_create(
    actor: Actor, *, family: ProductFamily, op_key: UUID | None = None, ref: str = "", **fields: Any
) -> Product:
    """Add a product of the bank's own; without a reference it gets the next number.

    Raises:
        FamilyArchived: the family is put away.
    """
    require(abilities(actor), "create")
    known = Product.objects.filter(pk=op_key).first() if op_key else None
    if known is not None:
        return known
    _refuse_archived(family)
    product = Product(id=op_key or new_id(), ref=ref or next_number("PRO"), family=family, **fields)
    return record_create_once(actor, product)


@transaction.atomic
def product_update(actor: Actor, *, product: Product, **fields: Any) -> Product:
    """Change a product; a change to an adopted one is kept when the library moves on.

    Raises:
        FamilyArchived: its new family is put away.
    """
    require(abilities(actor, product), "edit")
    if fields.get("family", product.family) != product.family:
        _refuse_archived(fields["family"])
    return _changed(actor, product, fields)


@transaction.atomic
def product_archive(actor: Actor, *, product: Product, archived: bool = True, reason: str = "") -> Product:
    """Put a product away, or take it out again.

    Raises:
        FamilyArchived: its family is put away.
    """
    require(abilities(actor, product), "archive")
    if not archived:
        _refuse_archived(product.family)
    return record_archive(actor, product, archived=archived, reason=reason)


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


def _changed(actor: Actor, record: A, fields: dict[str, Any]) -> A:
    """Change a record; one that comes from the library is the bank's own from then on."""
    if record.library_version is not None and any(getattr(record, n) != v for n, v in fields.items()):
        fields = {**fields, "is_overridden": True}
    record_update(actor, record, fields)
    return record


def _refuse_archived(family: ProductFamily) -> None:
    if family.is_archived:
        raise FamilyArchived


def _adopted(actor: Actor, model: type[A], key: str, templates: Sequence[Template]) -> list[A]:
    """Insert the rows that the bank lacks and refresh those it has not made its own."""
    known = {getattr(record, key): record for record in model._default_manager.select_for_update()}
    new = [
        model(library_version=t.version, **{key: t.key}, **t.fields) for t in templates if t.key not in known
    ]
    behind = [_refreshed(known[t.key], t) for t in templates if _is_behind(known.get(t.key), t)]
    records_save(actor, [*new, *behind], action="adopted")
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
    return record
