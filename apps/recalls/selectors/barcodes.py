"""Barcodes as people type them."""

from apps.kernel.gs1 import is_gtin, is_in_store
from apps.recalls.errors import WrongBarcode


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
