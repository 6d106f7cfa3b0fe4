"""Pallets with their labels, and how much of a lot no label speaks of yet."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from apps.receiving.models import GoodsReceipt
from apps.sites.models import Location
from apps.sites.selectors import active_locations
from apps.stock.models import Balance, Lot, Pallet
from apps.stock.selectors.availability import inspected_until
from apps.stock.selectors.holdings import Held, held_in

_ID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabelWeight:
    """Grams of a lot in stock, and those that the labels of its pallets say."""

    stock_grams: int
    labelled_grams: int

    @property
    def unlabelled_grams(self) -> int:
        """What is in stock and on no label, never below zero."""
        return max(self.stock_grams - self.labelled_grams, 0)


def pallets_listed() -> QuerySet[Pallet]:
    """Return pallets with all that their sheet and their label show, the state of their lot included."""
    named = Pallet.objects.select_related(
        "lot__family", "lot__product", "lot__receipt_line__receipt", "location"
    )
    return named.annotate(inspected_until=inspected_until("lot__")).order_by("number")


def pallets_of(lot: Lot) -> QuerySet[Pallet]:
    """Return the pallets of a lot, by number."""
    return pallets_listed().filter(lot=lot)


def only_places(lot_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the location of each of these lots that is in one place only (one query)."""
    inside = Balance.objects.filter(account__lot__in=lot_ids, is_inside=True, grams__gt=0).order_by()
    found: dict[UUID, set[UUID]] = {}
    for lot, place in inside.values_list("account__lot", "account__location"):
        found.setdefault(lot, set()).add(place)
    return {lot: next(iter(places)) for lot, places in found.items() if len(places) == 1}


def pallets_at(location: Location) -> QuerySet[Pallet]:
    """Return the pallets last put at a location of which the lot still has something there."""
    there = Balance.objects.filter(
        is_inside=True, grams__gt=0, account__location=location, account__lot=OuterRef("lot")
    )
    return pallets_listed().filter(Exists(there), location=location)


def held_at(location: Location) -> list[Held]:
    """Return what lies at a location, lot by lot, first expired first."""
    return held_in(Balance.objects.filter(is_inside=True, grams__gt=0, account__location=location))


def inspections_lasting(lot_ids: Collection[UUID]) -> dict[UUID, dt.date]:
    """Return until when the newest inspection lets each of these lots leave that passed one (one query)."""
    lots = Lot.objects.filter(pk__in=lot_ids).annotate(inspected_until=inspected_until(""))
    return dict(lots.exclude(inspected_until=None).order_by().values_list("pk", "inspected_until"))


def place_meant(text: str) -> Location | None:
    """Return the location that a code or the address on its label means, if it is one in use."""
    said = " ".join(text.replace("\x00", " ").split())
    if named := _ID.search(said):
        return active_locations().filter(pk=UUID(named[0])).first()
    found = list(active_locations().filter(code__iexact=said)[:2])
    return found[0] if len(found) == 1 else None


def label_weights(lot_ids: Collection[UUID]) -> dict[UUID, LabelWeight]:
    """Return what is in stock and what is on labels, of each of these lots (two queries)."""
    inside = Balance.objects.filter(account__lot__in=lot_ids, is_inside=True).order_by()
    stock = dict(inside.values_list("account__lot").annotate(total=Sum("grams")))
    pallets = Pallet.objects.filter(lot__in=lot_ids).order_by()
    labelled = dict(pallets.values_list("lot").annotate(total=Sum("grams")))
    return {pk: LabelWeight(stock.get(pk, 0), labelled.get(pk, 0)) for pk in lot_ids}


def lots_of_receipt(receipt: GoodsReceipt) -> list[Lot]:
    """Return the lots made of a receipt with their pallets, in the order of its lines."""
    lots = Lot.objects.filter(receipt_line__receipt=receipt).select_related("family", "product")
    return list(lots.prefetch_related("pallets").order_by("receipt_line__position", "number"))
