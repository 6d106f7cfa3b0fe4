"""The order in which every act proceeds: lock, look for a repeat, post."""

from collections.abc import Sequence
from uuid import UUID

from apps.kernel.abilities import Actor
from apps.stock.ledger import Document, Leg, movements_under, post
from apps.stock.locks import lock_lots
from apps.stock.models import Movement


def posted(actor: Actor, op_key: UUID, legs: Sequence[Leg], document: Document | None) -> list[Movement]:
    """Lock the lots, then answer what the key did before, or post."""
    lock_lots(leg.lot.pk for leg in legs)
    return movements_under(op_key) or post(actor, op_key=op_key, legs=legs, document=document)
