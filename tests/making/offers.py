"""Builders of offers, through the service that records them."""

import datetime as dt
from typing import Any
from uuid import uuid4

from apps.catalogue.models import ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import software
from apps.offers.models import Offer
from apps.offers.services import NewOfferLine, Place, offer_record
from apps.offers.states import OfferKind
from tests.making.catalogue import make_family
from tests.making.donors import make_donor

TESTER = software("test")


def make_offer_line(
    *, grams: int = 100_000, family: ProductFamily | None = None, **overrides: Any
) -> NewOfferLine:
    """Return goods to offer: 100 kg of a mix of one dry family."""
    values: dict[str, Any] = {"product": None, "family": family or make_family(), "grams": grams}
    return NewOfferLine(**values | overrides)


def make_chilled_line(*, grams: int = 50_000, days_left: int = 5, **overrides: Any) -> NewOfferLine:
    """Return chilled goods to offer: 50 kg with a use-by date in five days."""
    family = make_family(
        temperature_class=TemperatureClass.CHILLED_0_4, date_kind=DateKind.USE_BY, is_fresh=True, grace_days=0
    )
    values: dict[str, Any] = {
        "family": family,
        "grams": grams,
        "expires_on": clock.today() + dt.timedelta(days=days_left),
    }
    return make_offer_line(**values | overrides)


def make_offer(*lines: NewOfferLine, donor: Donor | None = None, **overrides: Any) -> Offer:
    """Return a gift to answer: 100 kg, to pick up tomorrow, answer expected within two hours."""
    now = clock.now()
    donor = donor or make_donor()
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "donor": donor,
        "kind": OfferKind.GIFT,
        "place": Place(address="1 rue du Port", city=donor.city, department=donor.department),
        "pickup_from": now + dt.timedelta(hours=20),
        "pickup_until": now + dt.timedelta(hours=24),
        "answer_by": now + dt.timedelta(hours=2),
        "lines": list(lines) or [make_offer_line()],
    }
    return offer_record(TESTER, **values | overrides)
