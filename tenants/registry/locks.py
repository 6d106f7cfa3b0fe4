"""One lock per bank: whoever builds, copies or removes a space holds it; the database frees it on a crash.

A lock belongs to the session that does the work: as long as a killed process's last statement runs on,
nobody else starts. Numbers and order are those of ``tenants.isolation.locks``.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Busy, Conflict
from apps.kernel.scope import OWNER_DATABASE
from tenants.isolation.locks import LockSpace, network_lock, network_lock_free, network_lock_until_commit


class BankBusy(Conflict):
    """Something else is being done with this bank; nothing was changed."""

    code = "bank_busy"

    def __init__(self) -> None:
        super().__init__(_("Something else is being done with this bank. Wait until it is over."))


@contextmanager
def bank_lock(bank_id: UUID, *, shared: bool = False, wait_seconds: float = 0) -> Iterator[None]:
    """Hold a bank's lock on the owner's connection for a block; ``shared`` lets other readers in.

    Raises:
        BankBusy: somebody else holds it, and still does after ``wait_seconds``.
    """
    with _held(LockSpace.BANK, bank_id, shared=shared, wait_seconds=wait_seconds):
        yield


@contextmanager
def step_lock(step_id: UUID) -> Iterator[None]:
    """Hold the lock of a step on the owner's connection for a block: one process runs it.

    Raises:
        BankBusy: another one does.
    """
    with _held(LockSpace.STEP, step_id):
        yield


@contextmanager
def _held(space: LockSpace, about: UUID, *, shared: bool = False, wait_seconds: float = 0) -> Iterator[None]:
    with ExitStack() as held:
        try:
            lock = network_lock(OWNER_DATABASE, space, about, shared=shared, wait_seconds=wait_seconds)
            held.enter_context(lock)
        except Busy as error:
            raise BankBusy from error
        yield


def hold_names() -> None:
    """Keep the sub-domains of the register as they are until the end of this transaction.

    Raises:
        OperationalError: somebody else held them longer than ``lock_timeout``.
    """
    network_lock_until_commit(LockSpace.NAMES)


def require_idle(bank_id: UUID) -> None:
    """Keep builders and removers of a space out until the end of this transaction.

    Raises:
        BankBusy: one of them is at work.
    """
    if not network_lock_free(LockSpace.BANK, bank_id):
        raise BankBusy
