"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCaseChanged(Fact):
    """A case was opened, searched again, answered or closed: whoever follows it looks again."""

    case_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsRecalled(Fact):
    """Lots are kept back by a case: food banks that received some of them must know."""

    case_id: UUID
    lot_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerWarned(Fact):
    """A partner was served recalled goods and must be told, or told again."""

    reach_id: UUID
    is_reminder: bool
