"""How far a bank is from another, and which banks a surplus reaches (platform's scope, or any)."""

from uuid import UUID

from tenants.network.surplus.states import Reach
from tenants.registry import territory
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks
from tenants.registry.territory import UnknownDepartment, distance_km


def banks_within(bank: FoodBank, reach: Reach) -> list[UUID]:
    """Return the other banks at work within reach of one, by id; none for the nation, which needs no list."""
    if reach == Reach.NATION:
        return []
    near = _departments_around(bank, with_region=reach == Reach.REGION)
    others = [other for other in operating_banks() if other.pk != bank.pk]
    return sorted(other.pk for other in others if _own(other) & near)


def km_between(one: FoodBank, other: FoodBank) -> int | None:
    """Return the whole km between two banks as the crow flies, ``None`` when a place is unknown.

    A bank without coordinates counts as the prefecture of its department.
    """
    places = [_place(bank) for bank in (one, other)]
    here, there = places
    return None if here is None or there is None else round(distance_km(*here, *there))


def _own(bank: FoodBank) -> set[str]:
    served = {served.department for served in bank.territories.all()}
    return served | ({bank.department} if bank.department else set())


def _departments_around(bank: FoodBank, *, with_region: bool) -> set[str]:
    own = _own(bank)
    near = set(own)
    for code in own:
        try:
            home = territory.department(code)
        except UnknownDepartment:
            continue
        near |= set(home.neighbours)
        if with_region:
            near |= {d.code for d in territory.departments() if d.region == home.region}
    return near


def _place(bank: FoodBank) -> tuple[float, float] | None:
    if bank.latitude is not None and bank.longitude is not None:
        return bank.latitude, bank.longitude
    try:
        home = territory.department(bank.department)
    except UnknownDepartment:
        return None
    return home.latitude, home.longitude
