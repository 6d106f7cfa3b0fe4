"""A lot may not leave, or may leave again."""

from typing import Final

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_save
from apps.stock.abilities import abilities
from apps.stock.facts import LotBlocked, LotReleased
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Lot
from apps.stock.states import LotStatus

BETWEEN: Final = " | "
"""Between the reasons for which one lot is blocked."""
LONGEST: Final = 200


@retrying
@transaction.atomic
def lot_block(actor: Actor, *, lot: Lot, reason: str) -> Lot:
    """Keep a lot from leaving, whatever the door; a lot that is blocked keeps both reasons."""
    require(abilities(actor, lot), "block")
    locked = lock_lots([lot.pk])[lot.pk]
    said = reason.replace(BETWEEN, " / ")
    if locked.status == LotStatus.BLOCKED:
        _add_reason(actor, locked, said)
    else:
        _set_status(actor, locked, LotStatus.BLOCKED, said)
        emit(LotBlocked(lot_id=locked.pk, reason=reason))
    return locked


@retrying
@transaction.atomic
def lot_unblock(actor: Actor, *, lot: Lot, reason: str) -> Lot:
    """Let a blocked lot leave again; releasing a free lot changes nothing.

    Raises:
        LotUnderRecall: a recall keeps it back, and frees it there (``recalls.errors``).
    """
    require(abilities(actor, lot), "unblock")
    locked = lock_lots([lot.pk])[lot.pk]
    if locked.status == LotStatus.BLOCKED:
        _set_status(actor, locked, LotStatus.AVAILABLE, reason)
        emit(LotReleased(lot_id=locked.pk, reason=reason))
    return locked


@retrying
@transaction.atomic
def block_lift(actor: Actor, *, lot: Lot, known_by: str, reason: str, stays: bool = False) -> Lot:
    """Take out why a lot is blocked what begins with a word; without another reason it may leave again.

    With ``stays`` it is blocked whatever is left of the reasons.

    Raises:
        LotUnderRecall: a recall keeps it back (``recalls.errors``).
    """
    require(abilities(actor, lot), "unblock")
    locked = lock_lots([lot.pk])[lot.pk]
    if locked.status != LotStatus.BLOCKED:
        return locked
    parts = locked.block_reason.split(BETWEEN)
    left = BETWEEN.join(part for part in parts if part and not part.startswith(known_by))
    if not left and not stays:
        return lot_unblock(actor, lot=locked, reason=reason)
    if left != locked.block_reason:
        _set_status(actor, locked, LotStatus.BLOCKED, left, told=reason)
    return locked


def _add_reason(actor: Actor, lot: Lot, reason: str) -> None:
    """Write one more reason beside those that stand, each cut so that all fit."""
    parts = [part for part in lot.block_reason.split(BETWEEN) if part]
    if any(part.startswith(reason[: len(part)]) for part in parts):
        return
    room = (LONGEST - len(BETWEEN) * len(parts)) // (len(parts) + 1)
    _set_status(
        actor, lot, LotStatus.BLOCKED, BETWEEN.join(part[:room] for part in (*parts, reason)), told=reason
    )


def _set_status(actor: Actor, lot: Lot, status: LotStatus, reason: str, *, told: str = "") -> None:
    lot.status = status
    lot.block_reason = reason[:LONGEST] if status == LotStatus.BLOCKED else ""
    record_save(actor, lot, action=status.value, reason=told or reason)
