"""Builders of sites, storage locations, vehicles and opening slots."""

import datetime as dt
from itertools import count
from typing import Any

from apps.sites.models import Location, OpeningSlot, Site, Vehicle
from apps.sites.states import LocationPurpose, SlotPurpose

_numbers = count(1)


def make_site(**overrides: Any) -> Site:
    """Return a new warehouse in Dijon."""
    n = next(_numbers)
    values = {
        "code": f"S{n}",
        "name": f"Warehouse {n}",
        "city": "Dijon",
        "department": "21",
        "latitude": 47.32,
        "longitude": 5.04,
    }
    return Site.objects.create(**values | overrides)


def make_location(
    site: Site | None = None,
    *,
    zone: str = Location.Zone.AMBIENT,
    purpose: str = LocationPurpose.STORAGE,
    **overrides: Any,
) -> Location:
    """Return a new storage location, in a new site unless one is given."""
    n = next(_numbers)
    values = {
        "site": site or make_site(),
        "code": f"L{n}",
        "name": f"Rack {n}",
        "zone": zone,
        "purpose": purpose,
    }
    return Location.objects.create(**values | overrides)


def make_vehicle(site: Site | None = None, **overrides: Any) -> Vehicle:
    """Return a new refrigerated vehicle of 1,200 kg payload."""
    n = next(_numbers)
    values = {
        "site": site or make_site(),
        "name": f"Truck {n}",
        "plate": f"AB-{n:03d}-CD",
        "capacity_grams": 1_200_000,
        "is_refrigerated": True,
    }
    return Vehicle.objects.create(**values | overrides)


def make_opening_slot(site: Site | None = None, **overrides: Any) -> OpeningSlot:
    """Return a new slot on Monday morning for receiving."""
    values = {
        "site": site or make_site(),
        "weekday": 0,
        "opens_at": dt.time(8),
        "closes_at": dt.time(12),
        "purpose": SlotPurpose.RECEIVING,
    }
    return OpeningSlot.objects.create(**values | overrides)
