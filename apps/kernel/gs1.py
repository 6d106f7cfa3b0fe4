"""What a GS1 symbol says: GS1-128, DataMatrix, Digital Link, and plain article numbers.

Source of the rules: GS1 General Specifications (application identifiers, FNC1, check digit, date and
century rules) and GS1 Digital Link. Only what a warehouse of food needs is read; any other identifier is
kept as it stands, so that a symbol is never refused for what it says besides.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError

FNC1: Final = "\x1d"
"""Ends an element of variable length; what a reader types for it."""
LONGEST: Final = 2_000
"""Characters of the longest text that is looked at: no symbol holds as much."""
_SYMBOLOGY: Final = re.compile(r"^\](?:C1|d2|Q3|e0|J1|E0|E4|C0)")
"""What a reader writes before the data to name the symbol: GS1-128, DataMatrix, QR, DataBar, EAN."""
_ELEMENTS: Final = ("]C1", "]d2", "]Q3", "]e0", "]J1")
"""The symbols that hold elements, never a lone number."""
_BRACKETED: Final = re.compile(r"\((\d{2,4})\)")
_WEIGHT: Final = re.compile(r"310([0-5])")
_DIGITS: Final = re.compile(r"[0-9]+")
_TEXT: Final = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}""")
"""The characters that GS1 allows in lot and serial numbers (set 82)."""
_CENTURY: Final = 100
Element = tuple[str, str]
"""An application identifier and its value."""
MOST_DECIMALS: Final = 3
_WEIGHT_DIGITS: Final = 6
GTIN_LENGTHS: Final = (8, 12, 13, 14)
SSCC_LENGTH: Final = 18
_IN_STORE: Final = re.compile(r"000000[02]\d{7}|\d(02|2\d)\d{11}")
"""Codes that a shop makes for itself, weight or amount inside: GTIN-8 from 0 or 2, GTIN-13 from 02, 20–29."""


class NotGs1(DomainError):
    """A text that says nothing in the language of GS1, or says it wrongly; ``value`` is what was read."""

    code = "not_gs1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """What one symbol says; whatever it does not say is empty.

    ``gtin`` and ``content_gtin`` (what a logistic unit holds, ``count`` of them) have fourteen digits,
    ``sscc`` eighteen. ``net_grams`` is rounded to the gram. ``others`` keeps the identifiers that are not
    read here. ``is_in_store``: the article number is a shop's own and identifies nothing elsewhere.
    """

    sscc: str = ""
    gtin: str = ""
    content_gtin: str = ""
    count: int | None = None
    lot: str = ""
    serial: str = ""
    produced_on: dt.date | None = None
    packed_on: dt.date | None = None
    best_before: dt.date | None = None
    sell_by: dt.date | None = None
    use_by: dt.date | None = None
    net_grams: int | None = None
    others: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def article(self) -> str:
        """The article number that the goods can be recognised by, empty for a shop's own code."""
        known = self.gtin or self.content_gtin
        return "" if self.is_in_store else known

    @property
    def is_in_store(self) -> bool:
        """Tell whether the article number is a shop's own."""
        return is_in_store(self.gtin or self.content_gtin)


def read_symbol(text: str, *, today: dt.date) -> Symbol:
    """Return what a scanned or typed text says.

    ``today`` settles the century of a date: the year is at most 49 years back or 50 ahead.

    Raises:
        NotGs1: it is empty, too long, of no known form, or an element is wrong.
    """
    bare = text.strip(" \t\r\n")
    read = _SYMBOLOGY.sub("", bare)
    if not read or len(read) > LONGEST:
        raise _refused(text)
    if read.lower().startswith(("http://", "https://")):
        return _symbol(_linked(read), text, today)
    plain = "".join(read.split(" "))
    if bare.startswith(_ELEMENTS):
        return _symbol(_strung(plain.lstrip(FNC1), text), text, today)
    if _DIGITS.fullmatch(plain) and len(plain) in GTIN_LENGTHS and is_gtin(plain.zfill(14)):
        return Symbol(gtin=plain.zfill(14))
    if _DIGITS.fullmatch(plain) and len(plain) == SSCC_LENGTH and is_sscc(plain):
        return Symbol(sscc=plain)
    elements = _bracketed(plain) if plain.startswith("(") else _strung(plain.lstrip(FNC1), text)
    return _symbol(elements, text, today)


