"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsCollected(Fact):
    """A stop brought goods; receiving reads its lines."""

    stop_id: UUID
    site_id: UUID
    collected_grams: int
    refused_grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMissed(Fact):
    """A stop brought nothing; ``reason`` is a ``MissReason``."""

    stop_id: UUID
    offer_id: UUID
    reason: str
