"""The catalogue that comes with the product: 18 families, 243 products, named in French."""

import csv
from importlib.resources import files
from typing import Any, Final

_WHOLE_NUMBERS: Final = (
    "shelf_life_days",
    "grace_days",
    "unit_grams",
    "units_per_case",
    "value_cents_per_kg",
)


def packaged_families() -> list[dict[str, Any]]:
    """Return the families by field of ``LibraryFamily``."""
    return [_typed(row) for row in _rows("families.csv")]


def packaged_products() -> list[dict[str, Any]]:
    """Return the products by field of ``LibraryProduct``; ``family_id`` is the code of the family."""
    rows = [_typed(row) for row in _rows("products.csv")]
    return [{"family_id": row.pop("family"), **row} for row in rows]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("tenants.library").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _typed(row: dict[str, str]) -> dict[str, Any]:
    """Return a row with its numbers and its yes or no; an empty number is ``None``."""
    typed: dict[str, Any] = dict(row)
    for name in _WHOLE_NUMBERS:
        if name in row:
            typed[name] = int(row[name]) if row[name] else None
    typed.update({name: value == "1" for name, value in row.items() if name.startswith("is_")})
    return typed
