"""Goods that a partner brings back go into quarantine: never a new origin, never more than was given."""

from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock import ledger
from apps.stock.abilities import abilities
from apps.stock.errors import MoreThanGiven, NotGiven, ReturnNeedsQuarantine
from apps.stock.ledger import Document, Leg, Party, movements_under, on_hand, post
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Lot, Movement
from apps.stock.selectors import given_with
from apps.stock.states import MovementKind, ReturnReason


@retrying
@transaction.atomic
def stock_return(
    actor: Actor,
    *,
    op_key: UUID,
    lot: Lot,
    document: Document,
    location: Location,
    grams: int,
    reason: ReturnReason,
    comment: str = "",
) -> Movement:
    """Take back into quarantine goods of a lot that left with a document (a delivery note).

    The lot keeps its origin and what was given out is counted down by as much. Somebody decides there:
    back to the shelf, or lost.

    Raises:
        Forbidden: this person does not take goods back.
        ReturnNeedsQuarantine: the place is not a quarantine in use.
        NotGiven: this document gave nothing of the lot.
        MoreThanGiven: less than that is still with the partner.
    """
    require(abilities(actor, lot), "take_back")
    if location.purpose != LocationPurpose.QUARANTINE or location.is_archived:
        raise ReturnNeedsQuarantine
    locked = lock_lots([lot.pk])[lot.pk]
    done = movements_under(op_key)
    if done:
        return done[0]
    given = given_with(document.id, [lot.pk]).get(lot.pk)
    if given is None:
        raise NotGiven(lot=lot.number, document=document.number)
    if grams > given.left_grams:
        raise MoreThanGiven(lot=lot.number, left_grams=given.left_grams)
    leg = Leg(
        kind=MovementKind.RETURN,
        lot=locked,
        source=ledger.PARTNER,
        destination=on_hand(location),
        grams=grams,
        reason=f"{ReturnReason(reason).value}: {comment.strip()}".removesuffix(": "),
        party=Party(given.party_id, given.party_label, given.party_type),
    )
    return post(actor, op_key=op_key, legs=[leg], document=document)[0]
