"""A lot may not leave, or may leave again."""

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import write_entry
from apps.stock.abilities import abilities
from apps.stock.facts import LotBlocked
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Lot
from apps.stock.states import LotStatus


@retrying
@transaction.atomic
def lot_block(actor: Actor, *, lot: Lot, reason: str) -> Lot:
    """Keep a lot from leaving, whatever the door; blocking a blocked lot changes nothing."""
    require(abilities(actor, lot), "block")
    locked = lock_lots([lot.pk])[lot.pk]
    if locked.status != LotStatus.BLOCKED:
        _set_status(actor, locked, LotStatus.BLOCKED, reason)
        emit(LotBlocked(lot_id=locked.pk, reason=reason))
    return locked


@retrying
@transaction.atomic
def lot_unblock(actor: Actor, *, lot: Lot, reason: str) -> Lot:
    """Let a blocked lot leave again; releasing a free lot changes nothing."""
    require(abilities(actor, lot), "unblock")
    locked = lock_lots([lot.pk])[lot.pk]
    if locked.status == LotStatus.BLOCKED:
        _set_status(actor, locked, LotStatus.AVAILABLE, reason)
    return locked


def _set_status(actor: Actor, lot: Lot, status: LotStatus, reason: str) -> None:
    before, lot.status = lot.status, status
    lot.block_reason = reason[:200] if status == LotStatus.BLOCKED else ""
    lot.updated_at = clock.now()
    lot.save(update_fields=["status", "block_reason", "updated_at"])
    write_entry(actor, lot, str(status), changes={"status": [str(before), str(status)]}, reason=reason)
