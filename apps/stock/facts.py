"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class LotBlocked(Fact):
    """A lot may not leave any more."""

    lot_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReleased(Fact):
    """A lot that was blocked may leave again."""

    lot_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsEntered(Fact):
    """Lots came into stock by another door than a receipt: from another bank, or made in the workshop."""

    lot_ids: tuple[UUID, ...]
