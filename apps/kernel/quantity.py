"""Quantities: integer grams everywhere in code and database, kilograms on screens."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final, NewType, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Grams = NewType("Grams", int)
N = TypeVar("N", bound=int | Decimal)

GRAMS_PER_KG: Final = 1000
MEALS_PER_KG: Final = 2
"""Meal equivalence of the whole network: 1 kg of food = 2 meals of 500 g. Never applied to hygiene."""

MAX_GRAMS: Final = Grams(10_000_000_000)
"""10,000 t: above it a typed quantity is a mistake."""

NARROW_SPACE: Final = "\u202f"
NO_BREAK_SPACE: Final = "\u00a0"
MINUS: Final = "\u2212"
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NUMBER = re.compile(r"\d+(\.\d{1,3})?")
_GROUPED = re.compile(
    r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+"
    r"|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,}"
)
"""Thousands set apart by one sign and decimals by the other, or at least a million set apart."""


def grams_from_kg(kg: Decimal | int | str) -> Grams:
    """Convert kilograms to whole grams, refusing anything finer than a gram.

    Raises:
        ValueError: the value is not a whole number of grams.
    """
    grams = Decimal(kg) * GRAMS_PER_KG
    if grams != grams.to_integral_value():
        raise ValueError(f"{kg} kg is not a whole number of grams")
    return Grams(int(grams))


def plain_number(text: str) -> str:
    """Return a number as people type it without spaces and thousands, with a point: ``1234.5``.

    ``1 234,5``, ``1234.5``, ``1.234,5`` and ``1,234.5`` say the same. What is no number comes back as it is.

    Raises:
        ValidationError: it may be a thousand or one: ``1.234`` in French, ``1,234`` in English.
    """
    compact = _SPACES.sub("", text)
    decimal, thousands = (",", ".") if (get_language() or "").startswith("fr") else (".", ",")
    if re.fullmatch(rf"[1-9]\d{{0,2}}\{thousands}\d{{3}}", compact):
        readings = {"large": compact.replace(thousands, ""), "small": compact.replace(thousands, decimal)}
        message = _("Is this %(large)s or %(small)s? Write one of the two.")
        raise ValidationError(message, code="number_ambiguous", params=readings)
    if _GROUPED.fullmatch(compact):
        last = max(compact.rfind(","), compact.rfind("."))
        has_decimals = "," in compact and "." in compact
        whole, fraction = (compact[:last], compact[last:]) if has_decimals else (compact, "")
        compact = re.sub(r"[.,]", "", whole) + fraction
    return compact.replace(",", ".")


def parse_kg(text: str) -> Grams:
    """Read kilograms as a person types them (``1 234,5``, ``0.75``) and return grams.

    Raises:
        ValidationError: not a number, finer than a gram, or above ``MAX_GRAMS``.
    """
    compact = plain_number(text.strip().removesuffix("kg"))
    if not _NUMBER.fullmatch(compact):
        raise ValidationError(_("Write a weight in kg, for example 12.5."), code="kg_unreadable")
    within_reach(Decimal(compact))
    try:
        grams = grams_from_kg(compact)
    except (InvalidOperation, ValueError) as error:
        raise ValidationError(_("Write a weight in kg, for example 12.5."), code="kg_unreadable") from error
    return within_reach(grams)


def within_reach(amount: N) -> N:
    """Return an amount of grams, or of anything heavier, as it is; ask before a long one is multiplied.

    Raises:
        ValidationError: above ``MAX_GRAMS``.
    """
    if amount > MAX_GRAMS:
        raise ValidationError(_("This weight is too large. Check the number."), code="kg_too_large")
    return amount


def kg_number(grams: int, *, decimals: int | None = None) -> str:
    """Write grams as kilograms in the current language: ``1 234,5`` in French, ``1,234.5`` in English.

    ``decimals`` fixes the digits after the point; by default 0 to 3, as many as needed.
    """
    kg = Decimal(grams) / GRAMS_PER_KG
    text = f"{kg:,.3f}".rstrip("0").rstrip(".") if decimals is None else f"{kg:,.{decimals}f}"
    text = text.replace("-", MINUS)
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
