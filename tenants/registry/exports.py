"""Exports that wait to be fetched: kept beside the files of the banks, outside every bank's own prefix."""

from pathlib import Path
from typing import Final, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages

from tenants.isolation.files import BankStorage

ROOT: Final = "exports"


def export_keep(bank_id: UUID, made: Path) -> str:
    """Keep an export, in place of the one before; returns its name."""
    name = f"{ROOT}/{bank_id}/{made.name}"
    exports_forget(bank_id)
    with made.open("rb") as stream:
        return str(_store().save(name, File(stream)))


def export_open(bank_id: UUID, name: str) -> "File[bytes]":
    """Open an export of a bank.

    Raises:
        FileNotFoundError: it is not there any more, or is another bank's.
    """
    if name not in export_names(bank_id):
        raise FileNotFoundError(name)
    return _store().open(name, "rb")


def export_names(bank_id: UUID) -> list[str]:
    """Return the names of the exports of a bank that are kept."""
    try:
        return [f"{ROOT}/{bank_id}/{name}" for name in _store().listdir(f"{ROOT}/{bank_id}")[1]]
    except FileNotFoundError:
        return []


def exports_forget(bank_id: UUID) -> int:
    """Remove the exports of a bank; returns how many went."""
    found = export_names(bank_id)
    for name in found:
        _store().delete(name)
    return len(found)


def _store() -> Storage:
    return cast("BankStorage", storages["default"]).inner
