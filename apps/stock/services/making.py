"""Goods are used to make others: each act takes from the stock, or puts into it, through the workshop.

What a batch has taken is what it gives back, to the gram: as goods, and as losses of what was taken.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_insert
from apps.kernel.numbering import next_number
from apps.kernel.quantity import split_grams
from apps.sites.models import Location
from apps.stock import ledger, rules
from apps.stock.abilities import abilities
from apps.stock.errors import (
    LotIsBlocked,
    MadeMoreThanTaken,
    MovementAlreadyReversed,
    NothingToMove,
    WrongZone,
)
from apps.stock.facts import LotsEntered
from apps.stock.ledger import Document, Leg, Place, movements_under, on_hand, post
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Lot, LotLink, Movement
from apps.stock.selectors import source_of
from apps.stock.services.lots import NUMBER_KIND
from apps.stock.services.posting import posted
from apps.stock.states import (
    AccountKind,
    Granularity,
    LinkKind,
    LossDestination,
    LossReason,
    LotStatus,
    MovementKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What comes out of the workshop: goods, weight, where they go, and what their label says."""

    label: str
    family: ProductFamily
    product: Product | None
    grams: int
    location: Location
    temperature_class: str
    date_kind: str
    expires_on: dt.date | None
    ingredients: str = ""
    allergens: str = ""
    frozen_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What did not become goods: why, and where it goes."""

    grams: int
    reason: LossReason
    disposal: LossDestination


@retrying
@transaction.atomic
def goods_use(
    actor: Actor, *, op_key: UUID, lot: Lot, location: Location, grams: int, document: Document
) -> Movement:
    """Take free goods into the workshop.

    Raises:
        NotEnoughStock: less than that is free there.
        UseByPassed, LotIsBlocked, LotInQuarantine: the lot may not be used.
    """
    require(abilities(actor, lot), "transform")
    leg = Leg(
        kind=MovementKind.TRANSFORM,
        lot=lot,
        source=on_hand(location),
        destination=ledger.WORKSHOP,
        grams=grams,
    )
    return posted(actor, op_key, [leg], document)[0]


@retrying
@transaction.atomic
def goods_make(
    actor: Actor,
    *,
    op_key: UUID,
    kind: LinkKind,
    taken: Sequence[Movement],
    made: Made,
    lost: Sequence[Lost],
    document: Document,
) -> list[Movement]:
    """Put into stock what was made of goods taken before, and write off the rest, to the gram.

    Returns the movements: first the one of the new lot, then the losses, shared by what each lot gave.

    Raises:
        MadeMoreThanTaken: goods and losses do not add up to what was taken.
        LotIsBlocked: something taken may not leave any more.
        SourcesKeptApart: a public programme was mixed with something else.
        WrongZone: the location is too warm or too cold for what was made.
    """
    require(abilities(actor), "transform")
    parents = lock_lots(movement.lot_id for movement in taken)
    done = movements_under(op_key)
    if done:
        return done
    _refuse_blocked(parents.values())
    used = sum(movement.grams for movement in taken)
    if made.grams <= 0:
        raise NothingToMove
    if used != made.grams + sum(loss.grams for loss in lost):
        raise MadeMoreThanTaken(used, made.grams + sum(loss.grams for loss in lost))
    if not rules.zone_accepts(made.location.zone, made.temperature_class):
        raise WrongZone(made.location.name, Location.Zone(rules.zone_of(made.temperature_class)).label)
    given = [(parents[movement.lot_id], movement.grams) for movement in taken]
    lot = _new_lot(actor, made, given)
    LotLink.objects.bulk_create(
        LotLink(parent=parents[m.lot_id], child=lot, grams=m.grams, kind=kind, movement=m) for m in taken
    )
    legs = [_produced(lot, made), *(leg for loss in lost for leg in _written_off(given, loss))]
    movements = post(actor, op_key=op_key, legs=legs, document=document)
    emit(LotsEntered(lot_ids=(lot.pk,)))
    return movements


def _refuse_blocked(parents: Iterable[Lot]) -> None:
    """Refuse goods that were blocked after the workshop took them: they are given back."""
    blocked = next((lot for lot in parents if lot.status == LotStatus.BLOCKED), None)
    if blocked is not None:
        raise LotIsBlocked(blocked.number)


@retrying
@transaction.atomic
def making_undo(
    actor: Actor, *, op_key: UUID, movements: Sequence[Movement], reason: str, document: Document
) -> list[Movement]:
    """Reverse movements of the workshop, all of them or none, on the days they happened.

    Raises:
        MovementAlreadyReversed: one of them has been reversed before.
        NotEnoughStock: what was made has left already.
    """
    require(abilities(actor), "transform")
    lock_lots(movement.lot_id for movement in movements)
    done = movements_under(*(uuid5(op_key, str(movement.pk)) for movement in movements))
    if done:
        return done
    found = Movement.objects.select_related("lot", "source__location", "destination__location")
    rows = list(found.filter(pk__in=[movement.pk for movement in movements]).order_by("-id"))
    if Movement.objects.filter(reverses__in=rows).exists():
        raise MovementAlreadyReversed
    days = sorted({row.occurred_on for row in rows}, reverse=True)
    legs = {
        day: [ledger.mirror_of(row, reason, op_key) for row in rows if row.occurred_on == day] for day in days
    }
    return [
        row
        for day in days
        for row in post(actor, op_key=op_key, legs=legs[day], document=document, occurred_on=day)
    ]


def _new_lot(actor: Actor, made: Made, given: Sequence[tuple[Lot, int]]) -> Lot:
    """Create the lot of what was made; what its parents share it keeps."""
    lots = [lot for lot, _grams in given]
    cents = sum(lot.value_cents_per_kg * grams for lot, grams in given)
    donors = {(lot.donor_id, lot.donor_label) for lot in lots}
    donor_id, donor_label = donors.pop() if len(donors) == 1 else (None, "")
    lot = Lot(
        number=next_number(NUMBER_KIND),
        granularity=Granularity.ITEM if made.product else Granularity.FAMILY_MIX,
        product=made.product,
        family=made.family,
        label=made.label,
        temperature_class=made.temperature_class,
        supply_source=source_of(lots),
        campaign=_shared([lot.campaign for lot in lots]),
        donor_id=donor_id,
        donor_label=donor_label,
        received_on=clock.today(),
        date_kind=made.date_kind,
        expires_on=made.expires_on if made.date_kind != DateKind.NONE else None,
        supplier_lot=_shared([lot.supplier_lot for lot in lots]),
        is_food=made.family.is_food,
        is_fresh=made.frozen_on is None and (made.product or made.family).is_fresh,
        is_organic=all(lot.is_organic for lot in lots),
        value_cents_per_kg=(cents + made.grams // 2) // made.grams,
        frozen_on=made.frozen_on,
        ingredients=made.ingredients,
        allergens=made.allergens,
    )
    return record_insert(actor, lot)


def _shared(values: Sequence[str]) -> str:
    """Return the text that all have, or none."""
    return values[0] if len(set(values)) == 1 else ""


def _produced(lot: Lot, made: Made) -> Leg:
    return Leg(
        kind=MovementKind.PRODUCE,
        lot=lot,
        source=ledger.WORKSHOP,
        destination=on_hand(made.location),
        grams=made.grams,
    )


def _written_off(given: Sequence[tuple[Lot, int]], loss: Lost) -> list[Leg]:
    """Return the legs of a loss, each lot's part by what it gave, to the gram."""
    parts = split_grams(loss.grams, [grams for _lot, grams in given])
    return [
        Leg(
            kind=MovementKind.LOSE,
            lot=lot,
            source=ledger.WORKSHOP,
            destination=Place(AccountKind.LOSS, detail=str(loss.reason)),
            grams=part,
            disposal=str(loss.disposal),
        )
        for (lot, _grams), part in zip(given, parts, strict=True)
        if part
    ]
