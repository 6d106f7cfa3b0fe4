"""What happens to the space of a food bank."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class BankResumed(Fact):
    """A bank is at work, for the first time or again: it may have missed what others told it meanwhile."""

    bank_id: UUID
