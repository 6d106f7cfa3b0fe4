"""Goods are moved and lost inside the bank."""

from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_save
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock import ledger, rules
from apps.stock.abilities import abilities
from apps.stock.errors import WrongZone
from apps.stock.ledger import Leg, on_hand
from apps.stock.locks import retrying
from apps.stock.models import Lot, Movement, Pallet
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
def pallet_move(
    actor: Actor,
    *,
    op_key: UUID,
    pallet: Pallet,
    location: Location,
    to: Location,
    grams: int,
    comment: str = "",
) -> Movement:
    """Move what of a pallet is free from one location to another, and note where the pallet is now.

    Raises:
        Forbidden, WrongZone, NotEnoughStock: as ``stock_move``.
    """
    made = stock_move(
        actor, op_key=op_key, lot=pallet.lot, location=location, to=to, grams=grams, comment=comment
    )
    current = Pallet.objects.select_related("lot").get(pk=pallet.pk)
    if current.location_id != to.pk:
        current.location = to
        record_save(actor, current, action="moved", reason=comment)
    return made
