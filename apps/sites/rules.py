"""Rules of French addresses (INSEE geography) and of letterheads: postcodes, numbers, colours on paper."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_POSTCODE: Final = re.compile(r"(0[1-9]|[1-8]\d|9[0-578])\d{3}")
_DEPARTMENT: Final = re.compile(r"0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]|97[1-46]")
_INSEE: Final = re.compile(r"(\d\d|2[AB])\d{3}")
_OVERSEAS: Final = "97"
_SIRET: Final = re.compile(r"\d{14}")
_RNA: Final = re.compile(r"W\d[0-9AB]\d{7}")
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_GS1_PREFIX: Final = re.compile(r"\d{7,10}")
READABLE: Final = 4.5
"""The least contrast of a text on white paper (WCAG 2.2, criterion 1.4.3)."""


def is_postcode(text: str) -> bool:
    """Tell whether a text has the shape of a French postcode: five digits of a served range."""
    return _POSTCODE.fullmatch(text) is not None


def is_department(text: str) -> bool:
    """Tell whether a text is the code of a department: ``01`` to ``95``, ``2A``, ``2B``, ``971`` to ``976``.

    There is no ``20`` (Corsica is ``2A`` and ``2B``) and no ``975`` (a collectivity, not a department).
    """
    return _DEPARTMENT.fullmatch(text) is not None


def department_of_insee(insee: str) -> str:
    """Return the department of a commune from its INSEE code: ``21231`` is in ``21``, ``97411`` in ``974``.

    A postcode is no INSEE code: it names the post office, sometimes that of the next department.

    Raises:
        ValueError: not the code of a commune in a department.
    """
    code = insee.upper()
    if not _INSEE.fullmatch(code):
        raise ValueError(f"{insee!r} is not the INSEE code of a commune")
    department = code[:3] if code.startswith(_OVERSEAS) else code[:2]
    if not is_department(department):
        raise ValueError(f"{insee!r} belongs to no department")
    return department


def coordinate_at_fault(latitude: float | None, longitude: float | None) -> str:
    """Return which of two coordinates (decimal degrees) that make no place is missing, or off the globe."""
    if latitude is None or longitude is None:
        return "latitude" if latitude is None else "longitude"
    return "longitude" if -90 <= latitude <= 90 else "latitude"


def is_place(latitude: float | None, longitude: float | None) -> bool:
    """Tell whether coordinates (decimal degrees) are both missing or both on the globe."""
    if latitude is None or longitude is None:
        return latitude is longitude
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def is_siret_shaped(text: str) -> bool:
    """Tell whether a text has the shape of a SIRET: fourteen digits."""
    return _SIRET.fullmatch(text) is not None


def is_rna(text: str) -> bool:
    """Tell whether a text is a number of the national register of associations: ``W212001234``."""
    return _RNA.fullmatch(text) is not None


def is_gs1_prefix(text: str) -> bool:
    """Tell whether a text has the shape of a GS1 company prefix: seven to ten digits."""
    return _GS1_PREFIX.fullmatch(text) is not None


def is_colour(text: str) -> bool:
    """Tell whether a text is a colour written as ``#1E5B3E``."""
    return _COLOUR.fullmatch(text) is not None


def contrast_on_paper(colour: str) -> float:
    """Return how much a colour stands out from white paper, 1 (white) to 21 (black), after WCAG 2.2."""
    red, green, blue = (_light(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _light(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where goods are best put, and why in one sentence."""

    location_id: UUID
    why: str
