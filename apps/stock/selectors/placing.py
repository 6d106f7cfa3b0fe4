"""Where goods are best put: the put-away rule over what is in each location now."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Min, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.donors.selectors import may_be_put
from apps.receiving.models import GoodsReceipt
from apps.sites.models import Location, Site
from apps.sites.rules import Suggestion
from apps.sites.selectors import active_locations
from apps.sites.states import LocationPurpose
from apps.stock import rules
from apps.stock.models import Balance, Lot
from apps.stock.rules import Spot

WORDS: Final = {
    rules.SAME_DATE: gettext_noop("the same product with a near date is there"),
    rules.SAME_PRODUCT: gettext_noop("the same product is there"),
    rules.SAME_FAMILY: gettext_noop("the same family is there"),
    rules.EMPTY: gettext_noop("it is empty and at the right temperature"),
    rules.ROOM: gettext_noop("it has room and the right temperature"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Goods that look for a place; ``key`` is the caller's."""

    key: UUID
    family_id: UUID
    product_id: UUID | None
    temperature_class: str
    supply_source: str
    grams: int
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True)
class _Held:
    """What one location holds: grams in all, grams and first date by product and by family."""

    grams: int
    products: Mapping[UUID, dt.date | None]
    families: Collection[UUID]


def suggestions(
    site: Site, goods: Iterable[Goods], *, besides: Location | None = None
) -> dict[UUID, Suggestion]:
    """Return where each of some goods is best put at a site, by their key (two queries).

    Goods placed first fill the room that the later ones see. Places of other programmes, quarantine and the
    location ``besides`` are left out.
    """
    away = None if besides is None else besides.pk
    places = [
        place
        for place in active_locations(site)
        if place.purpose != LocationPurpose.QUARANTINE and place.pk != away
    ]
    held = _held(site)
    found: dict[UUID, Suggestion] = {}
    taken: dict[UUID, int] = {}
    for each in goods:
        spots = [_spot(place, each, held, taken) for place in places if may_be_put(each.supply_source, place)]
        best = rules.put_away(spots, temperature_class=each.temperature_class, grams=each.grams)
        if best is not None:
            spot, why = best
            taken[spot.key] = taken.get(spot.key, 0) + each.grams
            found[each.key] = Suggestion(spot.key, _in_words(spot, why))
    return found


def _in_words(spot: Spot[UUID], why: str) -> str:
    return _("Suggested: %(place)s, %(why)s.") % {"place": spot.code, "why": _(WORDS[why])}


def _spot(place: Location, goods: Goods, held: Mapping[UUID, _Held], taken: Mapping[UUID, int]) -> Spot[UUID]:
    here = held.get(place.pk, _Held(0, {}, ()))
    first = here.products.get(goods.product_id) if goods.product_id else None
    apart = abs((first - goods.expires_on).days) if first and goods.expires_on else None
    return Spot(
        key=place.pk,
        code=place.code,
        zone=place.zone,
        is_storage=place.purpose == LocationPurpose.STORAGE,
        capacity_grams=place.capacity_grams,
        held_grams=here.grams + taken.get(place.pk, 0),
        has_product=goods.product_id in here.products,
        has_family=goods.family_id in here.families,
        days_apart=apart,
    )


def _held(site: Site) -> dict[UUID, _Held]:
    inside = Balance.objects.filter(is_inside=True, grams__gt=0, account__location__site=site).order_by()
    rows = inside.values_list(
        "account__location_id", "account__lot__family_id", "account__lot__product_id"
    ).annotate(total=Sum("grams"), first=Min("account__lot__expires_on"))
    grams: dict[UUID, int] = {}
    products: dict[UUID, dict[UUID, dt.date | None]] = {}
    families: dict[UUID, set[UUID]] = {}
    for place, family, product, total, first in rows:
        grams[place] = grams.get(place, 0) + total
        families.setdefault(place, set()).add(family)
        if product is not None:
            products.setdefault(place, {})[product] = first
    return {place: _Held(total, products.get(place, {}), families[place]) for place, total in grams.items()}


def put_away_of_receipt(receipt: GoodsReceipt) -> dict[UUID, Suggestion]:
    """Return where each line of a receipt is best put, by the id of the line."""
    goods = [
        Goods(
            key=line.pk,
            family_id=line.family_id,
            product_id=line.product_id,
            temperature_class=line.temperature_class,
            supply_source=receipt.supply_source,
            grams=line.accepted_grams or line.expected_grams,
            expires_on=line.expires_on,
        )
        for line in receipt.lines.all()
    ]
    return suggestions(receipt.site, goods)


def put_away_of_lot(lot: Lot, *, origin: Location, grams: int) -> Suggestion | None:
    """Return where goods of a lot are best moved from a location, within its site; never where they are."""
    goods = Goods(
        key=lot.pk,
        family_id=lot.family_id,
        product_id=lot.product_id,
        temperature_class=lot.temperature_class,
        supply_source=lot.supply_source,
        grams=grams,
        expires_on=lot.expires_on,
    )
    return suggestions(origin.site, [goods], besides=origin).get(lot.pk)
