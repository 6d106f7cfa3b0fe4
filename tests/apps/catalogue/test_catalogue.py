"""Families and products of a bank."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from apps.catalogue.errors import FamilyArchived, FamilyExists, FamilyInUse
from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.selectors import active_families, active_products, families_with_counts
from apps.catalogue.services import (
    family_archive,
    family_create,
    family_update,
    product_archive,
    product_create,
    product_update,
)
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from tests.making.catalogue import make_family, make_product
from tests.people import actor_as

DRY: dict[str, Any] = {
    "name": "Pâtes et riz",
    "temperature_class": "AMBIENT",
    "date_kind": "BEST_BEFORE",
    "grace_days": 60,
    "reporting_category": "FEC",
}
PASTA: dict[str, Any] = {
    "name": "Pasta",
    "temperature_class": "AMBIENT",
    "unit_label": "packet",
    "unit_grams": 500,
    "date_kind": "BEST_BEFORE",
}
GTIN = "03017620422003"


def test_a_family_gets_its_code_from_its_name(bank, manager):
    assert family_create(manager, **DRY).code == "PATES_ET_RIZ"


def test_two_families_do_not_have_one_name(bank, manager):
    family_create(manager, **DRY)
    with pytest.raises(FamilyExists):
        family_create(manager, **DRY | {"name": "PATES ET RIZ"})
    assert ProductFamily.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"date_kind": "USE_BY"}, "grace_days"),
        ({"is_food": False}, "reporting_category"),
        ({"reporting_category": "NA"}, "reporting_category"),
    ],
)
def test_a_family_that_contradicts_itself_is_refused(bank, manager, fields, field):
    with pytest.raises(ValidationError) as refusal:
        family_create(manager, **DRY | fields)
    assert list(refusal.value.error_dict) == [field]


def test_a_family_is_put_away_after_its_products(bank, manager):
    product = make_product()
    with pytest.raises(FamilyInUse, match="1 product"):
        family_archive(manager, family=product.family)
    product_archive(manager, product=product)
    assert family_archive(manager, family=product.family).is_archived
    assert not active_families().exists()


def test_a_product_gets_the_next_reference(bank, manager):
    family = make_family()
    refs = [product_create(manager, family=family, **PASTA).ref[-5:] for _ in range(2)]
    assert refs == ["00001", "00002"]


def test_the_same_form_sent_twice_adds_one_product(bank, manager):
    family, key = make_family(), uuid4()
    first = product_create(manager, family=family, op_key=key, **PASTA)
    assert product_create(manager, family=family, op_key=key, **PASTA) == first
    assert Product.objects.count() == 1


def test_a_product_belongs_to_a_family_in_use(bank, manager):
    away = family_archive(manager, family=make_family())
    with pytest.raises(FamilyArchived) as refusal:
        product_create(manager, family=away, **PASTA)
    assert refusal.value.field == "family"
    with pytest.raises(FamilyArchived):
        product_update(manager, product=make_product(), family=away)


def test_a_product_comes_back_with_its_family(bank, manager):
    product = product_archive(manager, product=make_product())
    family_archive(manager, family=product.family)
    with pytest.raises(FamilyArchived):
        product_archive(manager, product=product, archived=False)
    family_archive(manager, family=product.family, archived=False)
    product_archive(manager, product=product, archived=False)
    assert active_products(product.family).get() == product


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"gtin": "03017620422004"}, "gtin"),
        ({"gtin": "02001234567893"}, "gtin"),
        ({"unit_grams": 0}, "unit_grams"),
        ({"date_kind": "USE_BY", "grace_days": 3}, "grace_days"),
    ],
)
def test_a_wrong_product_is_refused_at_its_field(bank, manager, fields, field):
    with pytest.raises(ValidationError) as refusal:
        product_create(manager, family=make_family(), **PASTA | fields)
    assert list(refusal.value.error_dict) == [field]


def test_a_gtin_names_one_product(bank, manager):
    product_create(manager, family=make_family(), gtin=GTIN, **PASTA)
    with pytest.raises(ValidationError, match="has this GTIN"):
        product_create(manager, family=make_family(), gtin=GTIN, **PASTA)


def test_changing_what_came_from_the_library_makes_it_the_banks_own(bank, manager):
    adopted, own = make_product(library_version=1), make_product()
    for product in (adopted, own):
        product_update(manager, product=product, name=product.name)
        assert not Product.objects.get(pk=product.pk).is_overridden
        product_update(manager, product=product, name="Ours")
    assert Product.objects.get(pk=adopted.pk).is_overridden
    assert not Product.objects.get(pk=own.pk).is_overridden


def test_a_family_keeps_its_history(bank, manager):
    family = family_update(manager, family=make_family(grace_days=60), grace_days=30)
    assert history_of(family).get().changes == {"grace_days": [60, 30]}


def test_families_count_their_products_in_use(bank, manager):
    family = make_product().family
    product_archive(manager, product=make_product(family))
    counted: Any = families_with_counts().get(pk=family.pk)
    assert counted.product_count == 1


@pytest.mark.parametrize("role", [Role.ROUNDS, Role.ORDERS, Role.VOLUNTEER, Role.PARTNER])
def test_nobody_else_changes_the_catalogue(bank, role):
    other, product = actor_as(role), make_product(name="Pasta")
    for act in (
        lambda: family_create(other, **DRY),
        lambda: family_update(other, family=product.family, name="Mine"),
        lambda: family_archive(other, family=product.family),
        lambda: product_create(other, family=product.family, **PASTA),
        lambda: product_update(other, product=product, name="Mine"),
        lambda: product_archive(other, product=product),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Product.objects.get().name == "Pasta"
