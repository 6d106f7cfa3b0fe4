"""Placing an order: what is reserved, what is missing, what is refused."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.orders.errors import (
    AgreementMissing,
    DayPassed,
    KeyTaken,
    LinesRefused,
    NothingAvailable,
    NothingWanted,
    PartnerAway,
    SiteClosed,
)
from apps.orders.facts import OrderConfirmed
from apps.orders.models import Order, OrderLine, Reservation
from apps.orders.selectors import in_words, lines_of, shelves_for, shortages_in
from apps.partners.states import AccreditationKind, OrderRhythm
from apps.sites.states import SlotPurpose
from tests.making.catalogue import make_family, make_product
from tests.making.facts import facts_told
from tests.making.orders import kg, make_line, make_order, place, tomorrow
from tests.making.partners import make_agreement, make_partner
from tests.making.sites import make_location, make_opening_slot
from tests.making.stock import held, make_inspection, make_lot
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_an_order_reserves_its_lots():
    location, product = make_location(), make_product()
    lot = make_lot(kg(50), product=product, location=location)
    order = place(make_line(product, 30), site=location.site)
    assert held(lot, location) == (kg(20), kg(30))
    assert lines_of(order)[0].reserved_grams == kg(30)


def test_what_expires_first_is_reserved_first():
    location, product = make_location(), make_product()
    late = make_lot(kg(50), product=product, location=location, expires_on=clock.today() + dt.timedelta(9))
    soon = make_lot(kg(20), product=product, location=location, expires_on=clock.today() + dt.timedelta(3))
    order = place(make_line(product, 30), site=location.site)
    taken = [(each.lot, each.grams) for each in lines_of(order)[0].reservations.all()]
    assert taken == [(soon, kg(20)), (late, kg(10))]


def test_orders_are_numbered_without_gap():
    first, second = make_order(), make_order()
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1
    assert first.number.startswith(f"CO-{clock.today().year}-")


def test_a_line_that_gets_less_is_kept_and_said_by_name_and_number():
    order = make_order(60, in_stock=40, lot={"product": make_product(name="Carottes")})
    [shortage] = shortages_in(lines_of(order))
    assert (shortage.wanted_grams, shortage.reserved_grams) == (kg(60), kg(40))
    assert in_words(shortage) == "Carottes: 40\u00a0kg out of 60\u00a0kg."
    [line] = history_of(order).get(action="created").changes["lines"].values()
    assert line["changes"]["wanted_grams"] == [None, kg(60)]
    assert line["changes"]["reserved_grams"] == [None, kg(40)]


def test_a_line_that_gets_nothing_is_kept_when_another_gets_something():
    location, there, gone = make_location(), make_product(), make_product()
    make_lot(kg(5), product=there, location=location)
    order = place(make_line(gone, 10), make_line(there, 5), site=location.site)
    assert [line.reserved_grams for line in lines_of(order)] == [0, kg(5)]


def test_an_order_that_would_get_nothing_is_refused_and_leaves_no_trace():
    product, site = make_product(name="Lentilles"), make_location().site
    with pytest.raises(NothingAvailable, match="Lentilles"):
        place(make_line(product, 10), site=site)
    assert not Order.objects.exists()
    assert make_order().number.endswith("-00001")


def test_sent_twice_it_is_placed_once():
    location, product, partner, key = make_location(), make_product(), make_partner(), uuid4()
    lot = make_lot(kg(50), product=product, location=location)
    sent: dict[str, Any] = {"site": location.site, "partner": partner, "op_key": key}
    first, second = (place(make_line(product, 10), **sent) for _n in range(2))
    assert first == second
    assert held(lot, location) == (kg(40), kg(10))


def test_the_key_of_another_partner_shows_nothing_of_its_order():
    theirs = make_order(op_key=uuid4())
    with pytest.raises(KeyTaken):
        make_order(op_key=theirs.op_key)


def test_it_says_that_the_order_is_confirmed():
    with facts_told(OrderConfirmed) as told:
        order = make_order(8)
    assert told == [OrderConfirmed(order_id=order.pk, partner_id=order.partner_id, reserved_grams=kg(8))]


def test_a_family_is_taken_as_it_comes():
    location, family = make_location(), make_family()
    make_lot(kg(3), family=family, location=location)
    make_lot(kg(3), product=make_product(family), location=location)
    order = place(make_line(family, 5), site=location.site)
    assert Reservation.objects.filter(line__order=order).count() == 2


@pytest.mark.parametrize("source", [SupplySource.FSE_PLUS, SupplySource.CNES, SupplySource.PURCHASE_MMPT])
def test_public_food_never_goes_to_a_partner_that_is_not_accredited(source):
    partner = make_partner(accreditation_kind=AccreditationKind.NONE)
    with pytest.raises(NothingAvailable):
        make_order(partner=partner, lot={"supply_source": source})
    assert not Reservation.objects.exists()


def test_an_accreditation_that_ends_before_the_wanted_day_opens_nothing():
    partner = make_partner(accreditation_until=clock.today())
    with pytest.raises(NothingAvailable):
        make_order(partner=partner, lot={"supply_source": SupplySource.FSE_PLUS})


def test_european_food_only_goes_to_partners_that_give_it_free():
    grocery = make_partner(distributes_free=False)
    with pytest.raises(NothingAvailable):
        make_order(partner=grocery, lot={"supply_source": SupplySource.FSE_PLUS})
    assert make_order(partner=grocery, lot={"supply_source": SupplySource.PURCHASE_MMPT})


def test_past_best_before_only_goes_to_partners_that_accept_it():
    passed: dict[str, Any] = {
        "date_kind": DateKind.BEST_BEFORE,
        "expires_on": clock.today() - dt.timedelta(days=2),
    }
    product, shelf = make_product(), make_location()
    lot = make_lot(20_000, product, location=shelf, **passed)
    line = make_line(product, 10)
    with pytest.raises(NothingAvailable):
        place(line, site=shelf.site)
    make_inspection(lot)
    with pytest.raises(NothingAvailable):
        place(line, site=shelf.site, partner=make_partner(accepts_past_best_before=False))
    assert place(line, site=shelf.site)


@pytest.mark.parametrize(
    ("temperature_class", "without", "word"),
    [
        (TemperatureClass.FROZEN_M18, "has_frozen", "freezer"),
        (TemperatureClass.CHILLED_0_4, "has_chilled", "cold room"),
    ],
)
def test_a_partner_without_cold_equipment_cannot_order_cold_goods(temperature_class, without, word):
    product = make_product(name="Poisson", temperature_class=temperature_class)
    with pytest.raises(LinesRefused, match=f"Poisson.*{word}") as refused:
        make_order(lot={"product": product}, partner=make_partner(**{without: False}))
    assert list(refused.value.problems) == [0]


def test_a_family_as_it_comes_brings_nothing_frozen_to_a_partner_without_a_freezer():
    location, family = make_location(), make_family()
    frozen = make_lot(kg(9), family=family, location=location, temperature_class=TemperatureClass.FROZEN_M18)
    make_lot(kg(9), family=family, location=location)
    order = place(make_line(family, 15), site=location.site, partner=make_partner(has_frozen=False))
    assert lines_of(order)[0].reserved_grams == kg(9)
    assert held(frozen, location) == (kg(9), 0)


def test_every_line_at_fault_is_named():
    wanted = [make_line(make_product(), kilograms) for kilograms in (0, 5, -1)]
    with pytest.raises(LinesRefused) as refused:
        place(*wanted, site=make_location().site)
    assert list(refused.value.problems) == [0, 2]


def test_an_archived_product_is_no_longer_ordered():
    with pytest.raises(LinesRefused, match="no longer in the catalogue"):
        make_order(lot={"product": make_product(archived_at=clock.now())})


def test_a_day_in_the_past_is_refused_at_its_field():
    with pytest.raises(DayPassed) as refused:
        make_order(wanted_on=clock.today() - dt.timedelta(days=1))
    assert refused.value.field == "wanted_on"


def test_an_agreement_must_cover_the_wanted_day():
    partner = make_partner(agreement=False)
    make_agreement(partner, ends_on=clock.today())
    assert make_order(partner=partner, wanted_on=clock.today())
    with pytest.raises(AgreementMissing) as refused:
        make_order(partner=partner, wanted_on=tomorrow())
    assert refused.value.field == "wanted_on"


def test_the_site_must_hand_over_on_that_day():
    location = make_location()
    make_opening_slot(location.site, weekday=(tomorrow().weekday() + 1) % 7, purpose=SlotPurpose.HANDOVER)
    with pytest.raises(SiteClosed, match="Open:") as refused:
        make_order(lot={"location": location})
    assert refused.value.field == "wanted_on"


def test_an_archived_site_takes_no_order():
    location = make_location()
    location.site.archived_at = clock.now()
    with pytest.raises(SiteClosed) as refused:
        make_order(lot={"location": location})
    assert refused.value.field == "site"


def test_an_archived_partner_orders_nothing():
    with pytest.raises(PartnerAway):
        make_order(partner=make_partner(archived_at=clock.now()))


def test_an_empty_order_is_refused():
    with pytest.raises(NothingWanted):
        place(site=make_location().site)


def test_a_charity_orders_for_itself_only():
    own, other = make_partner(), make_partner()
    actor = actor_as(Role.PARTNER, partner_id=own.pk)
    assert make_order(partner=own, actor=actor).placed_by == actor.label
    with pytest.raises(Forbidden):
        make_order(partner=other, actor=actor)
    assert OrderLine.objects.count() == 1


@pytest.mark.parametrize(
    ("rhythm", "own_days", "left", "gets"),
    [
        (OrderRhythm.TWICE_WEEKLY, None, 0, 10),
        (OrderRhythm.WEEKLY, None, 0, 0),
        (OrderRhythm.WEEKLY, None, 1, 10),
        (OrderRhythm.MONTHLY, None, 6, 0),
        (OrderRhythm.MONTHLY, None, 7, 10),
        (OrderRhythm.MONTHLY, 0, 0, 10),
        (OrderRhythm.TWICE_WEEKLY, 3, 2, 0),
    ],
)
def test_food_still_lives_when_the_partner_gives_it_out(rhythm, own_days, left, gets):
    partner = make_partner(order_rhythm=rhythm, needs_days_left=own_days)
    product, shelf = make_product(date_kind=DateKind.USE_BY), make_location()
    soon: dict[str, Any] = {"date_kind": DateKind.USE_BY, "expires_on": tomorrow() + dt.timedelta(days=left)}
    make_lot(kg(10), product, location=shelf, **soon)
    make_lot(kg(90), product, location=shelf, expires_on=tomorrow() + dt.timedelta(days=60))
    [shelved] = shelves_for(partner=partner, site=shelf.site, wanted_on=tomorrow())
    [goods] = shelved.goods
    assert (goods.available_grams, goods.too_soon_grams) == (kg(90 + gets), kg(10 - gets))
    order = place(make_line(product, 100), site=shelf.site, partner=partner)
    assert order.lines.get().reserved_grams == kg(90 + gets)
