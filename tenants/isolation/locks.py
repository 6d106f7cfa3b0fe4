"""Advisory locks: every kind that the product takes, its numbers, and the order in which they are taken.

PostgreSQL's advisory locks are shared by the whole database, so numbers are given out here alone. Locks
*about* the network (a migration, a step, a bank's space, the register of names) have a number of their kind
and the id of what they keep; they are taken in the order of :class:`LockSpace`, never an earlier kind while a
later one is held, so that two processes never wait for one another.

Locks *of* an open space (a bank, the federation, the platform, the owner) are named: their number is made of
the space and the name, so two banks with the same name never wait for one another. Of these one is held at a
time, or it is taken without waiting. Waiting ends with the connection's ``lock_timeout`` (an
``OperationalError`` that pages show as "busy").

Rows have their own order, in the ``locks`` module of the stage that keeps them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from django.db import connections, transaction

from apps.kernel.errors import Busy
from apps.kernel.scope import current_scope, space_key

_NUMBER_BYTES: Final = 8
_PAUSE_SECONDS: Final = 0.05


class LockSpace(IntEnum):
    """Kinds of locks about the network, in the order in which they are taken.

    Values are the first half of a lock's number and never change: two versions of the product keep one
    another out.
    """

    MIGRATION = 0x0BA1
    """One migration of the whole database at a time; its number is ``MIGRATION_TAKE``'s."""
    STEP = 0x0BA3
    """A step on a bank, by its id: one process runs it."""
    BANK = 0x0BA2
    """A bank's space, by the bank's id: whoever builds, copies, migrates or removes it."""
    NAMES = 0x0BA4
    """The sub-domains of the register."""


ORDER: Final = tuple(LockSpace)
WHOLE: Final = 0
"""Second half of the number of a lock that there is only one of."""

_TRY: Final = "SELECT pg_try_advisory_lock(%s, %s)"
_TRY_SHARED: Final = "SELECT pg_try_advisory_lock_shared(%s, %s)"
_FREE: Final = "SELECT pg_advisory_unlock(%s, %s)"
_FREE_SHARED: Final = "SELECT pg_advisory_unlock_shared(%s, %s)"
_LOOK: Final = "SELECT pg_try_advisory_xact_lock_shared(%s, %s)"
_WAIT_UNTIL_COMMIT: Final = "SELECT pg_advisory_xact_lock(%s, %s)"
_TRY_NAMED: Final = "SELECT pg_try_advisory_lock(%s)"
_WAIT_NAMED: Final = "SELECT pg_advisory_lock(%s)"
_FREE_NAMED: Final = "SELECT pg_advisory_unlock(%s)"
_TRY_NAMED_UNTIL_COMMIT: Final = "SELECT pg_try_advisory_xact_lock(%s)"
_WAIT_NAMED_UNTIL_COMMIT: Final = "SELECT pg_advisory_xact_lock(%s)"

MIGRATION_TAKE: Final = "SELECT pg_try_advisory_lock(hashtextextended('collecto migrate', 0))"
MIGRATION_FREE: Final = "SELECT pg_advisory_unlock(hashtextextended('collecto migrate', 0))"
"""The lock of ``MIGRATION``: on a connection of its own, by the number that it has always had."""

_held: ContextVar[tuple[LockSpace, ...]] = ContextVar("locks_held", default=())


class LockLost(RuntimeError):
    """The connection that held a lock broke while the block ran: somebody else may have run too."""


class LockOrder(RuntimeError):
    """A lock is asked for while a later kind is held: two processes that do so might wait for one another."""


def lock_key(space: LockSpace, about: UUID | None = None) -> tuple[int, int]:
    """Return the two numbers of a lock, the same in every process and release."""
    if about is None:
        return space.value, WHOLE
    return space.value, int.from_bytes(blake2b(about.bytes, digest_size=4).digest(), "big", signed=True)


@contextmanager
def in_order(space: LockSpace) -> Iterator[None]:
    """Note that a kind of lock is held for a block.

    Raises:
        LockOrder: a later kind is held.
    """
    require_order(space)
    token = _held.set((*_held.get(), space))
    try:
        yield
    finally:
        _held.reset(token)


