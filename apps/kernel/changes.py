"""What changed of a record, as its history holds it: codes, grams, cents, ISO dates.

Nothing here is in words; ``apps.kernel.telling`` puts it into the reader's.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import models

from apps.kernel import clock
from apps.kernel.models import Record, TravellingRow

Changes = Mapping[str, Any]
"""A field and its ``[before, after]``, or a relation and what changed of its rows."""
Parts = Mapping[str, Iterable[Record]]
"""Rows of a document by the name of their relation: ``{"lines": […]}``."""

TECHNICAL: Final = frozenset({"id", "created_at", "updated_at", "archived_at", "op_key"})
"""Fields that say nothing about the trade."""


def told_fields(model: type[models.Model]) -> list[Any]:
    """Return the fields of a model that its history tells."""
    left_out = TECHNICAL | getattr(model, "UNTOLD", frozenset())
    return [field for field in model._meta.concrete_fields if field.name not in left_out]


def first_values(record: TravellingRow, *, part_as: str = "") -> dict[str, Any]:
    """Return what the history of a new record begins with: every field that says something.

    Of a part, told under the name of a relation, what it is part of goes without saying.
    """
    fields = [field for field in told_fields(type(record)) if not part_as or _relation(field) != part_as]
    values = {field.name: _value(record, field) for field in fields}
    return {name: [None, value] for name, value in values.items() if value not in (None, "")}


def _relation(field: Any) -> str:
    return str(field.remote_field.related_name) if field.is_relation else ""


def changed_fields(record: TravellingRow) -> list[Any]:
    """Return the fields whose value is no longer the one that was read."""
    loaded = record.loaded_values
    return [
        field
        for field in record._meta.concrete_fields
        if field.attname in loaded and loaded[field.attname] != getattr(record, field.attname)
    ]


def differences(record: TravellingRow, fields: Sequence[Any]) -> dict[str, Any]:
    """Return ``[before, after]`` of the fields that the history tells."""
    told = set(told_fields(type(record)))
    return {f.name: [_before(record, f), _value(record, f)] for f in fields if f in told}


def save_parts(parts: Parts | None) -> dict[str, Any]:
    """Insert the new parts, save the changed ones, and return what changed of them, by relation."""
    told = {}
    for name, rows in (parts or {}).items():
        changes = dict(_saved(name, list(rows)))
        if changes:
            told[name] = changes
    return told


def _saved(relation: str, rows: Sequence[Record]) -> Iterator[tuple[str, Any]]:
    new = [row for row in rows if row._state.adding]
    changed = {row: fields for row in rows if row not in new and (fields := changed_fields(row))}
    names = {field.name for fields in changed.values() for field in fields}
    told = {row: differences(row, fields) for row, fields in changed.items()}
    if new:
        type(new[0])._default_manager.bulk_create(new)
    for row in changed:
        row.updated_at = clock.now()
    if changed:
        type(rows[0])._default_manager.bulk_update(list(changed), sorted(names | {"updated_at"}))
    for row in rows:
        changes = first_values(row, part_as=relation) if row in new else told.get(row)
        if changes:
            yield from part_of(row, changes).items()
        remember(row)


def part_of(row: models.Model, changes: Changes) -> dict[str, Any]:
    """Return what changed of one part under its id, with what it is called."""
    return {str(row.pk): {"label": label_of(row), "changes": dict(changes)}}


def label_of(record: models.Model) -> str:
    """Return what a record is called, or the code that names it in no language (``NAMED_BY``)."""
    named_by = getattr(record, "NAMED_BY", "")
    label = getattr(record, named_by) if named_by else record
    return str("" if label is None else label)[:200]


def remember(row: TravellingRow) -> None:
    """Note the values that are now in the table."""
    known = row.__dict__
    fields = row._meta.concrete_fields
    row.loaded_values = {f.attname: known[f.attname] for f in fields if f.attname in known}


def _before(record: TravellingRow, field: Any) -> Any:
    """Return the value that was read; of another record, its id and its label."""
    value = record.loaded_values[field.attname]
    if not field.is_relation or value is None:
        return plain(value)
    related = field.related_model._default_manager.filter(pk=value).first()
    return {"id": str(value), "label": label_of(related) if related else ""}


def _value(record: models.Model, field: Any) -> Any:
    """Return the present value; of another record, its id, with its label where it is at hand."""
    value = getattr(record, field.attname)
    if not field.is_relation or value is None:
        return plain(value)
    label = label_of(getattr(record, field.name)) if field.is_cached(record) else ""
    return {"id": str(value), "label": label}


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, models.Model):
        return {"id": str(value.pk), "label": label_of(value)}
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)
