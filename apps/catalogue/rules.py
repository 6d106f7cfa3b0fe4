"""Rules of the catalogue: article numbers (GS1), codes of families."""

import re
import unicodedata
from typing import Final

GTIN_LENGTHS: Final = (8, 12, 13, 14)
_IN_STORE: Final = re.compile(r"000000[02]\d{7}|\d(02|2\d)\d{11}")
"""Codes that a shop makes for itself, weight or amount inside: GTIN-8 from 0 or 2, GTIN-13 from 02, 20–29."""

_NOT_IN_CODE: Final = re.compile(r"[^A-Z0-9]+")


def gtin14(text: str) -> str:
    """Return an article number as it is stored: fourteen digits, zeros in front, no spaces."""
    digits = "".join(text.split())
    return digits.zfill(14) if digits else ""


def is_gtin(gtin: str) -> bool:
    """Tell whether fourteen digits are an article number: weights 3 and 1 from the right, modulo 10."""
    if len(gtin) != 14 or not gtin.isascii() or not gtin.isdecimal() or int(gtin) == 0:
        return False
    return check_digit(gtin[:-1]) == int(gtin[-1])


def check_digit(digits: str) -> int:
    """Return the check digit (GS1, modulo 10) that completes the digits of an article number."""
    weighted = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits)))
    return -weighted % 10


def is_in_store(gtin: str) -> bool:
    """Tell whether fourteen digits are a shop's own code, which identifies nothing outside that shop."""
    return _IN_STORE.fullmatch(gtin) is not None


def family_code(name: str) -> str:
    """Return the code of a family made from its name: ``Pâtes et riz`` → ``PATES_ET_RIZ``."""
    spelled = name.upper().replace("Œ", "OE").replace("Æ", "AE")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return _NOT_IN_CODE.sub("_", plain).strip("_")[:40].rstrip("_")
