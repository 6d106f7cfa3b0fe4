"""The map of the network: departments, who borders whom, distances.

Names and codes: INSEE; neighbours share a border, positions are those of the prefectures (IGN). Overseas
departments have no neighbour.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from typing import Final

from apps.sites import rules

EARTH_RADIUS_KM: Final = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department of France; ``latitude`` and ``longitude`` of its prefecture, in degrees."""

    code: str
    name: str
    region: str
    latitude: float
    longitude: float
    neighbours: tuple[str, ...]


class UnknownDepartment(LookupError):
    """No department has this code."""


@lru_cache(maxsize=1)
def _by_code() -> Mapping[str, Department]:
    text = files("tenants.registry").joinpath("data", "departments.json").read_text(encoding="utf-8")
    rows = json.loads(text)
    return {row["code"]: Department(**{**row, "neighbours": tuple(row["neighbours"])}) for row in rows}


def departments() -> tuple[Department, ...]:
    """Return every department, in the order of the codes."""
    return tuple(_by_code().values())


def department(code: str) -> Department:
    """Return the department with a code such as ``21``, ``2A`` or ``974``.

    Raises:
        UnknownDepartment: no department has this code.
    """
    try:
        return _by_code()[code]
    except KeyError as error:
        raise UnknownDepartment(f"no department has the code {code!r}") from error


def neighbours(code: str) -> tuple[str, ...]:
    """Return the codes of the departments that share a border with one.

    Raises:
        UnknownDepartment: no department has this code.
    """
    return department(code).neighbours


def department_of_insee(insee: str) -> str:
    """Return the code of the department of a commune from its INSEE code, never from a postcode.

    Raises:
        UnknownDepartment: not the code of a commune in a department.
    """
    try:
        return department(rules.department_of_insee(insee)).code
    except ValueError as error:
        raise UnknownDepartment(str(error)) from error


def distance_km(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    """Return the distance in km between two points given in degrees, as the crow flies (haversine)."""
    a, b = radians(a_latitude), radians(b_latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(b_longitude - a_longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))
