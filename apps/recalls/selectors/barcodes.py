"""Barcodes as people type them."""

import datetime as dt

from apps.kernel.gs1 import is_gtin, is_in_store
from apps.recalls.errors import NothingNamed, WrongBarcode
from apps.recalls.rules import names_something


def barcode_of(text: str) -> str:
    """Return a typed barcode as fourteen digits, an empty text for nothing.

    Raises:
        WrongBarcode: it is not one, or a shop's own code.
    """
    digits = "".join(text.split())
    if not digits:
        return ""
    code = digits.zfill(14)
    if not (digits.isdecimal() and digits.isascii() and is_gtin(code)) or is_in_store(code):
        raise WrongBarcode(text)
    return code


def named_barcode(
    gtin: str, *, brand: str, distributors: str, sold_from: dt.date | None, sold_until: dt.date | None
) -> str:
    """Return the barcode of a recall that is entered by hand, an empty text when it names goods otherwise.

    Raises:
        NothingNamed: what is named would find nothing.
        WrongBarcode: it is not a barcode, or a shop's own code.
    """
    code = barcode_of(gtin)
    if not names_something(
        gtin=code, brand=brand, distributors=distributors, sold_from=sold_from, sold_until=sold_until
    ):
        raise NothingNamed
    return code
