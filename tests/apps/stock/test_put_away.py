"""Put-away: goods are sent where they belong, with one sentence why."""

import datetime as dt
from functools import partial
from uuid import uuid4

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.catalogue.states import TemperatureClass
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock import rules
from apps.stock.rules import Spot, put_away
from apps.stock.selectors import put_away_of_lot, put_away_of_receipt, suggestions
from apps.stock.selectors.placing import Goods
from tests.making.catalogue import make_family, make_product
from tests.making.receiving import make_receipt, make_receipt_line
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.statements import statements_of

spots = st.lists(
    st.builds(
        Spot,
        key=st.uuids(),
        code=st.text("ABC123", min_size=2, max_size=4),
        zone=st.sampled_from(["AMBIENT", "CHILLED", "FROZEN"]),
        is_storage=st.booleans(),
        capacity_grams=st.sampled_from([0, 100, 1_000, 10_000]),
        held_grams=st.integers(0, 12_000),
        has_product=st.booleans(),
        has_family=st.booleans(),
        days_apart=st.none() | st.integers(0, 40),
    ),
    max_size=8,
)
classes = st.sampled_from(TemperatureClass.values)


@given(spots, classes, st.integers(1, 9_000))
def test_a_place_is_at_the_right_temperature_and_has_room_or_there_is_none(here, temperature_class, grams):
    best = put_away(here, temperature_class=temperature_class, grams=grams)
    fit = [s for s in here if rules.zone_accepts(s.zone, temperature_class) and s.takes(grams)]
    assert (best is None) == (fit == [])
    if best:
        assert best[0] in fit
        assert not (not best[0].has_product and any(_better(s, best[0]) for s in fit))


def _better(spot: Spot[int], best: Spot[int]) -> bool:
    """Tell whether a place of the same kind holds the product, which the best one does not."""
    return spot.has_product and (spot.zone, spot.is_storage) == (best.zone, best.is_storage)


@given(spots, classes, st.integers(1, 9_000))
def test_the_order_of_the_places_changes_nothing(here, temperature_class, grams):
    one, other = (
        put_away(each, temperature_class=temperature_class, grams=grams) for each in (here, here[::-1])
    )
    assert (one and one[1]) == (other and other[1])


@pytest.fixture
def product(bank):
    return make_product(make_family(), name="Lentilles")


def goods_of(product, grams=1_000, expires_on=None, supply_source=SupplySource.GMS_RAMASSE):
    return Goods(
        key=uuid4(), family_id=product.family_id, product_id=product.pk, grams=grams,
        temperature_class=product.temperature_class, expires_on=expires_on, supply_source=supply_source,
    )  # fmt: skip


def test_the_same_product_with_the_nearest_date_draws_goods(shelf, product):
    far, near = make_location(shelf.site, code="B1"), make_location(shelf.site, code="C1")
    soon = clock.today() + dt.timedelta(days=20)
    make_lot(1_000, product, location=far, expires_on=soon + dt.timedelta(days=200))
    make_lot(1_000, product, location=near, expires_on=soon + dt.timedelta(days=2))
    goods = goods_of(product, expires_on=soon)
    found = suggestions(shelf.site, [goods])[goods.key]
    assert found.location_id == near.pk
    assert found.why == "Suggested: C1, the same product with a near date is there."


def test_a_full_place_is_passed_over_and_goods_of_one_receipt_fill_the_room_in_turn(shelf, product):
    Location.objects.filter(pk=shelf.pk).update(archived_at=clock.now())
    small = make_location(shelf.site, code="A1", capacity_grams=1_500)
    large = make_location(shelf.site, code="B1")
    make_lot(100, product, location=small)
    first, second = goods_of(product), goods_of(product)
    found = suggestions(shelf.site, [first, second])
    assert [found[each.key].location_id for each in (first, second)] == [small.pk, large.pk]


def test_quarantine_and_the_place_where_goods_are_never_are_suggested(product):
    quarantine = make_location(purpose=LocationPurpose.QUARANTINE, code="Q1")
    own = make_location(quarantine.site, code="B1")
    goods = goods_of(product)
    assert suggestions(own.site, [goods])[goods.key].location_id == own.pk
    assert suggestions(own.site, [goods], besides=own) == {}


def test_goods_of_a_programme_and_others_are_each_sent_to_their_own_places(shelf, product):
    own = make_location(shelf.site, programme="FSE_PLUS")
    goods = [goods_of(product), goods_of(product, supply_source="FSE_PLUS")]
    found = suggestions(shelf.site, goods)
    assert [found[each.key].location_id for each in goods] == [shelf.pk, own.pk]
    for each, place in zip(goods, (shelf, own), strict=True):
        line = make_receipt_line(product=product, family=product.family)
        receipt = make_receipt(line, site=shelf.site, supply_source=each.supply_source)
        [best] = put_away_of_receipt(receipt).values()
        assert best.location_id == place.pk


def test_a_move_begins_with_no_place_that_would_refuse_the_goods(bank, shelf, product, sign_in):
    lot = make_lot(3_000, product, location=shelf)
    make_location(shelf.site, programme="FSE_PLUS")
    page, browser = reverse("stock_lot_move", args=[lot.pk]), sign_in(bank, Role.STOCK)
    assert browser.get(page).context["form"]["to"].value() is None
    other = make_location(shelf.site)
    assert browser.get(page).context["form"]["to"].value() == other.pk
    aside = browser.get(reverse("stock_lot_quarantine", args=[lot.pk])).context["form"]
    assert (aside["to"].value(), aside["to"].help_text, aside["grams"].value()) == (None, "", "3")


def test_what_moves_is_not_sent_where_it_is(shelf, product):
    lot = make_lot(1_000, product, location=shelf)
    assert put_away_of_lot(lot, origin=shelf, grams=1_000) is None
    other = make_location(shelf.site)
    best = put_away_of_lot(lot, origin=shelf, grams=1_000)
    assert best is not None
    assert best.location_id == other.pk


def test_the_control_of_a_receipt_and_the_move_begin_with_the_suggestion(bank, shelf, product, sign_in):
    other = make_location(shelf.site, code="ZZ")
    lot = make_lot(3_000, product, location=other)
    receipt = make_receipt(make_receipt_line(product=product, family=product.family), site=shelf.site)
    browser = sign_in(bank, Role.STOCK)
    control = browser.get(reverse("receiving_receipt_control", args=[receipt.pk]))
    [line] = control.context["forms"].lines
    assert line["location"].value() == str(other.pk)
    assert "the same product" in control.content.decode()
    move = browser.get(reverse("stock_lot_move", args=[lot.pk])).context["form"]
    assert (move["to"].value(), move["grams"].value()) == (shelf.pk, "3")


def test_as_much_is_asked_of_the_database_for_one_line_as_for_many(shelf, product):
    asked = []
    for count in (1, 6):
        lines = [make_receipt_line(product=product, family=product.family) for _ in range(count)]
        receipt = make_receipt(*lines, site=shelf.site)
        list(receipt.lines.all())
        asked.append(statements_of(partial(put_away_of_receipt, receipt)))
    assert asked[0] == asked[1]
