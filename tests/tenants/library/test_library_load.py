"""Loading the packaged catalogue into the shared library."""

import pytest

from apps.kernel.abilities import Role, software
from apps.kernel.errors import Forbidden
from tenants.crossing import Purpose, in_platform
from tenants.library.models import LibraryFamily, LibraryProduct
from tenants.library.packaged import packaged_families, packaged_products
from tenants.library.services import library_load
from tests.people import actor_as

SOFTWARE = software("test")

pytestmark = pytest.mark.django_db


def test_the_library_holds_243_products_in_18_families():
    library_load(SOFTWARE)
    with in_platform(Purpose.TEST):
        assert LibraryFamily.objects.count() == 18
        assert LibraryProduct.objects.count() == 243


def test_loading_again_writes_nothing():
    library_load(SOFTWARE)
    assert library_load(SOFTWARE) == 0


def test_a_row_that_differs_from_the_package_gets_its_next_version():
    library_load(SOFTWARE)
    with in_platform(Purpose.TEST):
        LibraryProduct.objects.filter(ref="FLF-001").update(name="Pommes")
    assert library_load(SOFTWARE) == 1
    with in_platform(Purpose.TEST):
        product = LibraryProduct.objects.get(ref="FLF-001")
        assert (product.name, product.version) == ("Pommes Golden", 2)


def test_only_hygiene_is_not_food():
    not_food = [row["code"] for row in packaged_families() if not row["is_food"]]
    assert not_food == ["HYGIENE_ENTRETIEN"]


def test_every_packaged_row_obeys_the_rules_of_its_model():
    families = {row["code"]: LibraryFamily(**row) for row in packaged_families()}
    for family in families.values():
        family.clean_fields()
    for row in packaged_products():
        product = LibraryProduct(**row)
        product.clean_fields(exclude=["family"])
        assert product.family_id in families
        assert not (product.date_kind == "USE_BY" and product.grace_days)


def test_a_manager_of_a_bank_does_not_load_the_library():
    with pytest.raises(Forbidden):
        library_load(actor_as(Role.MANAGER))
