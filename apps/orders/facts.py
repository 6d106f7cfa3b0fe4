"""What this stage says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderConfirmed(Fact):
    """An order is placed and its lots are reserved."""

    order_id: UUID
    partner_id: UUID
    reserved_grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRevised(Fact):
    """Frozen goods of an order were given back, and others reserved for it where there were any."""

    order_id: UUID
    freed_lot_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Fact):
    """An order is cancelled and its reservations are released."""

    order_id: UUID
    released_grams: int
