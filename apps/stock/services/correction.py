"""A mistake is put right by a movement the other way, with a reason."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Abilities, Actor, require
from apps.stock import ledger
from apps.stock.abilities import abilities
from apps.stock.errors import MovementAlreadyReversed, MovementNotReversible, ReturnedMeanwhile
from apps.stock.ledger import Document, Leg, movements_under, on_hand, post, reserved
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Movement
from apps.stock.selectors import is_returned
from apps.stock.services.counting import count_withdraw
from apps.stock.states import AccountKind, MovementKind

BY_HAND = frozenset(
    {
        MovementKind.RECEIVE,
        MovementKind.MOVE,
        MovementKind.DELIVER,
        MovementKind.RETURN,
        MovementKind.LOSE,
        MovementKind.COUNT,
    }
)
"""Movements a person may reverse; the others follow from an order or a transfer."""
BY_TRANSFER = frozenset({MovementKind.SHIP, MovementKind.ARRIVE})
"""Movements that the software reverses when it cancels a transfer."""


@retrying
@transaction.atomic
def movement_reverse(actor: Actor, *, op_key: UUID, movement: Movement, reason: str) -> Movement:
    """Reverse a movement, once, on the day it happened, so that every figure of that day is put right.

    Goods whose delivery is reversed come back to free stock; of a count that is reversed nothing stays to
    be settled with orders. A reservation, a release, a shipment or an arrival follows from a document and
    is changed there; a reversal is not reversed.

    Raises:
        MovementNotReversible: the movement follows from an order or a transfer, or is a reversal.
        MovementAlreadyReversed: it has been reversed before.
        ReturnedMeanwhile: something of the delivery has come back.
        NotEnoughStock: the goods are no longer where the movement took them.
    """
    allowed = abilities(actor, movement)
    require(allowed, "reverse")
    made = _original(movement)
    if not is_reversible(made, allowed):
        raise MovementNotReversible
    lock_lots([made.lot_id])
    done = movements_under(op_key)
    if done:
        return done[0]
    if Movement.objects.filter(reverses=made).exists():
        raise MovementAlreadyReversed
    if made.kind == MovementKind.DELIVER and is_returned(made):
        raise ReturnedMeanwhile
    document = Document("reversal", made.document_id, made.document_number)
    if made.kind == MovementKind.COUNT:
        count_withdraw(actor, key=made.op_key, reason=reason)
    legs = [ledger.mirror_of(made, reason), *_freed(made, reason)]
    return post(actor, op_key=op_key, legs=legs, document=document, occurred_on=made.occurred_on)[0]


def is_reversible(movement: Movement, allowed: Abilities) -> bool:
    """Tell whether somebody with these abilities may reverse a movement of this kind."""
    by_transfer = movement.kind in BY_TRANSFER and "reverse_transfer" in allowed
    by_hand = movement.kind in BY_HAND and movement.source.kind != AccountKind.WORKSHOP
    return "reverse" in allowed and (by_hand or by_transfer)


def _original(movement: Movement) -> Movement:
    return Movement.objects.select_related("lot", "source__location", "destination__location").get(
        pk=movement.pk
    )


def _freed(made: Movement, reason: str) -> Iterable[Leg]:
    """Return the leg that frees what a reversed delivery put back among the reserved goods."""
    if made.kind == MovementKind.DELIVER and made.source.location is not None:
        yield Leg(
            kind=MovementKind.RELEASE,
            lot=made.lot,
            source=reserved(made.source.location),
            destination=on_hand(made.source.location),
            grams=made.grams,
            reason=reason,
        )
