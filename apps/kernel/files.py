"""Files of a record: a signed paper, the photograph of a visit.

What a file is is read from its bytes, never from what its sender says; its bytes go to the storage of
the open bank under a random name, and come out through one view that asks who may see the record.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.display import size
from apps.kernel.errors import DomainError
from apps.kernel.history import record_archive, record_create_once, write_entry
from apps.kernel.models import Record, StoredFile, new_id

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
ENDINGS: Final = {PDF: "pdf", PNG: "png", JPEG: "jpg"}
_BEGINNINGS: Final[dict[str, Callable[[bytes], bool]]] = {
    PDF: lambda head: head.startswith(b"%PDF-"),
    PNG: lambda head: head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR",
    JPEG: lambda head: head.startswith(b"\xff\xd8\xff"),
}
_HEAD_BYTES: Final = 16
_NAME_MOST: Final = 100


class FileRefused(DomainError):
    """A file that we do not keep: too large, empty, or of another type."""

    code = "file_refused"


def sniffed(head: bytes) -> str | None:
    """Return the type that the first bytes of a file show, ``None`` for a type that we do not keep."""
    return next((kind for kind, begins in _BEGINNINGS.items() if begins(head)), None)


def require_keepable(content: "File[Any]", *, field: str = "file") -> str:
    """Return the type of a file that was sent.

    Raises:
        FileRefused: it is empty, too large, or neither PDF, PNG nor JPEG.
    """
    most = settings.FILE_BYTES_MOST
    if not content.size:
        raise FileRefused(_("This file is empty. Choose another one."), code="file_empty", field=field)
    if content.size > most:
        message = _("This file is too large: at most %(most)s.")
        raise FileRefused(message, code="file_too_large", field=field, params={"most": size(most)})
    content.seek(0)
    kind = sniffed(content.read(_HEAD_BYTES))
    content.seek(0)
    if kind is None:
        message = _("This is not a PDF, a JPEG or a PNG. Scan the paper or take a photograph of it.")
        raise FileRefused(message, code="file_type", field=field)
    return kind


@transaction.atomic
def file_store(
    actor: Actor, *, record: Record, content: "File[Any]", name: str, op_key: UUID | None = None
) -> StoredFile:
    """Keep a file of a record; the caller has checked what the actor may do with the record.

    ``op_key`` is the key of the form: sent again, it answers the first file. Without a row the bytes go
    at once; those of a transaction that fails later are removed by the nightly sweep.

    Raises:
        FileRefused: it is empty, too large, or neither PDF, PNG nor JPEG.
    """
    first = StoredFile.objects.filter(pk=op_key).first() if op_key else None
    if first is not None:
        return first
    kind = require_keepable(content)
    kept = storages["default"]
    storage_name = kept.save("", content)
    row = StoredFile(
        id=op_key or new_id(),
        record_kind=record._meta.label_lower,
        record_id=record.pk,
        name=_shown(name, kind),
        storage_name=storage_name,
        content_type=kind,
        size_bytes=content.size,
        sha256=_digest(content),
    )
    known = None
    try:
        known = record_create_once(actor, row)
    finally:
        if known is not row:
            kept.delete(storage_name)
    return known


@transaction.atomic
def file_archive(actor: Actor, *, file: StoredFile, archived: bool = True, reason: str = "") -> StoredFile:
    """Put a file away, or take it out again; the caller has checked what the actor may do."""
    return record_archive(actor, file, archived=archived, reason=reason)


@transaction.atomic
def file_delete(actor: Actor, *, file: StoredFile) -> None:
    """Remove a file that a job has made, for good; twice changes nothing.

    The row goes now, told in the history; the bytes once that is committed, so that no row is ever without
    its bytes. A process that dies in between leaves bytes without a row, which the nightly sweep removes.

    Raises:
        IntegrityError: the file belongs to a record; such a file is archived.
    """
    deleted, _models = StoredFile.objects.filter(pk=file.pk).delete()
    if deleted:
        write_entry(actor, file, "removed")
        kept, storage_name = storages["default"], file.storage_name
        transaction.on_commit(lambda: kept.delete(storage_name), robust=True)


def files_about(records: Iterable[models.Model]) -> models.QuerySet[StoredFile]:
    """Return the files in use of some records, latest first."""
    return StoredFile.objects.active().filter(record_id__in=[record.pk for record in records])


def opened(file: StoredFile) -> "File[Any]":
    """Open the bytes of a file.

    Raises:
        FileNotFoundError: the storage has lost them.
    """
    return storages["default"].open(file.storage_name)


def is_kept(file: StoredFile) -> bool:
    """Tell whether the storage still has the bytes of a file."""
    return storages["default"].exists(file.storage_name)


def chunks_of(file: StoredFile) -> Iterator[bytes]:
    """Yield the bytes of a file, part by part; nothing is opened before the first is asked for.

    Raises:
        FileNotFoundError: the storage has lost them.
    """
    with opened(file) as content:
        yield from content.chunks()


def files_sweep(*, before: dt.datetime) -> int:
    """Remove the open bank's bytes, kept before an instant, that no row knows; returns how many files.

    A transaction that rolled back after its file was kept leaves such bytes.
    """
    kept = storages["default"]
    known = set(StoredFile.objects.values_list("storage_name", flat=True))
    _folders, names = kept.listdir("")
    orphans = [name for name in names if name not in known and kept.get_modified_time(name) < before]
    for name in orphans:
        kept.delete(name)
    return len(orphans)


def _digest(content: "File[Any]") -> str:
    content.seek(0)
    digest = sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _shown(name: str, kind: str) -> str:
    """Return the name that people see: what was sent, harmless, with the ending of its real type."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    stem = plain.rpartition(".")[0] or plain or "file"
    return f"{stem[:_NAME_MOST].strip()}.{ENDINGS[kind]}"
