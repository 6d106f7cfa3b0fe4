"""Builders of donors."""

from itertools import count
from typing import Any

from apps.donors.models import Donor
from apps.donors.states import DonorKind, SupplySource

_numbers = count(1)


def make_donor(**overrides: Any) -> Donor:
    """Return a new supermarket in Dijon that gives its unsold food."""
    n = next(_numbers)
    values = {
        "code": f"DON-{n}",
        "name": f"Supermarket {n}",
        "kind": DonorKind.SUPERMARKET,
        "supply_source": SupplySource.GMS_RAMASSE,
        "city": "Dijon",
        "department": "21",
        "latitude": 47.33,
        "longitude": 5.05,
    }
    return Donor.objects.create(**values | overrides)
