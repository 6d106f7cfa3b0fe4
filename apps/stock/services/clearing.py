"""Every morning: what may no longer leave goes out of stock in one act, each lot confirmed."""

from collections.abc import Collection
from uuid import UUID, uuid5

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.stock import ledger, rules
from apps.stock.abilities import abilities
from apps.stock.errors import NothingToClear
from apps.stock.ledger import Leg, movements_under, on_hand, post
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Balance, Movement
from apps.stock.selectors import expired_on_hand
from apps.stock.services.correction import movement_reverse
from apps.stock.states import LossDestination, LossReason, MovementKind


@retrying
@transaction.atomic
def expired_clear(
    actor: Actor, *, op_key: UUID, accounts: Collection[int], destination: LossDestination
) -> list[Movement]:
    """Record as lost all that lies free on these accounts and may no longer leave today.

    What orders have reserved stays: those orders are repaired first. Sent again, it returns what was lost.

    Raises:
        Forbidden: the role does not allow it.
        NothingToClear: nothing out of date is left there.
    """
    require(abilities(actor), "lose")
    wanted = expired_on_hand().filter(pk__in=accounts)
    lock_lots(wanted.order_by().values_list("account__lot_id", flat=True))
    made = movements_under(op_key)
    if made:
        return made
    legs = [_leg(balance, destination) for balance in wanted]
    if not legs:
        raise NothingToClear
    return post(actor, op_key=op_key, legs=legs)


def _leg(balance: Balance, destination: LossDestination) -> Leg:
    lot, location = balance.account.lot, balance.account.location
    assert location is not None  # noqa: S101 - an account on hand has a location
    is_unsafe = lot.date_kind == rules.USE_BY
    reason = LossReason.USE_BY_PASSED if is_unsafe else LossReason.BEST_BEFORE_REFUSED
    return Leg(
        kind=MovementKind.LOSE,
        lot=lot,
        source=on_hand(location),
        destination=ledger.lost(reason),
        grams=balance.grams,
        disposal=destination,
    )


@transaction.atomic
def cleared_undo(actor: Actor, *, cleared: UUID, reason: str = "") -> list[Movement]:
    """Reverse what one clearing lost, movement by movement; what was reversed before stays so.

    Raises:
        Forbidden: the role does not allow it.
    """
    require(abilities(actor), "reverse")
    lost = [made for made in movements_under(cleared) if made.kind == MovementKind.LOSE]
    return [
        movement_reverse(actor, op_key=uuid5(cleared, f"undo {made.pk}"), movement=made, reason=reason)
        for made in lost
    ]
