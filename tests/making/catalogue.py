"""Builders of product families and products."""

from itertools import count
from typing import Any

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass

_numbers = count(1)


def make_family(**overrides: Any) -> ProductFamily:
    """Return a new family of dry food with a best-before date and sixty days of grace."""
    n = next(_numbers)
    values = {
        "code": f"FAMILY_{n}",
        "name": f"Family {n}",
        "temperature_class": TemperatureClass.AMBIENT,
        "date_kind": DateKind.BEST_BEFORE,
        "shelf_life_days": 365,
        "grace_days": 60,
        "reporting_category": "FEC",
        "value_cents_per_kg": 200,
    }
    return ProductFamily.objects.create(**values | overrides)


def make_product(family: ProductFamily | None = None, **overrides: Any) -> Product:
    """Return a new product of 500 g that takes after its family (a new one unless given)."""
    n = next(_numbers)
    family = family or make_family()
    values = {
        "ref": f"REF-{n}",
        "name": f"Product {n}",
        "family": family,
        "temperature_class": family.temperature_class,
        "unit_label": "paquet",
        "unit_grams": 500,
        "units_per_case": 12,
        "date_kind": family.date_kind,
        "shelf_life_days": family.shelf_life_days,
        "is_fresh": family.is_fresh,
        "value_cents_per_kg": family.value_cents_per_kg,
    }
    return Product.objects.create(**values | overrides)
