"""One lock per bank: whoever builds, copies or removes a space holds it; the database frees it on a crash.

Advisory locks are shared by the whole database, so the key is made of a number of ours and the bank's id.
A lock belongs to the session that does the work: as long as a killed process's last statement runs on,
nobody else starts.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict
from apps.kernel.scope import OWNER_DATABASE, current_scope

BANKS: Final = 0x0BA2
STEPS: Final = 0x0BA3
NAMES: Final = 0x0BA4
"""First halves of the keys: a bank's lock, a step's lock, the lock of the register of names."""
_PAUSE_SECONDS: Final = 0.05

_TAKE: Final = "SELECT pg_try_advisory_lock(%s, %s)"
_TAKE_SHARED: Final = "SELECT pg_try_advisory_lock_shared(%s, %s)"
_FREE: Final = "SELECT pg_advisory_unlock(%s, %s)"
_FREE_SHARED: Final = "SELECT pg_advisory_unlock_shared(%s, %s)"
_LOOK: Final = "SELECT pg_try_advisory_xact_lock_shared(%s, %s)"


class BankBusy(Conflict):
    """Something else is being done with this bank; nothing was changed."""

    code = "bank_busy"

    def __init__(self) -> None:
        super().__init__(_("Something else is being done with this bank. Wait until it is over."))


def lock_key(family: int, number: UUID) -> tuple[int, int]:
    """Return the two numbers of a lock."""
    return family, int.from_bytes(blake2b(number.bytes, digest_size=4).digest(), "big", signed=True)


@contextmanager
def bank_lock(bank_id: UUID, *, shared: bool = False, wait_seconds: float = 0) -> Iterator[None]:
    """Hold a bank's lock on the owner's connection for a block; ``shared`` lets other readers in.

    Raises:
        BankBusy: somebody else holds it, and still does after ``wait_seconds``.
    """
    with _held(lock_key(BANKS, bank_id), shared=shared, wait_seconds=wait_seconds):
        yield


@contextmanager
def step_lock(step_id: UUID) -> Iterator[None]:
    """Hold the lock of a step on the owner's connection for a block: one process runs it.

    Raises:
        BankBusy: another one does.
    """
    with _held(lock_key(STEPS, step_id)):
        yield


@contextmanager
def _held(key: tuple[int, int], *, shared: bool = False, wait_seconds: float = 0) -> Iterator[None]:
    take, free = (_TAKE_SHARED, _FREE_SHARED) if shared else (_TAKE, _FREE)
    connection = connections[OWNER_DATABASE]
    until = time.monotonic() + wait_seconds
    while not _answer(connection, take, key):
        if time.monotonic() >= until:
            raise BankBusy
        time.sleep(_PAUSE_SECONDS)
    session = connection.connection
    try:
        yield
    finally:
        if connection.connection is session and session is not None and not session.closed:
            _answer(connection, free, key)


def _answer(connection: Any, statement: str, key: tuple[int, int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, key)
        return bool(cursor.fetchone()[0])


def hold_names() -> None:
    """Keep the sub-domains of the register as they are until the end of this transaction.

    Raises:
        OperationalError: somebody else held them longer than ``lock_timeout``.
    """
    with connections[current_scope().database].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [NAMES])


def require_idle(bank_id: UUID) -> None:
    """Keep builders and removers of a space out until the end of this transaction.

    Raises:
        BankBusy: one of them is at work.
    """
    if not _answer(connections[current_scope().database], _LOOK, lock_key(BANKS, bank_id)):
        raise BankBusy