def date_element(identifier: str, day: dt.date) -> Element:
    """Return a date as an element: best before is 15, use by 17."""
    return identifier, f"{day:%y%m%d}"


def weight_element(grams: int) -> Element | None:
    """Return a net weight as an element, to the gram below a tonne, else as fine as six digits say it.

    ``None`` when even whole kilograms need more digits.
    """
    for decimals in range(MOST_DECIMALS, -1, -1):
        unit = 10 ** (MOST_DECIMALS - decimals)
        digits = f"{(grams + unit // 2) // unit:06d}"
        if len(digits) == _WEIGHT_DIGITS:
            return f"310{decimals}", digits
    return None


def count_element(count: int) -> Element:
    """Return a number of articles as an element, of an even number of digits: those make fewer bars."""
    digits = str(count)
    return "37", digits.zfill(len(digits) + len(digits) % 2)


def lot_element(lot: str) -> Element | None:
    """Return the number of a lot as an element, ``None`` when GS1 has no such signs or it is too long."""
    return ("10", lot) if _TEXT.fullmatch(lot) else None


def strung(elements: Sequence[Element]) -> str:
    """Return elements one behind the other, as a symbol holds them: FNC1 ends those of variable length.

    Those of fixed length come first, which spares the sign.
    """
    ordered = sorted(elements, key=lambda element: _is_variable(element[0]))
    parts = [f"{name}{value}{FNC1 if _is_variable(name) else ''}" for name, value in ordered]
    return "".join(parts).removesuffix(FNC1)


def bracketed(elements: Sequence[Element]) -> str:
    """Return elements as people read them under a symbol: ``(17)261231(37)48``."""
    ordered = sorted(elements, key=lambda element: _is_variable(element[0]))
    return "".join(f"({name}){value}" for name, value in ordered)


def _is_variable(identifier: str) -> bool:
    return _LENGTHS.get(identifier) == 0


def is_gtin(gtin: str) -> bool:
    """Tell whether fourteen digits are an article number: weights 3 and 1 from the right, modulo 10."""
    return len(gtin) == 14 and _is_checked(gtin)


def is_sscc(sscc: str) -> bool:
    """Tell whether eighteen digits are the number of a logistic unit."""
    return len(sscc) == SSCC_LENGTH and _is_checked(sscc)


def is_in_store(gtin: str) -> bool:
    """Tell whether fourteen digits are a shop's own code, which identifies nothing outside that shop."""
    return _IN_STORE.fullmatch(gtin) is not None


def check_digit(digits: str) -> int:
    """Return the check digit (GS1, modulo 10) that completes the digits of a number."""
    weighted = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits)))
    return -weighted % 10


def _is_checked(number: str) -> bool:
    if _DIGITS.fullmatch(number) is None or int(number) == 0:
        return False
    return check_digit(number[:-1]) == int(number[-1])


def _bracketed(text: str) -> dict[str, str]:
    """Return the elements of a text as people write it: ``(01)09521…(10)ABC``."""
    parts = _BRACKETED.split(text)
    names, values = parts[1::2], parts[2::2]
    if parts[0] or len(set(names)) != len(names):
        raise _refused(text)
    return {name: value.removesuffix(FNC1) for name, value in zip(names, values, strict=True)}


def _linked(url: str) -> dict[str, str]:
    """Return the elements of a Digital Link: keys in the path, the rest in the query."""
    parts = urlsplit(url)
    steps = [unquote(step) for step in parts.path.split("/") if step]
    start = next((i for i, step in enumerate(steps) if step in {"00", "01"} and i + 1 < len(steps)), None)
    if start is None:
        raise _refused(url)
    path = dict(zip(steps[start::2], steps[start + 1 :: 2], strict=False))
    query = {name: value for name, value in parse_qsl(parts.query) if _DIGITS.fullmatch(name)}
    return {**query, **path, **({"01": path["01"].zfill(14)} if "01" in path else {})}


def _strung(text: str, whole: str) -> dict[str, str]:
    """Return the elements of a string as a symbol holds it, one behind the other."""
    found: dict[str, str] = {}
    rest = text
    while rest:
        name, length = _identifier(rest, whole)
        after = rest[len(name) :]
        value, rest = (after[:length], after[length:]) if length else _until_fnc1(after)
        if name in found or not value:
            raise _refused(whole)
        found[name] = value
        rest = rest.removeprefix(FNC1)
    return found


def _until_fnc1(text: str) -> tuple[str, str]:
    value, _mark, rest = text.partition(FNC1)
    return value, rest


