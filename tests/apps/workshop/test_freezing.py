"""Chilled goods are frozen before their last day, once, where there is a freezer."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from apps.catalogue.states import DateKind, TemperatureClass
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import DomainError, Forbidden
from apps.sites.models import Location
from apps.stock.models import Lot, LotLink
from apps.workshop import errors
from apps.workshop.models import ProductionBatch
from apps.workshop.services import batch_cancel, lot_freeze
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.sites import make_location
from tests.making.stock import KEEPER, held, make_lot
from tests.making.workshop import made_by
from tests.people import actor_as


@pytest.fixture
def cold(bank: FoodBank) -> Location:
    return make_location(zone=Location.Zone.CHILLED)


@pytest.fixture
def freezer(cold: Location) -> Location:
    return make_location(cold.site, zone=Location.Zone.FROZEN)


def chilled(cold: Location, **fields: Any) -> Lot:
    family = make_family(
        temperature_class=TemperatureClass.CHILLED_0_4, date_kind=DateKind.USE_BY, grace_days=0
    )
    return make_lot(5_000, family=family, location=cold, **fields)


def freeze(lot: Lot, cold: Location, freezer: Location, **changes: Any) -> ProductionBatch:
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "grams": 3_000,
        "expires_on": clock.today() + dt.timedelta(days=60),
    }
    return lot_freeze(KEEPER, lot=lot, location=cold, to=freezer, **values | changes)


def test_frozen_goods_are_a_new_lot_with_its_own_date(cold: Location, freezer: Location) -> None:
    meat = chilled(cold, expires_on=clock.today(), supplier_lot="L12")
    frozen = made_by(freeze(meat, cold, freezer))
    assert frozen.frozen_on == clock.today()
    assert (frozen.date_kind, frozen.temperature_class) == (DateKind.BEST_BEFORE, TemperatureClass.FROZEN_M18)
    assert (frozen.supply_source, frozen.supplier_lot) == (meat.supply_source, "L12")
    assert frozen.donor_label == meat.donor_label
    assert (held(meat, cold), held(frozen, freezer)) == ((2_000, 0), (3_000, 0))
    assert LotLink.objects.get(child=frozen).kind == "freeze"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"expires_on": clock.today() - dt.timedelta(days=1)}, errors.MayNoLongerBeUsed),
        ({"frozen_on": clock.today()}, errors.FrozenBefore),
        ({"temperature_class": TemperatureClass.AMBIENT}, errors.NotChilled),
    ],
)
def test_what_may_not_be_frozen_is_refused(
    cold: Location, freezer: Location, fields: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        freeze(chilled(cold, **fields), cold, freezer)


def test_a_product_that_does_not_stand_freezing_is_refused(cold: Location, freezer: Location) -> None:
    product = make_product(temperature_class=TemperatureClass.CHILLED_0_4)
    with pytest.raises(errors.NotFreezable):
        freeze(make_lot(5_000, product, location=cold), cold, freezer)


def test_only_a_freezer_of_the_same_site_will_do(cold: Location) -> None:
    elsewhere = make_location(zone=Location.Zone.FROZEN)
    for place in (elsewhere, make_location(cold.site, zone=Location.Zone.CHILLED)):
        with pytest.raises(errors.NoFreezer):
            freeze(chilled(cold), cold, place)


def test_the_new_date_lies_ahead(cold: Location, freezer: Location) -> None:
    with pytest.raises(errors.DateNotAhead):
        freeze(chilled(cold), cold, freezer, expires_on=clock.today())


def test_the_same_key_freezes_once(cold: Location, freezer: Location) -> None:
    meat, key = chilled(cold), uuid4()
    assert freeze(meat, cold, freezer, op_key=key) == freeze(meat, cold, freezer, op_key=key)
    assert held(meat, cold) == (2_000, 0)


def test_freezing_by_mistake_is_undone(cold: Location, freezer: Location) -> None:
    meat = chilled(cold)
    batch = freeze(meat, cold, freezer)
    batch_cancel(KEEPER, op_key=uuid4(), batch=batch, reason="not frozen in time")
    assert held(meat, cold) == (5_000, 0)


def test_a_volunteer_does_not_freeze(cold: Location, freezer: Location) -> None:
    with pytest.raises(Forbidden):
        lot_freeze(
            actor_as(Role.VOLUNTEER), op_key=uuid4(), lot=chilled(cold), location=cold, to=freezer,
            grams=1_000, expires_on=clock.today() + dt.timedelta(days=60),
        )  # fmt: skip
