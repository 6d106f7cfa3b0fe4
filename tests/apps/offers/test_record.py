"""Recording what a donor proposes."""

import datetime as dt
from uuid import uuid4

import pytest

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.history import history_of
from apps.offers.models import Offer
from apps.offers.services import Place, offer_record
from apps.offers.states import OfferKind, OfferStatus
from tests.making.catalogue import make_family, make_product
from tests.making.donors import make_donor
from tests.making.offers import make_offer, make_offer_line
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_an_offer_is_numbered_and_waits_for_an_answer():
    offer = make_offer(make_offer_line(grams=120_000), make_offer_line(grams=30_000))

    assert offer.number == f"OF-{clock.today().year}-00001"
    assert offer.status == OfferStatus.PROPOSED
    assert [line.offered_grams for line in offer.lines.all()] == [120_000, 30_000]
    assert history_of(offer).get().action == "created"


def test_the_same_key_returns_the_first_offer_and_gives_the_number_back():
    key = uuid4()

    first, again = make_offer(op_key=key), make_offer(op_key=key)

    assert first == again
    assert make_offer().number.endswith("00002")


def test_a_line_takes_after_its_product():
    product = make_product(temperature_class=TemperatureClass.CHILLED_0_8, date_kind=DateKind.USE_BY)

    line = make_offer(make_offer_line(product=product, family=product.family)).lines.get()

    assert (line.label, line.temperature_class, line.date_kind) == (product.name, "CHILLED_0_8", "USE_BY")


def test_a_mix_takes_after_its_family():
    family = make_family(temperature_class=TemperatureClass.FROZEN_M18)

    line = make_offer(make_offer_line(family=family)).lines.get()

    assert (line.label, line.temperature_class, line.product) == (family.name, "FROZEN_M18", None)


def test_a_gift_takes_the_source_of_its_donor():
    assert make_offer(donor=make_donor(supply_source=SupplySource.INDUSTRY)).supply_source == "INDUSTRY"


def test_a_purchase_is_paid_from_own_funds_unless_said_otherwise():
    assert make_offer(kind=OfferKind.SALE).supply_source == SupplySource.PURCHASE_OWN
    paid_by_state = make_offer(kind=OfferKind.SALE, supply_source=SupplySource.PURCHASE_MMPT)
    assert paid_by_state.supply_source == SupplySource.PURCHASE_MMPT


@pytest.mark.parametrize(
    ("kind", "source"),
    [(OfferKind.GIFT, SupplySource.PURCHASE_OWN), (OfferKind.SALE, SupplySource.INDUSTRY)],
)
def test_a_gift_is_never_a_purchase(kind: str, source: str):
    with pytest.raises(DomainError) as refused:
        make_offer(kind=kind, supply_source=source)
    assert (refused.value.code, refused.value.field) == ("source_mismatch", "supply_source")


def test_an_offer_without_goods_is_refused():
    now = clock.now()
    with pytest.raises(DomainError, match="at least one line"):
        offer_record(
            actor_as(Role.MANAGER),
            op_key=uuid4(),
            donor=make_donor(),
            kind=OfferKind.GIFT,
            place=Place(address="", city="Dijon", department="21"),
            pickup_from=now,
            pickup_until=now,
            answer_by=None,
            lines=[],
        )
    assert not Offer.objects.exists()


def test_a_line_without_weight_is_named():
    with pytest.raises(DomainError, match="Rice: write a weight"):
        make_offer(make_offer_line(label="Rice", grams=0))


def test_a_date_on_food_without_a_date_is_questioned():
    line = make_offer_line(family=make_family(date_kind=DateKind.NONE), expires_on=clock.today())
    with pytest.raises(DomainError, match="use-by or a best-before"):
        make_offer(line)


def test_a_window_that_ends_before_it_begins_is_refused():
    now = clock.now()
    with pytest.raises(DomainError) as refused:
        make_offer(pickup_from=now, pickup_until=now - dt.timedelta(hours=1))
    assert refused.value.field == "pickup_until"


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ORDERS, Role.PARTNER, Role.DRIVER])
def test_only_those_who_plan_supply_record(role: Role):
    offer = make_offer()
    with pytest.raises(Forbidden):
        offer_record(
            actor_as(role),
            op_key=uuid4(),
            donor=offer.donor,
            kind=OfferKind.GIFT,
            place=Place(address="", city="Dijon", department="21"),
            pickup_from=offer.pickup_from,
            pickup_until=offer.pickup_until,
            answer_by=None,
            lines=[make_offer_line()],
        )