def _identifier(text: str, whole: str) -> tuple[str, int]:
    """Return the identifier that a string begins with, and the length of its value (0: up to FNC1)."""
    for size in (2, 3, 4):
        name = text[:size]
        if name in _LENGTHS:
            return name, _LENGTHS[name]
    if re.match(r"3[1-6]\d{2}", text):
        return text[:4], 6
    if re.match(r"(?:24[0-3]|25[0-5]|40[0-3]|41[0-7]|42[0-7])", text):
        return text[:3], 13 if text.startswith("41") else 0
    if re.match(r"[3478]\d{3}", text):
        return text[:4], 0
    if re.match(r"9\d", text):
        return text[:2], 0
    raise _refused(whole)


_LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "00": 18, "01": 14, "02": 14, "10": 0, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6,
        "20": 2, "21": 0, "22": 0, "30": 0, "37": 0, "402": 17,
    }
)  # fmt: skip
"""Characters of the value of an identifier; 0 when FNC1 ends it."""


def _symbol(elements: Mapping[str, str], text: str, today: dt.date) -> Symbol:
    read: dict[str, object] = {}
    others: dict[str, str] = {}
    for name, value in elements.items():
        weight = _WEIGHT.fullmatch(name)
        if weight:
            read["net_grams"] = _grams(value, int(weight[1]), text)
        elif name in _READERS:
            into, reader = _READERS[name]
            read[into] = reader(value, text, today)
        else:
            others[name] = value
    if not read:
        raise _refused(text)
    return Symbol(**read, others=MappingProxyType(others))  # type: ignore[arg-type]


def _gtin(value: str, text: str, today: dt.date) -> str:
    if not is_gtin(value):
        raise _refused(text, _("The check digit of the article number is wrong. Scan again."))
    return value


def _sscc(value: str, text: str, today: dt.date) -> str:
    if not is_sscc(value):
        raise _refused(text, _("The check digit of the pallet number is wrong. Scan again."))
    return value


def _label(value: str, text: str, today: dt.date) -> str:
    if _TEXT.fullmatch(value) is None:
        raise _refused(text)
    return value


def _count(value: str, text: str, today: dt.date) -> int:
    if _DIGITS.fullmatch(value) is None or len(value) > 8:
        raise _refused(text)
    return int(value)


def _day(value: str, text: str, today: dt.date) -> dt.date:
    """Return a date written YYMMDD; day 00 is the last of its month."""
    if _DIGITS.fullmatch(value) is None or len(value) != 6:
        raise _refused(text)
    year, month, day = _year(int(value[:2]), today.year), int(value[2:4]), int(value[4:])
    if not 1 <= month <= 12:
        raise _refused(text, _("This code holds a date that does not exist."))
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise _refused(text, _("This code holds a date that does not exist."))
    return dt.date(year, month, day or last)


def _year(two: int, now: int) -> int:
    """Return the year that two digits mean: 51 to 99 ahead is the last century, 50 or more back the next."""
    ahead = two - now % _CENTURY
    century = now - now % _CENTURY
    if ahead > _CENTURY // 2:
        return century - _CENTURY + two
    if ahead < -_CENTURY // 2 + 1:
        return century + _CENTURY + two
    return century + two


def _grams(value: str, decimals: int, text: str) -> int:
    """Return a net weight in grams, from kilograms with so many decimals; half a gram is rounded up."""
    if _DIGITS.fullmatch(value) is None or len(value) != 6:
        raise _refused(text)
    scaled, unit = int(value) * 1_000, int(10**decimals)
    return (scaled * 2 + unit) // (unit * 2)


_Reader = Callable[[str, str, dt.date], object]
_READERS: Final[Mapping[str, tuple[str, _Reader]]] = MappingProxyType(
    {
        "00": ("sscc", _sscc),
        "01": ("gtin", _gtin),
        "02": ("content_gtin", _gtin),
        "10": ("lot", _label),
        "11": ("produced_on", _day),
        "13": ("packed_on", _day),
        "15": ("best_before", _day),
        "16": ("sell_by", _day),
        "17": ("use_by", _day),
        "21": ("serial", _label),
        "37": ("count", _count),
    }
)


def _refused(text: str, message: object = "") -> NotGs1:
    said = message or _("This code cannot be read as a GS1 code: %(value)s.")
    return NotGs1(said, params={"value": text[:60]})  # type: ignore[arg-type]
