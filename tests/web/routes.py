"""Every route of the product, and a real object for each route that names one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.db.models import Model
from django.urls import URLPattern, URLResolver

from apps.catalogue.models import Product, ProductFamily
from apps.delivery.models import ContributionRate, DeliveryNote, PickingList
from apps.delivery.states import PickingStatus
from apps.donors.models import Donor
from apps.kernel.models import StoredFile
from apps.offers.models import Offer
from apps.offers.states import OfferStatus
from apps.orders.models import Order
from apps.partners.models import Partner
from apps.receiving.models import GoodsReceipt
from apps.receiving.states import ReceiptStatus
from apps.rounds.models import Round, Stop
from apps.sites.models import Location, OpeningSlot, Site, Vehicle
from apps.stock.models import Lot, Movement
from apps.stock.states import MovementKind
from tenants.crossing import Purpose, in_platform
from tenants.network.models import Transfer


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


OBJECTS: dict[str, Callable[[], Any]] = {
    "sites_site": first(Site),
    "sites_location": first(Location),
    "sites_vehicle": first(Vehicle),
    "sites_slot": first(OpeningSlot),
    "sites_location_create": first(Site),
    "sites_vehicle_create": first(Site),
    "sites_slot_create": first(Site),
    "donors_donor": first(Donor),
    "partners_partner": first(Partner),
    "partners_agreement": first(Partner),
    "partners_visit": first(Partner),
    "partners_paper": first(StoredFile),
    "partners_paper_attach": first(Partner),
    "file_open": first(StoredFile),
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
    "receiving_limit": lambda: "FROZEN_M18",
    "stock_lot": first(Lot),
    "stock_movement": first(Movement, kind=MovementKind.RECEIVE),
    "orders_order": first(Order),
    "orders_mine": first(Order),
    "delivery_picking": first(PickingList, status=PickingStatus.PICKED),
    "delivery_note": first(DeliveryNote),
    "delivery_rate": first(ContributionRate),
    "network_transfer": _transfer,
    "network_transfer_propose": first(Lot),
    "network_offer_trail": lambda: (
        Offer.objects.filter(network_step_id__isnull=False).values_list("network_step_id", flat=True).first()
    ),
    "api_offer": first(Offer, status=OfferStatus.PROPOSED),
    "api_order": first(Order),
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
    return f"/{before}{key or key_for(route)}{rest.partition('>')[2]}"
