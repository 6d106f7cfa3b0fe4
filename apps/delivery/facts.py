"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsDelivered(Fact):
    """A partner took its order; the note holds the lots."""

    note_id: UUID
    partner_id: UUID
    grams: int
    contribution_cents: int
