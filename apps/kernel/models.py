"""Base classes of a bank's records, its history and its document numbers."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from apps.kernel import clock
from apps.kernel.errors import Text
from apps.kernel.guard import BankQuerySet, BankRow
from apps.kernel.jobs.kinds import kind_choices
from apps.kernel.jobs.states import ACTIVE, JobState

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
    """A row with an identifier that may travel and two instants, shared or a bank's own.

    It remembers the values it was read with (``loaded_values``, by column), so that its history can say
    what a service changed (``apps.kernel.history``).
    """

    ACTS: ClassVar[Mapping[str, Text]] = {}
    """What its own acts are called in its history, beside the states it can be in."""
    UNTOLD: ClassVar[frozenset[str]] = frozenset()
    """Fields that the history never holds: secrets, digests, what only the software reads."""
    NAMED_BY: ClassVar[str] = ""
    """The field that names it in the history, where its own text would be in the writer's language."""

    loaded_values: Mapping[str, Any]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), default=clock.now, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """Make the object of a row and remember what the row said."""
        row = super().from_db(db, field_names, values, **options)
        row.loaded_values = dict(zip(field_names, values, strict=False))
        return row


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
    """One change of one record: who, when, what, from which value to which, why. Append-only.

    ``changes`` maps a field to ``[before, after]``, or the name of a relation to what changed of its rows:
    ``{"lines": {"<id>": {"label": …, "changes": {…}}}}``. Values are codes, grams, cents and ISO dates, put
    into the reader's words when they are shown; of another record they are its id with its label then.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(_("at"), default=clock.now)
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)
    actor_role = models.CharField(_("role"), max_length=16, blank=True, db_default="", default="")
    actor_via = models.CharField(_("through"), max_length=80, blank=True, db_default="", default="")
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
        indexes: ClassVar = [
            models.Index(fields=["record_kind", "record_id", "-at"], name="audit_record"),
            models.Index(fields=["-at", "-id"], name="audit_journal"),
        ]

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

    Only ``name`` came from who sent it, and only to be shown; the bytes never change. A paper is archived,
    never deleted: the database lets go only of what a job has made (``kernel_file_kept``).
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"storage_name", "sha256"})

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


class Job(Record):
    """Long work that somebody asked for: what, how far it is, how it ended.

    ``items`` is what there is to do, fixed when it was asked for; the first ``done`` of them are done. The
    message is a code with its parameters, put into the reader's words when it is shown. It goes with its
    files ``JOB_DAYS`` days after its end.
    """

    ACTS: ClassVar[Mapping[str, Text]] = {
        "retried": _("Taken up again"),
        "removed": _("Removed with its files"),
    }
    UNTOLD: ClassVar[frozenset[str]] = frozenset(
        {
            "asked_by_id", "asked_by_label", "language", "params", "items", "done", "attempt", "started_at",
            "ended_at", "heartbeat_at", "message_code", "message_params",
        }
    )  # fmt: skip
    NAMED_BY: ClassVar[str] = "kind"

    kind = models.CharField(_("work"), max_length=40, choices=kind_choices)
    asked_by_id = models.UUIDField(_("asked by"), null=True, blank=True)
    asked_by_label = models.CharField(_("asked by"), max_length=200)
    language = models.CharField(max_length=10)
    params = models.JSONField(default=dict, blank=True)
    items = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=9, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("in all"))
    attempt = models.PositiveSmallIntegerField(_("failures of the present part"), default=0)
    message_code = models.CharField(max_length=40, blank=True)
    message_params = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"))

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="job_done_within_total"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.reference}"

    @property
    def is_active(self) -> bool:
        """Tell whether a worker has, or will have, something to do."""
        return self.state in ACTIVE

    @property
    def reference(self) -> str:
        """What a person quotes to whoever looks into the log: the end of the id."""
        return self.id.hex[-8:]

    def stands_at(self, done: int) -> bool:
        """Tell whether the part that begins after so many items is the one to do."""
        return self.is_active and self.done == done


class LexemesField(models.Field):  # type: ignore[type-arg]
    """A column that PostgreSQL searches: a sorted set of folded words and marked codes."""

    def db_type(self, connection: Any) -> str:
        """Return the type of the column."""
        return "tsvector"


class GramsField(models.Field):  # type: ignore[type-arg]
    """A column of three-letter pieces of a word."""

    def db_type(self, connection: Any) -> str:
        """Return the type of the column."""
        return "text[]"


class SearchEntry(BankRow):
    """What a record of the bank is found by; kept by ``public.search_kept``, never written by hand.

    ``lexemes`` holds its words, its codes as ``#code`` and its kind as ``@kind``; ``owner_id`` the charity
    or the driver it concerns; ``moment`` ranks the recent first.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT"

    record_id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    label = models.CharField(_("name"), max_length=200)
    number = models.CharField(_("number"), max_length=40, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    lexemes = LexemesField()
    owner_id = models.UUIDField(null=True)
    moment = models.DateTimeField()
    is_archived = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        ordering: ClassVar = ["-moment"]
        indexes: ClassVar = [models.Index(fields=["-moment"], name="search_recent")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}".strip()


class SearchWord(BankRow):
    """A word that entries are found by, with its pieces: where a mistyped word looks for the right one.

    A word may stand here twice, and stay when its last entry is gone: writers never wait for one another.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT"

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=40)
    grams = GramsField()

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes: ClassVar = [models.Index(fields=["word"], name="search_word")]

    def __str__(self) -> str:
        return self.word
