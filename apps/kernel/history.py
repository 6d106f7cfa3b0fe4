"""Writing history: every change of a record says who, when, from which value to which, and why.

A service saves through :func:`record_save`, which writes into the history exactly what it writes into the
table. Rows that live and die with a document (the lines of an offer) are its *parts*: they are saved with
it, and what changed of them stands in its entry.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.changes import (
    Changes,
    Parts,
    changed_fields,
    differences,
    first_values,
    label_of,
    part_of,
    plain,
    remember,
    save_parts,
)
from apps.kernel.errors import Conflict
from apps.kernel.models import ArchivableRecord, AuditEntry, Record, TravellingRow

R = TypeVar("R", bound=Record)
A = TypeVar("A", bound=ArchivableRecord)

Parent = tuple[TravellingRow, str]
"""The record whose history tells of a row, and the name of their relation: ``(site, "opening_slots")``."""


def write_entry(
    actor: Actor,
    record: models.Model,
    action: str,
    *,
    changes: Changes | None = None,
    reason: str = "",
    entry_id: UUID | None = None,
) -> AuditEntry:
    """Append one entry about a record; ``changes`` maps a field to ``[before, after]``.

    An ``entry_id`` made from the act's own key lets a repeat find the entry.
    """
    entry = _entry(actor, record, action, changes=changes, reason=reason)
    entry.id = entry_id or entry.id
    entry.save(force_insert=True)
    return entry


def _entry(
    actor: Actor,
    record: models.Model,
    action: str,
    *,
    changes: Changes | None = None,
    reason: str = "",
) -> AuditEntry:
    return AuditEntry(
        actor_id=actor.id,
        actor_label=actor.label[:200],
        actor_role=actor.main_role,
        actor_via=actor.via[:80],
        record_kind=record._meta.label_lower,
        record_id=str(record.pk),
        record_label=label_of(record),
        action=action,
        changes=dict(changes or {}),
        reason=reason[:500],
    )


def history_of(*records: models.Model) -> models.QuerySet[AuditEntry]:
    """Return the entries about some records, newest first."""
    about = models.Q(pk__in=[])
    for record in records:
        about |= models.Q(record_kind=record._meta.label_lower, record_id=str(record.pk))
    return AuditEntry.objects.filter(about)


def record_create(actor: Actor, record: R, *, parts: Parts | None = None, reason: str = "") -> R:
    """Validate and insert a record with its parts; its history begins with their first values.

    Raises:
        ValidationError: a field is wrong.
    """
    record.full_clean()
    return record_insert(actor, record, parts=parts, reason=reason)


def record_insert(actor: Actor, record: R, *, parts: Parts | None = None, reason: str = "") -> R:
    """Insert a record that the service has checked by itself, with its parts and their first values."""
    record.save(force_insert=True)
    history_begin(actor, record, parts=parts, reason=reason)
    return record


def history_begin(
    actor: Actor, record: TravellingRow, *, parts: Parts | None = None, reason: str = ""
) -> None:
    """Begin the history of a record just inserted: insert its parts, and write all first values."""
    changes = first_values(record) | save_parts(parts)
    write_entry(actor, record, "created", changes=changes, reason=reason)
    remember(record)


def record_create_once(
    actor: Actor,
    record: R,
    *,
    parts: Parts | None = None,
    parent: Parent | None = None,
    reason: str = "",
) -> R:
    """Insert a record whose id is the key made with its form; sent again, return the first one.

    With a ``parent`` it is a part of it: the parent's history tells of it.

    Raises:
        ValidationError: a field is wrong.
        Conflict: somebody took the same code at the same moment.
    """
    first = _written(record)
    if first is not None:
        return first
    try:
        with transaction.atomic():
            if parent is None:
                return record_create(actor, record, parts=parts, reason=reason)
            record.full_clean()
            write_entry(actor, parent[0], "changed", changes=save_parts({parent[1]: [record]}), reason=reason)
            return record
    except IntegrityError as error:
        first = _written(record)
        if first is not None:
            return first
        raise Conflict(_("Somebody has just recorded the same. Look at the list and try again.")) from error


def made_once(find: Callable[[], R | None], make: Callable[[], R]) -> R:
    """Return what an act made under its key (``find``), else make it, all or nothing.

    Of two sent at the same instant, the second one gives back its number and answers the first result.

    Raises:
        ValidationError, IntegrityError: it cannot be made, and not because of its key.
    """
    first = find()
    if first is not None:
        return first
    try:
        with transaction.atomic():
            return make()
    except (IntegrityError, ValidationError):
        first = find()
        if first is None:
            raise
        return first


def _written(record: R) -> R | None:
    return cast("R | None", type(record)._default_manager.filter(pk=record.pk).first())


def record_save(
    actor: Actor,
    record: TravellingRow,
    *,
    action: str = "changed",
    parts: Parts | None = None,
    reason: str = "",
    entry_id: UUID | None = None,
) -> list[str]:
    """Save what changed of a record and its parts since they were read, and write it; returns its fields.

    An act that changes nothing leaves no trace, unless it has a name of its own.
    """
    fields = changed_fields(record)
    changes = differences(record, fields)
    if fields:
        record.updated_at = clock.now()
        record.save(update_fields=[*(field.name for field in fields), "updated_at"])
        remember(record)
    changes |= save_parts(parts)
    if changes or action != "changed":
        write_entry(actor, record, action, changes=changes, reason=reason, entry_id=entry_id)
    return [field.name for field in fields]


def records_save(actor: Actor, records: Sequence[Record], *, action: str) -> None:
    """Insert or save many records of one kind, and write an entry about each, in few statements."""
    told = save_parts({action: records}).get(action, {})
    changed = [(record, told[str(record.pk)]) for record in records if str(record.pk) in told]
    AuditEntry.objects.bulk_create(
        _entry(actor, record, action, changes=part["changes"]) for record, part in changed
    )


def record_update(
    actor: Actor, record: R, data: Mapping[str, Any], *, parent: Parent | None = None, reason: str = ""
) -> list[str]:
    """Set the given fields, save those that changed, and write what changed; returns their names.

    With a ``parent`` the record is a part of it: the parent's history tells of it.

    Raises:
        ValidationError: a field is wrong; nothing was written.
    """
    changes = {}
    for name, value in data.items():
        before = getattr(record, name)
        if before != value:
            changes[name] = [plain(before), plain(value)]
            setattr(record, name, value)
    if not changes:
        return []
    record.updated_at = clock.now()
    record.full_clean()
    record.save(update_fields=[*changes, "updated_at"])
    remember(record)
    told: Changes = {name: pair for name, pair in changes.items() if name not in record.UNTOLD}
    about: TravellingRow = record
    if parent is not None:
        about, told = parent[0], {parent[1]: part_of(record, told)}
    write_entry(actor, about, "changed", changes=told, reason=reason)
    return list(changes)


def record_archive(actor: Actor, record: A, *, archived: bool = True, reason: str = "") -> A:
    """Put a record away, or take it out again; doing it twice changes nothing."""
    if record.is_archived != archived:
        record.archived_at = clock.now() if archived else None
        record.updated_at = clock.now()
        record.save(update_fields=["archived_at", "updated_at"])
        write_entry(actor, record, "archived" if archived else "restored", reason=reason)
    return record


def part_removed(actor: Actor, record: R, parent: Parent, *, reason: str = "") -> bool:
    """Delete a row that is part of a record, whose history keeps its last values; twice changes nothing."""
    deleted, _models = type(record)._default_manager.filter(pk=record.pk).delete()
    if deleted:
        values = first_values(record, part_as=parent[1])
        last = {name: [after, None] for name, (_none, after) in values.items()}
        write_entry(actor, parent[0], "changed", changes={parent[1]: part_of(record, last)}, reason=reason)
    return bool(deleted)
