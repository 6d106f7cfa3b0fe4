"""Base classes of a bank's records, its history and its document numbers."""

from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from apps.kernel import clock
from apps.kernel.guard import BankQuerySet, BankRow

M = TypeVar("M", bound="ArchivableRecord")


def new_id() -> UUID:
    """Return a UUIDv7: sortable by time, safe to name from another bank."""
    return UUID(int=uuid7().int)


class SharedRef(models.UUIDField):  # type: ignore[type-arg]
    """The id of a row of the shared tables, kept beside a copied label.

    No constraint leaves a bank's schema; ``to`` names the model (``"network.DonorAccount"``), whose rows are
    never deleted, and a nightly check looks for references that lead nowhere.
    """

    def __init__(self, *args: Any, to: str = "", **options: Any) -> None:
        self.to = to
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Describe the column to migrations: a plain UUID."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.UUIDField", args, options


class TravellingRow(models.Model):
    """A row with an identifier that may travel and two instants, shared or a bank's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), default=clock.now, editable=False)

    class Meta:
        abstract = True


class Record(BankRow, TravellingRow):
    """A row of a bank with an identifier that may travel."""

    class Meta:
        abstract = True


class ArchivableQuerySet(BankQuerySet[M]):
    """Reads over records that are archived, never deleted."""

    def active(self) -> Self:
        """Keep the records in use."""
        return self.filter(archived_at__isnull=True)

    def archived(self) -> Self:
        """Keep the records put away."""
        return self.filter(archived_at__isnull=False)


class ArchivableRecord(Record):
    """A file of the bank that can be put away and taken out again; history keeps pointing at it."""

    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)

    objects = ArchivableQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        """Tell whether the record is put away."""
        return self.archived_at is not None


class AuditEntry(BankRow):
    """One change of one record: who, when, what, from which value to which, why. Append-only."""

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(_("at"), default=clock.now)
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)
    record_kind = models.CharField(_("record"), max_length=80)
    record_id = models.CharField(max_length=40)
    record_label = models.CharField(max_length=200)
    action = models.CharField(_("action"), max_length=40)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history entries")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["record_kind", "record_id", "-at"], name="audit_record")]

    def __str__(self) -> str:
        return f"{self.record_label} · {self.action}"


class DocumentSequence(BankRow):
    """The last number given to a kind of document in a year; numbers leave no gap."""

    kind = models.CharField(_("document"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("document sequence")
        verbose_name_plural = _("document sequences")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "year"], name="document_sequence_kind_year")
        ]

    def __str__(self) -> str:
        return f"{self.kind}-{self.year}-{self.last}"


class StoredFile(ArchivableRecord):
    """A file that belongs to a record of the bank: what we know of the bytes, which the storage keeps.

    Only ``name`` came from who sent it, and only to be shown; the bytes never change.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    record_kind = models.CharField(_("record"), max_length=80)
    record_id = models.UUIDField()
    name = models.CharField(_("name"), max_length=120)
    storage_name = models.CharField(max_length=80, editable=False)
    content_type = models.CharField(_("type"), max_length=40)
    size_bytes = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["storage_name"], name="stored_file_name")]
        indexes: ClassVar = [models.Index(fields=["record_id"], name="stored_file_record")]

    def __str__(self) -> str:
        return self.name
