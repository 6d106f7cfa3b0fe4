"""What may be ordered: sources, cold equipment, days, units."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalogue.states import TemperatureClass
from apps.donors.states import PUBLIC_PROGRAMMES, SupplySource
from apps.orders.rules import (
    Equipment,
    equipment_missing,
    is_open_on,
    next_open_day,
    refused_sources,
    units_to_cover,
)

MONDAY = dt.date(2026, 3, 9)


def test_an_accredited_partner_that_gives_free_receives_everything():
    assert refused_sources(is_accredited=True, distributes_free=True) == frozenset()


def test_without_accreditation_no_public_programme():
    assert refused_sources(is_accredited=False, distributes_free=True) == PUBLIC_PROGRAMMES


def test_an_accredited_grocery_receives_public_food_except_the_european():
    assert refused_sources(is_accredited=True, distributes_free=False) == {SupplySource.FSE_PLUS}


@pytest.mark.parametrize("each", TemperatureClass)
def test_a_partner_with_everything_keeps_everything(each):
    assert equipment_missing(each, has_chilled=True, has_frozen=True) is None


@pytest.mark.parametrize(
    ("each", "missing"),
    [
        ("FROZEN_M18", Equipment.FREEZER),
        ("CHILLED_0_2", Equipment.COLD_ROOM),
        ("CHILLED_5_15", Equipment.COLD_ROOM),
        ("COOL_8_12", None),
        ("AMBIENT", None),
    ],
)
def test_cold_goods_need_equipment(each, missing):
    assert equipment_missing(each, has_chilled=False, has_frozen=False) is missing


def test_a_site_without_slots_is_open_every_day():
    assert is_open_on(MONDAY, ())
    assert next_open_day(MONDAY, ()) == MONDAY + dt.timedelta(days=1)


@given(weekdays=st.sets(st.integers(0, 6), min_size=1))
def test_the_next_open_day_is_open_and_within_a_week(weekdays):
    day = next_open_day(MONDAY, weekdays)
    assert is_open_on(day, weekdays)
    assert 1 <= (day - MONDAY).days <= 7


@given(grams=st.integers(0, 10**7), unit=st.integers(1, 10**5))
def test_units_cover_a_weight_with_less_than_one_unit_to_spare(grams, unit):
    assert 0 <= units_to_cover(grams, unit) * unit - grams < unit
