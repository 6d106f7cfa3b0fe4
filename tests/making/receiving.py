"""Builders of receipts, through the services that open them."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from apps.catalogue.models import ProductFamily
from apps.catalogue.states import CHILLED, FROZEN, DateKind
from apps.kernel import clock
from apps.receiving.models import (
    CollectionShop,
    Container,
    GoodsReceipt,
    NationalCollection,
    ReceiptLine,
    Weighing,
)
from apps.receiving.services import (
    LineCheck,
    NewReceiptLine,
    SortedLine,
    collection_create,
    container_create,
    receipt_start,
    shop_create,
    weighing_record,
)
from apps.sites.models import Location
from tests.making.catalogue import make_family
from tests.making.donors import make_donor
from tests.making.offers import TESTER
from tests.making.sites import make_location, make_site

_numbers = count(1)


def make_receipt_line(
    *, grams: int = 100_000, family: ProductFamily | None = None, **overrides: Any
) -> NewReceiptLine:
    """Return goods that arrive: 100 kg of a mix of one dry family."""
    values: dict[str, Any] = {"product": None, "family": family or make_family(), "expected_grams": grams}
    return NewReceiptLine(**values | overrides)


def make_receipt(*lines: NewReceiptLine, **overrides: Any) -> GoodsReceipt:
    """Return a receipt to control, of goods brought to the door of a site."""
    donor = overrides.get("donor") or make_donor()
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "site": make_site(),
        "donor": donor,
        "supply_source": donor.supply_source,
        "lines": list(lines) or [make_receipt_line()],
    }
    return receipt_start(TESTER, **values | overrides)


def zone_of(line: ReceiptLine) -> str:
    """Return the zone where a line of goods is stored."""
    if line.temperature_class in FROZEN:
        return Location.Zone.FROZEN
    return Location.Zone.CHILLED if line.temperature_class in CHILLED else Location.Zone.AMBIENT


def make_check(line: ReceiptLine, **overrides: Any) -> LineCheck:
    """Return a control that finds everything in order: all accepted, cold enough, dated, put away."""
    values: dict[str, Any] = {
        "line_id": line.pk,
        "accepted_grams": line.expected_grams,
        "temperature_c": Decimal(-20) if line.temperature_class in FROZEN else Decimal(2),
        "date_kind": line.date_kind,
        "expires_on": None if line.date_kind == DateKind.NONE else clock.today() + dt.timedelta(days=30),
        "location": overrides.get("location") or make_location(line.receipt.site, zone=zone_of(line)),
    }
    return LineCheck(**values | overrides)


def make_collection(**overrides: Any) -> NationalCollection:
    """Return a collection of the last three days, sorted at a site with one dry shelf."""
    site = overrides.get("site") or make_site()
    if not Location.objects.filter(site=site, zone=Location.Zone.AMBIENT).exists():
        make_location(site, zone=Location.Zone.AMBIENT, name="Shelf")
    today = clock.today()
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "name": f"Collection {next(_numbers)}",
        "starts_on": today - dt.timedelta(days=2),
        "ends_on": today,
        "site": site,
    }
    return collection_create(TESTER, **values | overrides)


def make_shop(collection: NationalCollection | None = None, **overrides: Any) -> CollectionShop:
    """Return a shop that takes part in a collection."""
    values: dict[str, Any] = {"name": f"Shop {next(_numbers)}", "city": "Dijon"}
    return shop_create(TESTER, collection=collection or make_collection(), **values | overrides)


def make_container(*, tare_grams: int = 1_500, **overrides: Any) -> Container:
    """Return a crate of 1.5 kg."""
    values: dict[str, Any] = {"name": f"Crate {next(_numbers)}", "tare_grams": tare_grams}
    return container_create(TESTER, **values | overrides)


def make_weighing(shop: CollectionShop | None = None, *, grams: int = 100_000, **overrides: Any) -> Weighing:
    """Return 100 kg on the scale for a shop, in nothing."""
    values: dict[str, Any] = {"op_key": uuid4(), "scale_grams": grams}
    return weighing_record(TESTER, shop=shop or make_shop(), **values | overrides)


def make_sorted(collection: NationalCollection, *, grams: int = 10_000, **overrides: Any) -> SortedLine:
    """Return 10 kg sorted of one dry family, on the shelf of the collection's site."""
    values: dict[str, Any] = {
        "line_id": uuid4(),
        "product": None,
        "family": overrides.get("family") or make_family(),
        "accepted_grams": grams,
        "expires_on": clock.today() + dt.timedelta(days=90),
        "location": Location.objects.filter(site=collection.site, zone=Location.Zone.AMBIENT).first(),
    }
    return SortedLine(**values | overrides)
