"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Errand, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsDelivered(Fact):
    """A partner took its order; the note holds the lots."""

    note_id: UUID
    partner_id: UUID
    grams: int
    contribution_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMailed(Errand):
    """Somebody sent a delivery note to an address; ``base`` is the address of the bank's site.

    ``language`` is what who gets it reads.
    """

    note_id: UUID
    email: str
    base: str
    language: str
