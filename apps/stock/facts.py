"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class LotBlocked(Fact):
    """A lot may not leave any more."""

    lot_id: UUID
    reason: str
