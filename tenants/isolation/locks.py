"""Named locks of a space: a bank, the federation, the platform, the owner.

PostgreSQL's advisory locks are shared by the whole database, so the number of a lock is made of the
open space and the name: two banks with the same name never wait for one another. Waiting ends with the
connection's ``lock_timeout`` (an ``OperationalError`` that pages show as "busy").
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Final

from django.db import connections, transaction

from apps.kernel.errors import Busy
from apps.kernel.scope import current_scope, space_key

_NUMBER_BYTES: Final = 8


class LockLost(RuntimeError):
    """The connection that held a lock broke while the block ran: somebody else may have run too."""


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
    take = "SELECT pg_advisory_xact_lock(%s)" if wait else "SELECT pg_try_advisory_xact_lock(%s)"
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
    take = "SELECT pg_advisory_lock(%s)" if wait else "SELECT pg_try_advisory_lock(%s)"
    _take(connection, take, number)
    session = connection.connection
    try:
        yield
    finally:
        held = connection.connection is session and _answer(
            connection, "SELECT pg_advisory_unlock(%s)", number
        )
    if not held:
        raise LockLost(f"lock {name}")


def _take(connection: Any, statement: str, number: int) -> None:
    if _answer(connection, statement, number) is False:
        raise Busy


def _answer(connection: Any, statement: str, number: int) -> Any:
    """Return what the server answers: yes or no, or nothing for a lock that was waited for."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [number])
        return cursor.fetchone()[0]


def _connection() -> Any:
    """Return the connection that holds the rows of the open scope."""
    return connections[current_scope().database]
