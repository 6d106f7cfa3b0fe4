"""Money: integer cents in code and database, euros on screens."""

import re
from decimal import Decimal
from typing import NewType

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.kernel.quantity import GRAMS_PER_KG, MINUS, NARROW_SPACE, NO_BREAK_SPACE, plain_number

Cents = NewType("Cents", int)

_SIGN = re.compile(r"€")
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")


def parse_euros(text: str) -> Cents:
    """Read euros as a person types them (``1 234,50``) and return cents.

    Raises:
        ValidationError: not an amount in euros and cents.
    """
    compact = plain_number(_SIGN.sub("", text))
    if not _AMOUNT.fullmatch(compact):
        raise ValidationError(_("Write an amount in euros, for example 12.50."), code="euros_unreadable")
    return Cents(int(Decimal(compact) * 100))


def format_euros(cents: int) -> str:
    """Write cents as euros in the current language: ``1 234,50 €`` or ``€1,234.50``."""
    text = f"{Decimal(cents) / 100:,.2f}".replace("-", MINUS)
    if (get_language() or "").startswith("fr"):
        return text.replace(",", NARROW_SPACE).replace(".", ",") + NO_BREAK_SPACE + "€"
    return f"€{text}"


def cost_of(grams: int, cents_per_kg: int) -> Cents:
    """Return the cents for a weight at a rate per kg, rounded half up."""
    return Cents((grams * cents_per_kg + GRAMS_PER_KG // 2) // GRAMS_PER_KG)
