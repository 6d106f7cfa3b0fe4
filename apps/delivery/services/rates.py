"""Setting the solidarity contribution."""

import datetime as dt

from django.db import transaction

from apps.delivery.abilities import rate_abilities
from apps.delivery.errors import RateNotAllowed
from apps.delivery.models import ContributionRate
from apps.donors.states import FREE_OF_CONTRIBUTION, SupplySource
from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_create, record_update


@transaction.atomic
def rate_create(
    actor: Actor, *, partner_type: str, supply_source: str, cents_per_kg: int, starts_on: dt.date
) -> ContributionRate:
    """Set what a kilogram contributes, in cents, from a day on; an empty type or source means all.

    Raises:
        RateNotAllowed: a contribution for food that is always free.
        ValidationError: there is already a rate for the same type, source and day.
    """
    require(rate_abilities(actor), "create")
    _refuse_on_free_food(supply_source, cents_per_kg)
    rate = ContributionRate(
        partner_type=partner_type,
        supply_source=supply_source,
        cents_per_kg=cents_per_kg,
        starts_on=starts_on,
    )
    return record_create(actor, rate)


@transaction.atomic
def rate_update(
    actor: Actor,
    *,
    rate: ContributionRate,
    partner_type: str,
    supply_source: str,
    cents_per_kg: int,
    starts_on: dt.date,
) -> ContributionRate:
    """Change a rate; delivery notes already written keep their contribution.

    Raises:
        RateNotAllowed: a contribution for food that is always free.
        ValidationError: there is already a rate for the same type, source and day.
    """
    require(rate_abilities(actor, rate), "edit")
    _refuse_on_free_food(supply_source, cents_per_kg)
    data = {
        "partner_type": partner_type,
        "supply_source": supply_source,
        "cents_per_kg": cents_per_kg,
        "starts_on": starts_on,
    }
    record_update(actor, rate, data)
    return rate


def _refuse_on_free_food(supply_source: str, cents_per_kg: int) -> None:
    if supply_source in FREE_OF_CONTRIBUTION and cents_per_kg:
        raise RateNotAllowed(str(SupplySource(supply_source).label))
