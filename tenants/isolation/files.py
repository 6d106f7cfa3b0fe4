"""Files of the banks: ``banks/<bank id>/<random name>``, whatever the store behind.

The bank is the open scope's, never the caller's: a name of another bank is refused, a name from
outside is never used, and no address leads to a file but a view that checks who asks. Who exports,
moves or erases a bank works from outside its scope, through the functions at the end.
"""

import datetime as dt
import re
from collections.abc import Iterator
from hashlib import sha256
from secrets import token_hex
from typing import Any, Final, Never, cast
from uuid import UUID

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.core.files.storage.handler import StorageHandler
from django.utils.functional import cached_property

from apps.kernel.scope import ScopeKind, current_bank_id, current_scope

ROOT: Final = "banks"
RANDOM_BYTES: Final = 16
_NAME: Final = re.compile(r"banks/([0-9a-f-]{36})/[0-9a-f]{32}")


class ForeignFile(SuspiciousFileOperation):
    """A name that is not one of the open bank's files."""


class BankStorage(Storage):
    """Keeps files in another storage (``inner``, as in ``STORAGES``), each bank under its own prefix."""

    def __init__(self, *, inner: dict[str, Any]) -> None:
        self._settings: Any = {"inner": inner}

    @cached_property
    def inner(self) -> Storage:
        """The storage that keeps the bytes."""
        return StorageHandler(self._settings)["inner"]

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Keep a file of the open bank under a new random name, and return that name.

        Raises:
            NoScope: no bank's scope is open.
        """
        return self.inner.save(f"{ROOT}/{current_bank_id()}/{token_hex(RANDOM_BYTES)}", content)

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        if mode != "rb":
            raise PermissionError("a file that is kept never changes")
        return self.inner.open(owned(name), mode)

    def delete(self, name: str) -> None:
        """Remove a file of the open bank."""
        self.inner.delete(owned(name))

    def exists(self, name: str) -> bool:
        """Tell whether the open bank has this file."""
        return self.inner.exists(owned(name))

    def size(self, name: str) -> int:
        """Return the bytes in a file of the open bank."""
        return self.inner.size(owned(name))

    def get_modified_time(self, name: str) -> dt.datetime:
        """Return when a file of the open bank was kept."""
        return self.inner.get_modified_time(owned(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the names of the open bank's files, whole; there are no folders to walk."""
        return [], list(_names_of(self.inner, current_bank_id()))

    def url(self, name: str | None) -> Never:
        """Refuse: files are served by a view that checks who asks.

        Raises:
            PermissionError: always.
        """
        raise PermissionError("files have no address of their own")


def owned(name: str) -> str:
    """Return a name as it is when it is one of the open bank's.

    Raises:
        ForeignFile: it is another bank's, or no name that we gave.
        NoScope: no bank's scope is open.
    """
    return _checked(current_bank_id(), name)


def files_of(bank_id: UUID) -> Iterator[str]:
    """Yield the names of a bank's files, for export, count or erasure.

    Raises:
        PermissionError: the open scope is another bank's.
    """
    return _names_of(_store_for(bank_id), bank_id)


def open_file(bank_id: UUID, name: str) -> "File[Any]":
    """Open one of a bank's files to read it.

    Raises:
        ForeignFile: the name is not one of this bank's.
        PermissionError: the open scope is another bank's.
    """
    return _store_for(bank_id).open(_checked(bank_id, name), "rb")


def restore_file(bank_id: UUID, name: str, content: "File[Any]") -> None:
    """Put a file of an export back under the name that the bank's rows know.

    One that is there and holds the same stays; a damaged one is replaced. What was kept is read again.

    Raises:
        ForeignFile: the name is not one of this bank's.
        PermissionError: the open scope is another bank's.
        OSError: the store did not keep what it was given.
    """
    store = _store_for(bank_id)
    wanted = _measured(content)
    if not store.exists(_checked(bank_id, name)) or _kept(store, name) != wanted:
        store.delete(name)
        content.seek(0)
        store.save(name, content)
        if _kept(store, name) != wanted:
            raise OSError(f"the store does not hold what it was given: {name}")


def delete_file(bank_id: UUID, name: str) -> None:
    """Remove one file of a bank; one that is not there is no error.

    Raises:
        ForeignFile: the name is not one of this bank's.
        PermissionError: the open scope is another bank's.
    """
    _store_for(bank_id).delete(_checked(bank_id, name))


def _kept(store: Storage, name: str) -> tuple[int, str]:
    with store.open(name, "rb") as kept:
        return _measured(kept)


def _measured(content: "File[Any]") -> tuple[int, str]:
    """Return the bytes in a file and their SHA-256."""
    size, seen = 0, sha256()
    for piece in content.chunks():
        seen.update(piece)
        size += len(piece)
    return size, seen.hexdigest()


def delete_files_of(bank_id: UUID) -> int:
    """Remove every file of a bank; returns how many went. Doing it again removes what is left.

    Raises:
        PermissionError: the open scope is another bank's.
    """
    store = _store_for(bank_id)
    names = list(_names_of(store, bank_id))
    for name in names:
        store.delete(name)
    store.delete(f"{ROOT}/{bank_id}")
    return len(names)


def _store_for(bank_id: UUID) -> Storage:
    scope = current_scope()
    if scope.kind in (ScopeKind.BANK, ScopeKind.FEDERATION) and scope.bank_id != bank_id:
        raise PermissionError("the files of another bank")
    return cast("BankStorage", storages["default"]).inner


def _names_of(store: Storage, bank_id: UUID) -> Iterator[str]:
    try:
        names = store.listdir(f"{ROOT}/{bank_id}")[1]
    except FileNotFoundError:
        names = []
    return (f"{ROOT}/{bank_id}/{name}" for name in sorted(names))


def _checked(bank_id: UUID, name: str) -> str:
    found = _NAME.fullmatch(name)
    if found is None or found[1] != str(bank_id):
        raise ForeignFile("not a file of this bank")
    return name
