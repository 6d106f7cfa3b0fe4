"""Codes on paper: QR, Code 128 and GS1-128 drawn as SVG, and the reader of photographs."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import segno
import zxingcpp
from barcode.codex import Code128, Gs1_128
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.kernel.gs1 import FNC1, Element, check_digit, is_sscc, strung
from apps.kernel.papers import Picture
from apps.kernel.pictures import opened_picture

SSCC_IDENTIFIER: Final = "00"
SERIAL_ROOM: Final = 16
"""Digits that the prefix of a company and the serial number share, between extension and check digit."""
PREFIX_DIGITS: Final = range(7, 11)

QUIET_MODULES: Final = 10
HEIGHT_MM: Final = 20.0
"""Height of the bars, unless a paper has more room, or less."""
MODULE_MOST_MM: Final = 0.5
MODULE_LEAST_MM: Final = 0.4
"""Under 0.38 mm, about two dots, bars were missed at 144 dots per inch: the rest is for bad light."""
READ_SIDE_MOST: Final = 3_000
"""Pixels of the longer side that the reader looks at; a larger photograph is shrunk first."""
QR_LONGEST: Final = 400
GS1_LONGEST: Final = 48
"""Signs that one GS1-128 symbol holds at most (GS1 General Specifications)."""


class CodeRefused(DomainError):
    """Nothing can be drawn: the number is exhausted, or the text too long for the room."""

    code = "code_refused"


@dataclass(frozen=True, slots=True)
class Read:
    """One code found in a photograph: its symbology (``QRCode``, ``Code128``), its bare text."""

    symbology: str
    text: str
    is_gs1: bool


def sscc_of(*, prefix: str, serial: int, extension: int = 0) -> str:
    """Return the number of a logistic unit: extension, company prefix, serial number, check digit.

    Raises:
        ValueError: the prefix is not one, or the extension has not one digit.
        CodeRefused: every serial number of this prefix has been given.
    """
    if not prefix.isdigit() or len(prefix) not in PREFIX_DIGITS or not 0 <= extension <= 9:
        raise ValueError("an SSCC begins with one digit and a GS1 company prefix of seven to ten")
    room = SERIAL_ROOM - len(prefix)
    if not 0 <= serial < 10**room:
        raise CodeRefused(_("Every number of this GS1 prefix has been given. Ask GS1 for another prefix."))
    body = f"{extension}{prefix}{serial:0{room}d}"
    return f"{body}{check_digit(body)}"


def sscc_picture(sscc: str, *, alt: str, room_mm: float, height_mm: float = HEIGHT_MM) -> Picture:
    """Return the GS1-128 symbol of a logistic unit, for a space so many millimetres wide.

    Raises:
        ValueError: this is not an SSCC.
        CodeRefused: the bars would be too narrow to be read.
    """
    if not is_sscc(sscc):
        raise ValueError("not an SSCC")
    return gs1_picture([(SSCC_IDENTIFIER, sscc)], alt=alt, room_mm=room_mm, height_mm=height_mm)


def gs1_picture(
    elements: Sequence[Element], *, alt: str, room_mm: float, height_mm: float = HEIGHT_MM
) -> Picture:
    """Return the GS1-128 symbol of elements (identifier and value), for a space so many millimetres wide.

    Raises:
        CodeRefused: there is more to say than GS1 allows in one symbol, or the bars would be too narrow.
    """
    said = strung(elements)
    if len(said) > GS1_LONGEST:
        raise CodeRefused(_("This text is too long for a code."))
    modules = Gs1_128(said.replace(FNC1, Gs1_128.FNC1_CHAR)).build()[0]
    return _bars(modules, alt=alt, room_mm=room_mm, height_mm=height_mm)


def code128_picture(text: str, *, alt: str, room_mm: float, height_mm: float = HEIGHT_MM) -> Picture:
    """Return the Code 128 symbol of a text such as the number of a lot.

    Raises:
        CodeRefused: the bars would be too narrow to be read.
    """
    return _bars(Code128(text).build()[0], alt=alt, room_mm=room_mm, height_mm=height_mm)


def qr_picture(text: str, *, alt: str) -> Picture:
    """Return the QR code of a text, with room around it; a quarter of it may be dirty.

    Raises:
        CodeRefused: the text is too long to be read from a label.
    """
    if len(text) > QR_LONGEST:
        raise CodeRefused(_("This text is too long for a code."))
    drawn = io.BytesIO()
    segno.make(text, error="q", micro=False).save(drawn, kind="svg", xmldecl=False, border=4)
    return Picture(drawn.getvalue(), "svg", alt)


def codes_in(photograph: bytes) -> list[Read]:
    """Return the codes that a photograph shows, none when it shows none.

    Raises:
        PictureRefused: it is not a photograph, or too large.
    """
    picture = opened_picture(photograph).convert("L")
    picture.thumbnail((READ_SIDE_MOST, READ_SIDE_MOST))
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return [
        Read(each.format.name, each.text, each.content_type == zxingcpp.ContentType.GS1) for each in found
    ]


def _bars(modules: str, *, alt: str, room_mm: float, height_mm: float) -> Picture:
    """Draw bars and gaps, one unit a module, with the quiet zones on both sides.

    Raises:
        CodeRefused: the bars would be too narrow to be read.
    """
    wide = len(modules) + 2 * QUIET_MODULES
    module_mm = min(MODULE_MOST_MM, room_mm / wide)
    if module_mm < MODULE_LEAST_MM:
        raise CodeRefused(_("This text is too long for a code."))
    bars = "".join(f"M{QUIET_MODULES + n} 0h1v1h-1z" for n, module in enumerate(modules) if module == "1")
    size = f'width="{wide * module_mm:.2f}mm" height="{height_mm:g}mm" viewBox="0 0 {wide} 1"'
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} preserveAspectRatio="none"><path d="{bars}"/></svg>'
    )
    return Picture(drawn.encode(), "svg", alt)
