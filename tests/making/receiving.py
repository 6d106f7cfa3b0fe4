"""Builders of receipts, through the services that open them."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

from apps.catalogue.models import ProductFamily
from apps.catalogue.states import CHILLED, FROZEN, DateKind
from apps.kernel import clock
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.services import LineCheck, NewReceiptLine, receipt_start
from apps.sites.models import Location
from tests.making.catalogue import make_family
from tests.making.donors import make_donor
from tests.making.offers import TESTER
from tests.making.sites import make_location, make_site


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