def require_order(space: LockSpace) -> None:
    """Refuse to take a lock while a later kind is held.

    Raises:
        LockOrder: that is so.
    """
    later = [held for held in _held.get() if ORDER.index(held) > ORDER.index(space)]
    if later:
        raise LockOrder(f"{space.name} while {later[0].name} is held")


@contextmanager
def network_lock(
    database: str, space: LockSpace, about: UUID, *, shared: bool = False, wait_seconds: float = 0
) -> Iterator[None]:
    """Hold a lock about the network for a block, on the session of a connection; a crash frees it too.

    ``shared`` lets others in who share it.

    Raises:
        Busy: somebody else holds it, and still does after ``wait_seconds``.
        LockOrder: a later kind is held.
    """
    take, free = (_TRY_SHARED, _FREE_SHARED) if shared else (_TRY, _FREE)
    connection, key = connections[database], lock_key(space, about)
    until = time.monotonic() + wait_seconds
    with in_order(space):
        while not _answer(connection, take, *key):
            if time.monotonic() >= until:
                raise Busy
            time.sleep(_PAUSE_SECONDS)
        session = connection.connection
        try:
            yield
        finally:
            if connection.connection is session and session is not None and not session.closed:
                _answer(connection, free, *key)


def network_lock_until_commit(space: LockSpace) -> None:
    """Wait for a lock that there is one of, on the connection of the open scope; the commit frees it.

    Raises:
        OperationalError: somebody held it longer than ``lock_timeout``.
        LockOrder: a later kind is held.
    """
    require_order(space)
    _answer(_connection(), _WAIT_UNTIL_COMMIT, *lock_key(space))


def network_lock_free(space: LockSpace, about: UUID) -> bool:
    """Tell whether nobody holds a lock alone; if so, nobody can until the end of this transaction."""
    return bool(_answer(_connection(), _LOOK, *lock_key(space, about)))


def lock_number(*name: object) -> int:
    """Return the number of a lock in the open space: 64 bits, the same in every process and release.

    Raises:
        NoScope: no scope is open.
    """
    digest = blake2b(space_key("lock", *name).encode(), digest_size=_NUMBER_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def lock_until_commit(*name: object, wait: bool = True) -> None:
    """Take a lock of the open space; the end of the transaction frees it.

    Raises:
        Busy: somebody holds it and we do not wait.
        OperationalError: somebody held it longer than ``lock_timeout``.
        TransactionManagementError: called outside a transaction.
        NoScope: no scope is open.
    """
    connection = _connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a lock until the commit needs a transaction")
    take = _WAIT_NAMED_UNTIL_COMMIT if wait else _TRY_NAMED_UNTIL_COMMIT
    _take(connection, take, lock_number(*name))


@contextmanager
def locked(*name: object, wait: bool = True) -> Iterator[None]:
    """Hold a lock of the open space for a block of several transactions; a crash frees it too.

    Raises:
        Busy: somebody holds it and we do not wait.
        OperationalError: somebody held it longer than ``lock_timeout``.
        TransactionManagementError: called inside a transaction, which would outlive the lock.
        LockLost: the connection broke inside the block.
        NoScope: no scope is open.
    """
    connection, number = _connection(), lock_number(*name)
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError("inside a transaction, lock until its commit")
    _take(connection, _WAIT_NAMED if wait else _TRY_NAMED, number)
    session = connection.connection
    try:
        yield
    finally:
        held = connection.connection is session and _answer(connection, _FREE_NAMED, number)
    if not held:
        raise LockLost(f"lock {name}")


def _take(connection: Any, statement: str, number: int) -> None:
    if _answer(connection, statement, number) is False:
        raise Busy


def _answer(connection: Any, statement: str, *numbers: int) -> Any:
    """Return what the server answers: yes or no, or nothing for a lock that was waited for."""
    with connection.cursor() as cursor:
        cursor.execute(statement, numbers)
        return cursor.fetchone()[0]


def _connection() -> Any:
    """Return the connection that holds the rows of the open scope."""
    return connections[current_scope().database]
