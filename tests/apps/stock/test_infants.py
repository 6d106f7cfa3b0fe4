"""Food for infants is never given past its date, whatever anybody set."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.services import family_update, product_update
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.sites.models import Location
from apps.stock import ledger
from apps.stock.models import Lot
from apps.stock.selectors import waiting
from tenants.library.packaged import packaged_families
from tenants.registry.models import FoodBank
from tests.apps.stock.test_guarantees import insert
from tests.making.catalogue import make_family, make_product
from tests.making.stock import make_inspection, make_lot, reserve, want


@pytest.fixture
def milk(bank: FoodBank) -> Product:
    """A product of infants' food whose file once allowed ten days of grace."""
    product = make_product(make_family(is_infant_food=True, grace_days=0))
    Product.objects.filter(pk=product.pk).update(grace_days=10)
    return Product.objects.select_related("family").get(pk=product.pk)


@pytest.fixture
def passed(milk: Product, shelf: Location) -> Lot:
    """A lot of it, past best before since yesterday, that somebody inspected all the same."""
    lot = make_lot(5_000, milk, location=shelf, expires_on=clock.today() - dt.timedelta(days=1))
    make_inspection(lot)
    return lot


def test_the_last_day_is_best_before_itself(passed: Lot) -> None:
    assert (passed.grace_days, passed.is_expired(clock.today())) == (0, True)
    assert waiting().expired_count == 1


def test_no_order_gets_it(passed: Lot, milk: Product, shelf: Location) -> None:
    assert reserve(want(1_000, shelf, product=milk)) == []


def test_the_database_refuses_it(passed: Lot, shelf: Location) -> None:
    with pytest.raises(IntegrityError, match="no inspection"):
        insert(passed, ledger.on_hand(shelf), ledger.reserved(shelf), 1, kind="reserve")


def test_nobody_sets_days_of_grace(manager: Actor, milk: Product) -> None:
    with pytest.raises(ValidationError, match="infants"):
        product_update(manager, product=milk, grace_days=5)
    with pytest.raises(ValidationError, match="infants"):
        family_update(manager, family=milk.family, grace_days=5)
    with pytest.raises(IntegrityError, match="infants_have_no_grace"), transaction.atomic():
        ProductFamily.objects.filter(pk=milk.family_id).update(grace_days=5)


def test_the_family_of_the_library_is_marked() -> None:
    assert [row["code"] for row in packaged_families() if row["is_infant_food"]] == ["INFANTILE"]
