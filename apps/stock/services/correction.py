"""A mistake is put right by a movement the other way, with a reason."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Abilities, Actor, require
from apps.stock import ledger
from apps.stock.abilities import abilities
from apps.stock.errors import MovementAlreadyReversed, MovementNotReversible
from apps.stock.ledger import Document, Leg, Place, movements_under, on_hand, post, reserved
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Movement
from apps.stock.states import MovementKind

BY_HAND = frozenset(
    {MovementKind.RECEIVE, MovementKind.MOVE, MovementKind.DELIVER, MovementKind.LOSE, MovementKind.COUNT}
)
"""Movements a person may reverse; the others follow from an order or a transfer."""
BY_TRANSFER = frozenset({MovementKind.SHIP, MovementKind.ARRIVE})
"""Movements that the software reverses when it cancels a transfer."""


@retrying
@transaction.atomic
def movement_reverse(actor: Actor, *, op_key: UUID, movement: Movement, reason: str) -> Movement:
    """Reverse a movement, once, on the day it happened, so that every figure of that day is put right.

    Goods whose delivery is reversed come back to free stock. A reservation, a release, a shipment or an
    arrival follows from a document and is changed there; a reversal is not reversed.

    Raises:
        MovementNotReversible: the movement follows from an order or a transfer, or is a reversal.
        MovementAlreadyReversed: it has been reversed before.
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
    document = Document("reversal", made.document_id, made.document_number)
    legs = [_mirror(made, reason), *_freed(made, reason)]
    return post(actor, op_key=op_key, legs=legs, document=document, occurred_on=made.occurred_on)[0]


def is_reversible(movement: Movement, allowed: Abilities) -> bool:
    """Tell whether somebody with these abilities may reverse a movement of this kind."""
    by_transfer = movement.kind in BY_TRANSFER and "reverse_transfer" in allowed
    return "reverse" in allowed and (movement.kind in BY_HAND or by_transfer)


def _original(movement: Movement) -> Movement:
    return Movement.objects.select_related("lot", "source__location", "destination__location").get(
        pk=movement.pk
    )


def _mirror(made: Movement, reason: str) -> Leg:
    """Return the leg that takes the grams of a movement back."""
    party = ledger.Party(made.party_id, made.party_label, made.party_type) if made.party_id else None
    return Leg(
        kind=MovementKind.REVERSE,
        lot=made.lot,
        source=Place.of(made.destination),
        destination=Place.of(made.source),
        grams=made.grams,
        reason=reason,
        party=party,
        transfer_line_id=made.transfer_line_id,
        reverses=made,
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
