"""One form sent twice at the same instant opens one count sheet, one batch, one freezing."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest

from apps.catalogue.states import DateKind, TemperatureClass
from apps.kernel import clock
from apps.sites.models import Location
from apps.stock.models import CountSheet
from apps.stock.selectors import ledger_verify
from apps.stock.services import sheet_open
from apps.workshop.models import ProductionBatch
from apps.workshop.services import batch_open, lot_freeze
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.sites import make_location
from tests.making.stock import KEEPER, held, make_lot
from tests.making.threads import together


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]):
    opened = fresh_bank()
    with in_tenant(opened, Purpose.TEST):
        yield opened
        assert ledger_verify() == []


def test_one_sheet_opened_four_times_at_once_is_one_and_leaves_no_gap(bank: FoodBank) -> None:
    shelf = make_location()
    make_lot(5_000, location=shelf)
    wish = partial(sheet_open, KEEPER, site=shelf.site)
    assert set(together(bank, [partial(wish, op_key=uuid4())] * 4)) == {CountSheet.objects.get()}
    assert wish(op_key=uuid4()).number.endswith("-00002")


def test_one_batch_opened_four_times_at_once_is_one_and_leaves_no_gap(bank: FoodBank) -> None:
    site, family = make_location().site, make_family()
    wish = partial(batch_open, KEEPER, site=site, label="Soup", family=family)
    assert set(together(bank, [partial(wish, op_key=uuid4())] * 4)) == {ProductionBatch.objects.get()}
    assert wish(op_key=uuid4()).number.endswith("-00002")


def test_one_freezing_sent_four_times_at_once_freezes_once(bank: FoodBank) -> None:
    cold = make_location(zone=Location.Zone.CHILLED)
    freezer = make_location(cold.site, zone=Location.Zone.FROZEN)
    family = make_family(
        temperature_class=TemperatureClass.CHILLED_0_4, date_kind=DateKind.USE_BY, grace_days=0
    )
    meat = make_lot(5_000, family=family, location=cold, expires_on=clock.today())
    act = partial(
        lot_freeze, KEEPER, op_key=uuid4(), lot=meat, location=cold, to=freezer, grams=3_000,
        expires_on=clock.today() + dt.timedelta(days=60),
    )  # fmt: skip
    assert set(together(bank, [act] * 4)) == {ProductionBatch.objects.get()}
    assert held(meat, cold) == (2_000, 0)
