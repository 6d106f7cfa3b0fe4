"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted(Fact):
    """The bank takes all or part of an offer; ``declined_grams`` is what it leaves to others."""

    offer_id: UUID
    network_step_id: UUID | None
    accepted_grams: int
    declined_grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined(Fact):
    """The bank leaves the whole offer; ``reason`` is a ``DeclineReason``."""

    offer_id: UUID
    network_step_id: UUID | None
    declined_grams: int
    reason: str
