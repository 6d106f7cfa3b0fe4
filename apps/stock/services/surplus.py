"""Goods leave for another bank, or arrive from one."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.sites.models import Location
from apps.stock import ledger, rules
from apps.stock.abilities import abilities
from apps.stock.errors import NothingToMove, WrongZone
from apps.stock.facts import LotsEntered
from apps.stock.ledger import Document, Leg, movements_under, on_hand, post
from apps.stock.locks import retrying
from apps.stock.models import Lot, Movement
from apps.stock.selectors import LotOrigin
from apps.stock.services.lots import lot_from_origin
from apps.stock.services.posting import posted
from apps.stock.states import LossReason, MovementKind


@retrying
@transaction.atomic
def surplus_ship(
    actor: Actor,
    *,
    op_key: UUID,
    lot: Lot,
    location: Location,
    grams: int,
    transfer_line_id: UUID,
    document: Document,
) -> Movement:
    """Send free goods on the road to another bank.

    Raises:
        NotEnoughStock: less than that is free there.
        UseByPassed, LotIsBlocked, LotInQuarantine: the lot may not leave.
    """
    require(abilities(actor, lot), "ship")
    leg = Leg(
        kind=MovementKind.SHIP,
        lot=lot,
        source=on_hand(location),
        destination=ledger.TRANSIT,
        grams=grams,
        transfer_line_id=transfer_line_id,
    )
    return posted(actor, op_key, [leg], document)[0]


@retrying
@transaction.atomic
def surplus_arrive(
    actor: Actor,
    *,
    op_key: UUID,
    origin: LotOrigin,
    location: Location,
    received_grams: int,
    lost_grams: int,
    transfer_line_id: UUID,
    document: Document,
    temperature_c: Decimal | None = None,
) -> Lot:
    """Take goods from the road into stock as a lot that keeps its origin; what is missing is a loss.

    The measure of cold goods (°C) stands in the movement.

    Raises:
        FamilyUnknownHere: the catalogue has no such family.
        NothingToMove: nothing was received and nothing was lost.
        WrongZone: the location is too warm or too cold.
    """
    require(abilities(actor), "arrive")
    made = movements_under(op_key)
    if made:
        return made[0].lot
    if received_grams + lost_grams <= 0:
        raise NothingToMove
    if not rules.zone_accepts(location.zone, origin.temperature_class):
        raise WrongZone(location.name, Location.Zone(rules.zone_of(origin.temperature_class)).label)
    lot = lot_from_origin(actor, origin)
    ledger.open_accounts([(lot, on_hand(location))])
    ends = [(on_hand(location), received_grams), (ledger.lost(LossReason.TRANSPORT), lost_grams)]
    legs = [
        Leg(
            kind=MovementKind.ARRIVE,
            lot=lot,
            source=ledger.TRANSIT,
            destination=place,
            grams=grams,
            transfer_line_id=transfer_line_id,
            reason="" if temperature_c is None else f"{temperature_c} °C",
        )
        for place, grams in ends
        if grams
    ]
    post(actor, op_key=op_key, legs=legs, document=document)
    emit(LotsEntered(lot_ids=(lot.pk,)))
    return lot
