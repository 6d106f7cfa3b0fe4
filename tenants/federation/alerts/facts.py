"""What happens to a recall of the network, told once in the name of every bank."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Errand


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPublished(Errand):
    """A recall of the network is new or has changed: the bank in whose name this is told must search."""

    notice_id: UUID
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallsMissed(Errand):
    """A bank is back at work: the bank in whose name this is told tells it again what it recalls."""

    bank_id: UUID
