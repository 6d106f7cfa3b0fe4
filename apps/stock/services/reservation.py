"""Goods are reserved for orders, given back, handed over."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.donors.states import PUBLIC_PROGRAMMES, is_kept_apart
from apps.kernel.abilities import Actor, require
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.stock import ledger, rules
from apps.stock.abilities import abilities
from apps.stock.ledger import Document, Leg, movements_under, on_hand, post, reserved
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Balance, Lot, Movement
from apps.stock.selectors import reservable
from apps.stock.services.counting import settle_freed
from apps.stock.services.posting import posted
from apps.stock.states import MovementKind


@dataclass(frozen=True, slots=True)
class Want:
    """Grams wanted at a site: of one product, or of a family as it comes (``product_id`` none).

    Only goods of the public programme named serve it; without one, only goods of no such programme.
    """

    key: UUID
    site_id: UUID
    family_id: UUID
    product_id: UUID | None
    grams: int
    programme: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Grams of a lot at a location now reserved for the want of that key."""

    key: UUID
    lot: Lot
    location: Location
    grams: int


@dataclass(frozen=True, slots=True)
class Item:
    """Grams of a lot at a location."""

    lot: Lot
    location: Location
    grams: int


@retrying
@transaction.atomic
def stock_reserve(
    actor: Actor,
    *,
    op_key: UUID,
    wants: Sequence[Want],
    document: Document,
    for_day: dt.date,
    accepts_past_best_before: bool,
    life_days: int = 0,
    excluded_sources: frozenset[str],
    excluded_temperature_classes: frozenset[str] = frozenset(),
) -> list[Hold]:
    """Reserve what is wanted for a day, first expired first out, as much as there is.

    The holds may add up to less than what is wanted: goods of a public programme never stand in for others,
    nor others for them. Never reserves a blocked lot, a quarantined one,
    use by before the day, best before beyond its days of grace or without an inspection, nor one that has
    fewer than ``life_days`` left on that day. A repeat answers the holds made under
    the same key; a call that found nothing at all may be repeated and looks again.
    """
    require(abilities(actor), "reserve")
    free = reservable(
        for_day=for_day,
        accepts_past_best_before=accepts_past_best_before,
        life_days=life_days,
        excluded_sources=excluded_sources,
        excluded_temperature_classes=excluded_temperature_classes,
    )
    free = free.filter(reduce(or_, map(_fits, wants), Q(pk__in=[])))
    lock_lots(free.order_by().values_list("account__lot_id", flat=True))
    keys = {uuid5(op_key, str(want.key)): want.key for want in wants}
    made = movements_under(*keys)
    if not made:
        made = post(actor, op_key=op_key, legs=_reservations(op_key, wants, free), document=document)
    return [
        Hold(keys[m.op_key], m.lot, m.source.location, m.grams) for m in made if m.source.location is not None
    ]


def _fits(want: Want) -> Q:
    site = Q(account__location__site=want.site_id)
    if want.programme:
        site &= Q(account__lot__supply_source=want.programme)
    else:
        site &= ~Q(account__lot__supply_source__in=list(PUBLIC_PROGRAMMES))
    if want.product_id is not None:
        return site & Q(account__lot__product=want.product_id)
    return site & Q(account__lot__family=want.family_id)


def _reservations(op_key: UUID, wants: Sequence[Want], free: QuerySet[Balance]) -> list[Leg]:
    """Return the legs that reserve each want in turn from what the ones before left (lots are locked)."""
    rows = {b.pk: b for b in free.select_related("account__lot", "account__location__site")}
    left = {pk: balance.grams for pk, balance in rows.items()}
    legs = []
    for want in wants:
        fitting = [(pk, grams) for pk, grams in left.items() if _serves(rows[pk], want)]
        for pk, grams in rules.allocate(want.grams, fitting):
            left[pk] -= grams
            account = rows[pk].account
            assert account.location is not None  # noqa: S101 - an account on hand has a location
            legs.append(
                Leg(
                    kind=MovementKind.RESERVE,
                    lot=account.lot,
                    source=on_hand(account.location),
                    destination=reserved(account.location),
                    grams=grams,
                    op_key=uuid5(op_key, str(want.key)),
                )
            )
    return legs


def _serves(balance: Balance, want: Want) -> bool:
    account = balance.account
    if account.location is None or account.location.site_id != want.site_id:
        return False
    source = account.lot.supply_source
    if (source if is_kept_apart(source) else "") != want.programme:
        return False
    if want.product_id is not None:
        return account.lot.product_id == want.product_id
    return account.lot.family_id == want.family_id


@retrying
@transaction.atomic
def stock_hold(actor: Actor, *, op_key: UUID, items: Sequence[Item], document: Document) -> list[Movement]:
    """Reserve more of these very lots, where they are: more was weighed than was reserved.

    Raises:
        NotEnoughStock: less than that is free there.
        LotIsBlocked, LotInQuarantine: a lot may not leave.
    """
    require(abilities(actor), "reserve")
    legs = [
        Leg(
            kind=MovementKind.RESERVE,
            lot=item.lot,
            source=on_hand(item.location),
            destination=reserved(item.location),
            grams=item.grams,
        )
        for item in items
    ]
    return posted(actor, op_key, legs, document)


@retrying
@transaction.atomic
def stock_release(actor: Actor, *, op_key: UUID, items: Sequence[Item], document: Document) -> list[Movement]:
    """Give reserved goods back to free stock; what a count found missing of them is settled at once.

    Raises:
        NotEnoughStock: less than that is reserved there.
    """
    require(abilities(actor), "release")
    legs = [
        Leg(
            kind=MovementKind.RELEASE,
            lot=item.lot,
            source=reserved(item.location),
            destination=on_hand(item.location),
            grams=item.grams,
        )
        for item in items
    ]
    lock_lots(item.lot.pk for item in items)
    made = movements_under(op_key)
    if not made:
        made = post(actor, op_key=op_key, legs=legs, document=document)
        settle_freed(actor, places=[(item.lot, item.location) for item in items])
    return made


@retrying
@transaction.atomic
def stock_deliver(
    actor: Actor, *, op_key: UUID, items: Sequence[Item], partner: Partner, document: Document
) -> list[Movement]:
    """Hand reserved goods over to a partner.

    Raises:
        NotEnoughStock: less than that is reserved there.
        UseByPassed, LotIsBlocked, LotInQuarantine: a lot may not leave today.
    """
    require(abilities(actor), "deliver")
    party = ledger.partner_party(partner)
    legs = [
        Leg(
            kind=MovementKind.DELIVER,
            lot=item.lot,
            source=reserved(item.location),
            destination=ledger.PARTNER,
            grams=item.grams,
            party=party,
        )
        for item in items
    ]
    return posted(actor, op_key, legs, document)
