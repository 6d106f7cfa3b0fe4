"""A bank lives in its own time zone: hours typed there, and the day on which food is over."""

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils import timezone

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.stock.errors import UseByPassed
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.middleware import BankMiddleware, SpaceMiddleware
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.donors import make_donor
from tests.making.sites import make_location
from tests.making.stock import make_lot, reserve, reserved_item, want
from tests.people import SignIn, host_of

LATE_IN_GUADELOUPE = dt.datetime(2026, 3, 4, 3, 30, tzinfo=dt.UTC)
"""23:30 on 3 March at the bank, already 4:30 on 4 March in Paris."""
THAT_DAY = dt.date(2026, 3, 3)


@pytest.fixture
def island(twin_a: FoodBank) -> FoodBank:
    """A bank four hours behind UTC."""
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(timezone="America/Guadeloupe")
    twin_a.timezone = "America/Guadeloupe"
    return twin_a


def test_an_hour_typed_in_a_form_is_the_bank_s_own(island: FoodBank, sign_in: SignIn):
    with in_tenant(island, Purpose.TEST):
        donor, family = make_donor(), make_family()
    typed = {
        "op_key": str(uuid4()),
        "donor": str(donor.pk),
        "kind": "gift",
        "pickup_from": "2026-03-03T08:00",
        "pickup_until": "2026-03-03T11:30",
        "line_count": "1",
        "line-0-goods": f"family-{family.pk}",
        "line-0-grams": "42,5",
    }
    sign_in(island, Role.MANAGER).post("/offers/new/", typed)
    with in_tenant(island, Purpose.TEST):
        assert Offer.objects.get().pickup_from == dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)


def test_a_lot_dated_today_may_leave_until_midnight_at_the_bank(island: FoodBank, sign_in: SignIn):
    browser = sign_in(island, Role.MANAGER)
    with clock.time_set_to(LATE_IN_GUADELOUPE):
        with in_tenant(island, Purpose.TEST):
            family = make_family(date_kind=DateKind.USE_BY)
            lot = make_lot(family=family, expires_on=THAT_DAY)
        expired = browser.get("/stock/?state=expired").text
        soon = browser.get("/stock/?state=soon").text
    assert lot.number not in expired
    assert lot.number in soon


def test_the_ledger_lets_it_leave_until_then_and_not_a_minute_longer(island: FoodBank):
    with in_tenant(island, Purpose.TEST):
        family, shelf = make_family(date_kind=DateKind.USE_BY), make_location()
        with clock.time_set_to(LATE_IN_GUADELOUPE):
            lot = make_lot(family=family, location=shelf, expires_on=THAT_DAY)
            assert sum(hold.grams for hold in reserve(want(4_000, shelf, family=family))) == 4_000
        with clock.time_set_to(LATE_IN_GUADELOUPE + dt.timedelta(minutes=30)):
            assert reserve(want(4_000, shelf, family=family)) == []
            with pytest.raises(UseByPassed):
                reserved_item(lot, shelf, 1)


def test_a_stream_keeps_the_time_zone_of_its_request(island: FoodBank):
    def names() -> Iterator[str]:
        yield timezone.get_current_timezone_name()

    def stream(request: HttpRequest) -> HttpResponse:
        return StreamingHttpResponse(names())  # type: ignore[return-value]

    request = RequestFactory().get("/", headers={"host": host_of(island)})
    answer = SpaceMiddleware(BankMiddleware(stream))(request)
    assert b"".join(answer) == b"America/Guadeloupe"
