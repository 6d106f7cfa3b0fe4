"""Writing history: every change of a record says who, when, from which value to which, and why."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.errors import Conflict
from apps.kernel.models import ArchivableRecord, AuditEntry, Record

R = TypeVar("R", bound=Record)
A = TypeVar("A", bound=ArchivableRecord)


def write_entry(
    actor: Actor,
    record: models.Model,
    action: str,
    *,
    changes: Mapping[str, Any] | None = None,
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


def write_entries(actor: Actor, records: Iterable[models.Model], action: str) -> None:
    """Append the same entry about many records, in one statement."""
    AuditEntry.objects.bulk_create([_entry(actor, record, action) for record in records])


def _entry(
    actor: Actor,
    record: models.Model,
    action: str,
    *,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    return AuditEntry(
        actor_id=actor.id,
        actor_label=actor.label[:200],
        record_kind=record._meta.label_lower,
        record_id=str(record.pk),
        record_label=str(record)[:200],
        action=action,
        changes=dict(changes or {}),
        reason=reason[:500],
    )


def history_of(record: models.Model) -> models.QuerySet[AuditEntry]:
    """Return the entries about a record, newest first."""
    return AuditEntry.objects.filter(record_kind=record._meta.label_lower, record_id=str(record.pk))


def record_create(actor: Actor, record: R, *, reason: str = "") -> R:
    """Validate and insert a record, with its history.

    Raises:
        ValidationError: a field is wrong.
    """
    record.full_clean()
    record.save(force_insert=True)
    write_entry(actor, record, "created", reason=reason)
    return record


def record_create_once(actor: Actor, record: R, *, reason: str = "") -> R:
    """Insert a record whose id is the key made with its form; sent again, return the first one.

    Raises:
        ValidationError: a field is wrong.
        Conflict: somebody took the same code at the same moment.
    """
    first = _written(record)
    if first is not None:
        return first
    try:
        with transaction.atomic():
            return record_create(actor, record, reason=reason)
    except IntegrityError as error:
        first = _written(record)
        if first is not None:
            return first
        raise Conflict(_("Somebody has just recorded the same. Look at the list and try again.")) from error


def _written(record: R) -> R | None:
    return cast("R | None", type(record)._default_manager.filter(pk=record.pk).first())


def record_update(actor: Actor, record: R, data: Mapping[str, Any], *, reason: str = "") -> list[str]:
    """Set the given fields, save those that changed, and write what changed; returns their names.

    Raises:
        ValidationError: a field is wrong; nothing was written.
    """
    changes = {}
    for name, value in data.items():
        before = getattr(record, name)
        if before != value:
            changes[name] = [_plain(before), _plain(value)]
            setattr(record, name, value)
    if not changes:
        return []
    record.updated_at = clock.now()
    record.full_clean()
    record.save(update_fields=[*changes, "updated_at"])
    write_entry(actor, record, "changed", changes=changes, reason=reason)
    return list(changes)


def record_archive(actor: Actor, record: A, *, archived: bool = True, reason: str = "") -> A:
    """Put a record away, or take it out again; doing it twice changes nothing."""
    if record.is_archived != archived:
        record.archived_at = clock.now() if archived else None
        record.updated_at = clock.now()
        record.save(update_fields=["archived_at", "updated_at"])
        write_entry(actor, record, "archived" if archived else "restored", reason=reason)
    return record


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, models.Model):
        return str(value)
    if value is None or isinstance(value, str | int | bool | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
