"""Rules of the register of companies (INSEE, Sirene): SIREN and SIRET numbers."""

from typing import Final

LA_POSTE: Final = "356000000"
"""SIREN of La Poste, whose post offices have SIRET numbers outside Luhn's rule."""

CONVENTION_AREA_M2: Final = 400
"""Sales area in m² above which a food shop must propose a convention (law 2016-138, C. env. L.541-15-6)."""

_SIREN_LENGTH: Final = 9
_SIRET_LENGTH: Final = 14


def compact(text: str) -> str:
    """Return a number as typed, without its spaces and dots: ``552 100 554 00013`` → ``55210055400013``."""
    return "".join(c for c in text if not c.isspace() and c not in ".-")


def is_siren(text: str) -> bool:
    """Tell whether a text is a SIREN: nine digits with a right Luhn key."""
    return _is_number(text, _SIREN_LENGTH) and _luhn(text)


def is_siret(text: str) -> bool:
    """Tell whether a text is a SIRET: a SIREN and five digits, with a right Luhn key.

    Post offices are the exception: the sum of their digits is a multiple of five.
    """
    if not _is_number(text, _SIRET_LENGTH) or not is_siren(text[:_SIREN_LENGTH]):
        return False
    if text.startswith(LA_POSTE) and sum(int(digit) for digit in text) % 5 == 0:
        return True
    return _luhn(text)


def must_propose_convention(sales_area_m2: int | None) -> bool:
    """Tell whether the law asks a shop of this size (m²) to propose a convention to a charity."""
    return sales_area_m2 is not None and sales_area_m2 > CONVENTION_AREA_M2


def _is_number(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdecimal() and int(text) > 0


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(digits)))
    return sum(value if value < 10 else value - 9 for value in doubled) % 10 == 0
