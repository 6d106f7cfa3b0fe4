"""Goods are moved, lost, counted inside the bank."""

from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.history import history_of, write_entry
from apps.kernel.quantity import format_kg
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock import ledger, rules
from apps.stock.abilities import abilities
from apps.stock.errors import CountBelowReserved, WrongZone
from apps.stock.ledger import Leg, movements_under, on_hand, post
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Lot, Movement
from apps.stock.selectors import grams_at
from apps.stock.services.posting import posted
from apps.stock.states import LossDestination, LossReason, MovementKind


@retrying
@transaction.atomic
def stock_move(
    actor: Actor,
    *,
    op_key: UUID,
    lot: Lot,
    location: Location,
    to: Location,
    grams: int,
    comment: str = "",
) -> Movement:
    """Move free goods to another location of the bank.

    Raises:
        Forbidden: the role does not allow it; leaving quarantine is for stock keepers.
        WrongZone: the other location is too warm or too cold.
        NotEnoughStock: less than that is free there.
    """
    leaves_quarantine = (
        location.purpose == LocationPurpose.QUARANTINE and to.purpose != LocationPurpose.QUARANTINE
    )
    require(abilities(actor, lot), "unquarantine" if leaves_quarantine else "move")
    if not rules.zone_accepts(to.zone, lot.temperature_class):
        raise WrongZone(to.name, Location.Zone(rules.zone_of(lot.temperature_class)).label)
    leg = Leg(
        kind=MovementKind.MOVE,
        lot=lot,
        source=on_hand(location),
        destination=on_hand(to),
        grams=grams,
        reason=comment,
    )
    return posted(actor, op_key, [leg], None)[0]


@retrying
@transaction.atomic
def stock_lose(
    actor: Actor,
    *,
    op_key: UUID,
    lot: Lot,
    location: Location,
    grams: int,
    reason: LossReason,
    destination: LossDestination,
    comment: str = "",
) -> Movement:
    """Record free goods as lost: why, and where they go.

    Raises:
        NotEnoughStock: less than that is free there.
    """
    require(abilities(actor, lot), "lose")
    leg = Leg(
        kind=MovementKind.LOSE,
        lot=lot,
        source=on_hand(location),
        destination=ledger.lost(reason),
        grams=grams,
        reason=comment,
        disposal=destination,
    )
    return posted(actor, op_key, [leg], None)[0]


@retrying
@transaction.atomic
def stock_count(
    actor: Actor, *, op_key: UUID, lot: Lot, location: Location, counted_grams: int, reason: str
) -> Movement | None:
    """Set a lot at a location to what was weighed there, reserved goods included.

    Returns the correcting movement, ``None`` when the books were right. Every count is in the history.

    Raises:
        CountBelowReserved: less was found than orders have reserved there.
    """
    require(abilities(actor, lot), "count")
    locked = lock_lots([lot.pk])[lot.pk]
    if history_of(lot).filter(pk=op_key).exists():
        return next(iter(movements_under(op_key)), None)
    held = grams_at(locked, location)
    if counted_grams < held.reserved_grams:
        raise CountBelowReserved(held.reserved_grams)
    changes = {str(location): [format_kg(held.grams), format_kg(counted_grams)]}
    write_entry(actor, locked, "counted", changes=changes, reason=reason, entry_id=op_key)
    difference = counted_grams - held.grams
    if difference == 0:
        return None
    ends = (ledger.COUNTED, on_hand(location)) if difference > 0 else (on_hand(location), ledger.COUNTED)
    leg = Leg(
        kind=MovementKind.COUNT,
        lot=locked,
        source=ends[0],
        destination=ends[1],
        grams=abs(difference),
        reason=reason,
    )
    return post(actor, op_key=op_key, legs=[leg])[0]
