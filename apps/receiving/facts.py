"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceived(Fact):
    """A receipt is posted: its accepted lines become lots, in the same transaction."""

    receipt_id: UUID
    accepted_grams: int
    refused_grams: int
