"""A bank copies the library, and keeps what it changed."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.services import family_update, product_update
from apps.kernel.abilities import Role, software
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from tenants.crossing import Purpose, in_platform
from tenants.library.models import LibraryFamily, LibraryProduct
from tenants.library.services import catalogue_adopt, library_load
from tests.making.catalogue import make_product
from tests.people import actor_as

SOFTWARE = software("test")


@pytest.fixture(autouse=True)
def library(db):
    library_load(SOFTWARE)


def network_renames(ref: str, name: str) -> None:
    """Publish a new version of a product in the library."""
    with in_platform(Purpose.TEST):
        product = LibraryProduct.objects.get(ref=ref)
        LibraryProduct.objects.filter(ref=ref).update(name=name, version=product.version + 1)


def test_a_bank_gets_the_whole_library(bank):
    assert catalogue_adopt(SOFTWARE, bank=bank) == 243
    assert (ProductFamily.objects.count(), Product.objects.count()) == (18, 243)


def test_adopted_rows_obey_the_rules_of_the_catalogue(bank):
    catalogue_adopt(SOFTWARE, bank=bank)
    for record in (*ProductFamily.objects.all(), *Product.objects.select_related("family")[:30]):
        record.full_clean()


def test_adopting_again_writes_nothing(bank):
    catalogue_adopt(SOFTWARE, bank=bank)
    assert catalogue_adopt(SOFTWARE, bank=bank) == 0


def test_a_new_version_reaches_the_bank(bank):
    catalogue_adopt(SOFTWARE, bank=bank)
    network_renames("FLF-001", "Pommes Golden du verger")
    assert catalogue_adopt(SOFTWARE, bank=bank) == 1
    assert Product.objects.get(ref="FLF-001").name == "Pommes Golden du verger"


def test_what_the_bank_changed_stays(bank, manager):
    catalogue_adopt(SOFTWARE, bank=bank)
    product_update(manager, product=Product.objects.get(ref="FLF-001"), name="Pommes du coin")
    network_renames("FLF-001", "Pommes Golden du verger")
    assert catalogue_adopt(SOFTWARE, bank=bank) == 0
    assert Product.objects.get(ref="FLF-001").name == "Pommes du coin"


def test_a_family_the_bank_changed_stays(bank, manager):
    catalogue_adopt(SOFTWARE, bank=bank)
    family_update(manager, family=ProductFamily.objects.get(code="FECULENTS"), grace_days=30)
    with in_platform(Purpose.TEST):
        LibraryFamily.objects.filter(code="FECULENTS").update(grace_days=90, version=2)
    catalogue_adopt(SOFTWARE, bank=bank)
    assert ProductFamily.objects.get(code="FECULENTS").grace_days == 30


def test_a_product_of_the_bank_with_the_same_reference_stays(bank):
    own = make_product(ref="FLF-001", name="Our own apples")
    assert catalogue_adopt(SOFTWARE, bank=bank) == 242
    own.refresh_from_db()
    assert own.name == "Our own apples"


def test_the_history_says_where_a_product_comes_from(bank):
    catalogue_adopt(SOFTWARE, bank=bank)
    entry = history_of(Product.objects.get(ref="FLF-001")).get()
    assert (entry.action, entry.actor_label) == ("adopted", "test")


def test_the_other_bank_keeps_its_empty_catalogue(bank, twin_b):
    catalogue_adopt(SOFTWARE, bank=twin_b)
    assert Product.objects.count() == 0


def test_the_whole_catalogue_takes_few_statements_and_under_a_second(bank):
    started = time.perf_counter()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        catalogue_adopt(SOFTWARE, bank=bank)
    assert time.perf_counter() - started < 1
    assert len(queries) < 20


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ORDERS, Role.PARTNER])
def test_who_does_not_keep_the_catalogue_does_not_adopt(bank, role):
    with pytest.raises(Forbidden):
        catalogue_adopt(actor_as(role), bank=bank)
