"""Quantities: integer grams everywhere in code and database, kilograms on screens."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final, NewType

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Grams = NewType("Grams", int)

GRAMS_PER_KG: Final = 1000
MEALS_PER_KG: Final = 2
"""Meal equivalence of the whole network: 1 kg of food = 2 meals of 500 g. Never applied to hygiene."""

MAX_GRAMS: Final = Grams(10_000_000_000)
"""10,000 t: above it a typed quantity is a mistake."""

NARROW_SPACE: Final = "\u202f"
NO_BREAK_SPACE: Final = "\u00a0"
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NUMBER = re.compile(r"\d+([.,]\d{1,3})?")


def grams_from_kg(kg: Decimal | int | str) -> Grams:
    """Convert kilograms to whole grams, refusing anything finer than a gram.

    Raises:
        ValueError: the value is not a whole number of grams.
    """
    grams = Decimal(kg) * GRAMS_PER_KG
    if grams != grams.to_integral_value():
        raise ValueError(f"{kg} kg is not a whole number of grams")
    return Grams(int(grams))


def parse_kg(text: str) -> Grams:
    """Read kilograms as a person types them (``1 234,5``, ``0.75``) and return grams.

    Raises:
        ValidationError: not a number, finer than a gram, or above ``MAX_GRAMS``.
    """
    compact = _SPACES.sub("", text).removesuffix("kg")
    if not _NUMBER.fullmatch(compact):
        raise ValidationError(_("Write a weight in kg, for example 12.5."), code="kg_unreadable")
    try:
        grams = grams_from_kg(compact.replace(",", "."))
    except (InvalidOperation, ValueError) as error:
        raise ValidationError(_("Write a weight in kg, for example 12.5."), code="kg_unreadable") from error
    if grams > MAX_GRAMS:
        raise ValidationError(_("This weight is too large. Check the number."), code="kg_too_large")
    return grams


def kg_number(grams: int, *, decimals: int | None = None) -> str:
    """Write grams as kilograms in the current language: ``1 234,5`` in French, ``1,234.5`` in English.

    ``decimals`` fixes the digits after the point; by default 0 to 3, as many as needed.
    """
    kg = Decimal(grams) / GRAMS_PER_KG
    text = f"{kg:,.3f}".rstrip("0").rstrip(".") if decimals is None else f"{kg:,.{decimals}f}"
    if (get_language() or "").startswith("fr"):
        return text.replace(",", NARROW_SPACE).replace(".", ",")
    return text


def format_kg(grams: int, *, decimals: int | None = None) -> str:
    """Write grams as kilograms with the unit: ``1 234,5 kg``."""
    return f"{kg_number(grams, decimals=decimals)}{NO_BREAK_SPACE}kg"


def meals(food_grams: int) -> int:
    """Return the meals in a weight of food (1 kg = 2 meals), rounded down."""
    return food_grams * MEALS_PER_KG // GRAMS_PER_KG


def split_grams(total: int, weights: list[int]) -> list[Grams]:
    """Split a weight in proportion to ``weights`` so that the parts add up to the gram.

    Largest remainders get the spare grams; ties go to the earlier part.

    Raises:
        ValueError: no positive weight to split by.
    """
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("at least one weight must be positive")
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return [Grams(part) for part in parts]
