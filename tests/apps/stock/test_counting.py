"""What the ledger tells the federation: every gram that crosses the bank's border, once."""

import pytest

from apps.donors.states import SupplySource
from apps.sites.models import Location
from tenants.crossing import Purpose, in_platform
from tenants.federation.models import Delta
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.sites import make_location
from tests.making.stock import counted, make_lot, reserved_item


def last_delta():
    with in_platform(Purpose.TEST):
        return Delta.objects.order_by("id").last()


def test_a_receipt_is_counted_with_everything_a_report_needs(bank: FoodBank, shelf: Location) -> None:
    family = make_family(value_cents_per_kg=333)
    lot = make_lot(
        1_500, family=family, location=shelf, supply_source=SupplySource.AGRI_DONATION, is_fresh=True
    )
    told = last_delta()
    assert (told.bank_id, told.day, told.site) == (bank.pk, lot.received_on, shelf.site.code)
    assert (told.family, told.source, told.flow) == (family.code, SupplySource.AGRI_DONATION, "in")
    assert (told.is_food, told.is_fresh, told.is_organic) == (True, True, False)
    assert (told.grams, told.cents, told.lines) == (1_500, 500, 1)


def test_what_stays_inside_is_not_counted(bank: FoodBank, shelf: Location) -> None:
    lot = make_lot(1_500, location=shelf)
    before = counted(bank)
    reserved_item(lot, shelf, 500)
    assert counted(bank) == before


@pytest.mark.parametrize(("grams", "cents"), [(1, 0), (2, 1), (999, 250), (1_000, 250)])
def test_value_is_rounded_to_the_nearest_cent(
    bank: FoodBank, shelf: Location, grams: int, cents: int
) -> None:
    make_lot(grams, location=make_location(), value_cents_per_kg=250)
    assert last_delta().cents == cents
