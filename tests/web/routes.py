"""Every route of the product, and a real object for each route that names one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import URLPattern, URLResolver

from apps.catalogue.models import Product, ProductFamily
from apps.delivery.models import ContributionRate, DeliveryNote, PickingList
from apps.delivery.states import PickingStatus
from apps.donors.models import Campaign, Donor
from apps.kernel.models import Job, StoredFile
from apps.offers.models import Offer
from apps.offers.states import OfferStatus
from apps.orders.models import Order
from apps.partners.models import Partner
from apps.recalls.models import RecallCase, RecallMatch, RecallReach
from apps.recalls.selectors import link_word
from apps.receiving.models import CollectionShop, Container, GoodsReceipt, NationalCollection, Weighing
from apps.receiving.states import ReceiptStatus
from apps.rounds.models import Round, Stop
from apps.sites.models import Location, OpeningSlot, Site, Vehicle
from apps.stock.models import CountEntry, CountLine, CountSheet, Lot, MinimumLevel, Movement, Pallet
from apps.stock.states import MovementKind
from apps.workshop.models import BatchLine, ProductionBatch
from apps.workshop.states import BatchStatus
from tenants.crossing import Purpose, in_platform
from tenants.network.models import Surplus, SurplusRequest, Transfer, TransferAgreement


@dataclass(frozen=True)
class Route:
    """One address of one site: its pattern, its name, and what its view says it does."""

    pattern: str
    name: str
    door: str

    @property
    def names_something(self) -> bool:
        """Tell whether the address holds a key."""
        return "<" in self.pattern


def routes_of(urlconf: str) -> list[Route]:
    """Return every named route of a site."""
    return list(_walk(import_module(urlconf).urlpatterns, ""))


def _walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield Route(here, pattern.name or here, getattr(pattern.callback, "door", ""))


def first(model: type[Model], **wanted: Any) -> Callable[[], Any]:
    """Return how to find a row of the lived-in bank."""
    return lambda: model._default_manager.filter(**wanted).order_by("pk").first()


def _transfer() -> Transfer | None:
    with in_platform(Purpose.TEST):
        return Transfer.objects.filter(from_bank__slug="bourgogne").order_by("number").last()


def _surplus(*, own: bool) -> Surplus | None:
    with in_platform(Purpose.TEST):
        ours = Surplus.objects.filter(bank__slug="bourgogne")
        return (ours if own else Surplus.objects.exclude(bank__slug="bourgogne")).order_by("pk").first()


def _surplus_request(*, own: bool) -> SurplusRequest | None:
    with in_platform(Purpose.TEST):
        asked = SurplusRequest.objects.order_by("pk")
        ours = asked.filter(bank__slug="bourgogne")
        return (ours if own else asked.filter(surplus__bank__slug="bourgogne")).first()


def _agreement() -> TransferAgreement | None:
    with in_platform(Purpose.TEST):
        return TransferAgreement.objects.order_by("pk").first()


OBJECTS: dict[str, Callable[[], Any]] = {
    "sites_site": first(Site),
    "sites_location": first(Location),
    "sites_vehicle": first(Vehicle),
    "sites_slot": first(OpeningSlot),
    "sites_location_create": first(Site),
    "sites_vehicle_create": first(Site),
    "sites_slot_create": first(Site),
    "donors_donor": first(Donor),
    "donors_campaign": first(Campaign),
    "partners_partner": first(Partner),
    "partners_agreement": first(Partner),
    "partners_visit": first(Partner),
    "partners_paper": first(StoredFile, record_kind__startswith="partners."),
    "partners_paper_attach": first(Partner),
    "file_open": first(StoredFile, record_kind__startswith="partners."),
    "catalogue_product": first(Product),
    "catalogue_family": first(ProductFamily),
    "offers_offer": first(Offer, status=OfferStatus.PROPOSED),
    "rounds_round": first(Round),
    "rounds_stop": first(Stop),
    "rounds_drive_round": first(Round),
    "rounds_drive_stop": first(Stop),
    "rounds_drive_miss": first(Stop),
    "receiving_receipt": first(GoodsReceipt, status=ReceiptStatus.EXPECTED),
    "receiving_receipt_note": first(GoodsReceipt, status=ReceiptStatus.POSTED),
    "receiving_receipt_pdf": first(GoodsReceipt, status=ReceiptStatus.POSTED),
    "receiving_collection": first(NationalCollection),
    "receiving_shop": first(CollectionShop),
    "receiving_weighing": first(Weighing),
    "receiving_container": first(Container),
    "receiving_limit": lambda: "FROZEN_M18",
    "stock_lot": first(Lot),
    "stock_pallet": first(Pallet),
    "stock_sheet": first(CountSheet, status="open"),
    "stock_line": first(CountLine, sheet__status="open"),
    "stock_entry": first(CountEntry),
    "stock_level": first(MinimumLevel),
    "stock_place": first(Location),
    "stock_receipt_label": first(GoodsReceipt, status=ReceiptStatus.POSTED),
    "stock_movement": first(Movement, kind=MovementKind.RECEIVE),
    "workshop_batch": first(ProductionBatch, status=BatchStatus.OPEN),
    "workshop_line": first(BatchLine, batch__status=BatchStatus.OPEN),
    "workshop_lot_freeze": first(Lot),
    "orders_order": first(Order),
    "orders_mine": first(Order),
    "delivery_picking": first(PickingList, status=PickingStatus.PICKED),
    "delivery_note": first(DeliveryNote),
    "delivery_rate": first(ContributionRate),
    "recalls_case": first(RecallCase),
    "recalls_match": first(RecallMatch),
    "recalls_reach": first(RecallReach),
    "recalls_mine": first(RecallReach),
    "recalls_answer": lambda: link_word(RecallReach.objects.earliest("pk")),
    "job": first(Job),
    "network_transfer": _transfer,
    "network_surplus": partial(_surplus, own=True),
    "network_surplus_ask": partial(_surplus, own=False),
    "network_surplus_request": partial(_surplus_request, own=False),
    "network_surplus_request_withdraw": partial(_surplus_request, own=True),
    "network_agreement": _agreement,
    "network_donor_link": first(Donor),
    "network_transfer_propose": first(Lot),
    "network_lot_trace": first(Lot),
    "network_offer_trail": lambda: (
        Offer.objects.filter(network_step_id__isnull=False).values_list("network_step_id", flat=True).first()
    ),
    "api_offer": first(Offer, status=OfferStatus.PROPOSED),
    "api_order": first(Order),
    "api_collection": first(NationalCollection),
    "api_shop": first(CollectionShop),
    "api_delivery": first(DeliveryNote),
    "api_job": first(Job),
    "api_stock_lot": first(Lot),
    "api_stock_count": first(CountSheet),
    "api_batch": first(ProductionBatch),
    "api_recall": first(RecallCase),
    "federation_recall": lambda: UUID(int=1),
    "federation_source": lambda: UUID(int=1),
    "network_desk": lambda: UUID(int=1),
    "network_bank_need": lambda: UUID(int=1),
    "federation_department": lambda: "21",
    "report_stop": lambda: "no-such-word",
    "mfa_edit_webauthn": lambda: 1,
    "mfa_remove_webauthn": lambda: 1,
    "account_device_end": lambda: UUID(int=1),
}
"""The object that a route's name begins with; the longest beginning counts."""


def key_for(route: Route) -> Any:
    """Return the key to put into a route's address.

    Raises:
        LookupError: nobody said which object the route shows, or the lived-in bank has none.
    """
    beginnings = [name for name in OBJECTS if route.name == name or route.name.startswith(f"{name}_")]
    if not beginnings:
        raise LookupError(f"say in OBJECTS which object {route.name} shows")
    found = OBJECTS[max(beginnings, key=len)]()
    if found is None:
        raise LookupError(f"the lived-in bank has nothing for {route.name}")
    return getattr(found, "pk", found)


def address_of(route: Route, key: Any = None) -> str:
    """Return a real address of a route, of the object with a key if one is given."""
    if not route.names_something:
        return "/" + route.pattern
    before, _, rest = route.pattern.partition("<")
    named = str(key or key_for(route))
    return f"/{before}{named}{re.sub('<uuid:[a-z_]+>', named, rest.partition('>')[2])}"
