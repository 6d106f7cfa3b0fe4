"""How near a bank is to an offer, and how long it has to answer. Pure: no framework, no row."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tenants.network.rules.asking import Candidate, OfferToRoute
from tenants.network.rules.tiers import TIERS, Tier
from tenants.registry.territory import distance_km

__all__ = ["TIERS", "Tier", "answer_deadline", "home_parents", "km", "next_slot", "tier"]

RESPONSE_HOURS: Final[tuple[tuple[int, int], ...]] = ((1, 2), (3, 4), (7, 12), (30, 24))
"""``(days left at most, hours to answer)``: the shorter the life, the sooner the next bank is asked.

Food of one day must still be picked up the same day; a week leaves half a day per bank, so that three
or four banks can be asked while most of the life is left.
"""
LONGEST_RESPONSE_HOURS: Final = 48
"""Hours to answer for food that keeps, or has no date."""

MORNING_OPENS: Final = 8
MORNING_CLOSES: Final = 12
AFTERNOON_OPENS: Final = 14
AFTERNOON_CLOSES: Final = 18
"""Hours at which most docks are open; only suggested, the donor changes them."""


def answer_deadline(
    now: datetime,
    *,
    days_left: int | None,
    pickup_until: datetime,
    response_hours: Sequence[tuple[int, int]] = RESPONSE_HOURS,
    longest_hours: int = LONGEST_RESPONSE_HOURS,
) -> datetime:
    """Return until when a bank may answer: its response window, never after the pick-up window closes.

    ``response_hours`` are ``(days left at most, hours to answer)``, ``longest_hours`` of food that keeps.
    """
    hours = longest_hours
    if days_left is not None:
        hours = next((hours for days, hours in response_hours if days_left <= days), hours)
    return min(now + timedelta(hours=hours), pickup_until)


def next_slot(now: datetime) -> tuple[datetime, datetime]:
    """Return the pick-up slot to suggest at a local time: this afternoon, else tomorrow morning."""
    if now.hour < AFTERNOON_OPENS:
        day, opens, until = now, AFTERNOON_OPENS, AFTERNOON_CLOSES
    else:
        day, opens, until = now + timedelta(days=1), MORNING_OPENS, MORNING_CLOSES
    at = day.replace(minute=0, second=0, microsecond=0)
    return at.replace(hour=opens), at.replace(hour=until)


def home_parents(offer: OfferToRoute, candidates: Sequence[Candidate]) -> frozenset[UUID]:
    """Return the parent banks of the antennas that serve the offer's department."""
    return frozenset(
        candidate.parent_id
        for candidate in candidates
        if candidate.parent_id is not None and offer.department in candidate.departments
    )


def tier(offer: OfferToRoute, candidate: Candidate, homes: frozenset[UUID]) -> Tier:
    """Return how near a bank is to an offer; ``homes`` are the parents of the antennas there."""
    if offer.department in candidate.departments:
        return Tier.ANTENNA if candidate.kind == "antenna" else Tier.HOME
    if candidate.bank_id in homes:
        return Tier.HOME
    if candidate.departments & offer.neighbours:
        return Tier.NEIGHBOUR
    return Tier.REGION if candidate.departments & offer.region else Tier.NATION


def km(offer: OfferToRoute, candidate: Candidate) -> float | None:
    """Return the distance in km as the crow flies, ``None`` when a place is unknown."""
    if offer.latitude is None or offer.longitude is None:
        return None
    if candidate.latitude is None or candidate.longitude is None:
        return None
    away = distance_km(offer.latitude, offer.longitude, candidate.latitude, candidate.longitude)
    return round(away, 1)
