"""Which bank is asked, in what order, and how long it has to answer. Pure: no framework, no row.

The interface is that of the optimiser to come: an offer, the candidates, who was already asked; out
come questions with the grams put to each bank and why. Today's rule asks one bank at a time for all
that remains: home, then neighbouring departments, then the region, then the nation, nearest first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from typing import Final
from uuid import UUID

from tenants.registry.territory import distance_km

RULE_VERSION: Final = "territory-1"
"""Stored with every question: two questions of one version were decided by the same rule."""

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


class Tier(StrEnum):
    """How near a bank is to the offer, by territory; the order of the members is the order of asking."""

    ANTENNA = "antenna"
    HOME = "home"
    NEIGHBOUR = "neighbour"
    REGION = "region"
    NATION = "nation"


TIERS: Final = tuple(Tier)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferToRoute:
    """What the rule knows of an offer: where, how much, how perishable.

    ``grams`` is what remains to place; ``days_left`` counts to its earliest date, ``None`` without one.
    ``neighbours`` and ``region`` are the codes of the departments around its own.
    """

    department: str
    latitude: float | None
    longitude: float | None
    grams: int
    temperature_class: str
    days_left: int | None
    neighbours: frozenset[str]
    region: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A bank or antenna that could be asked.

    ``capacity`` maps a temperature class to the grams it can still take; ``None`` means not declared.
    """

    bank_id: UUID
    kind: str
    parent_id: UUID | None
    departments: frozenset[str]
    latitude: float | None
    longitude: float | None
    is_active: bool = True
    capacity: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a bank is asked: its tier, its distance in km (``None``: unknown), the version of the rule."""

    tier: Tier
    km: float | None
    rule_version: str = RULE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question: the grams put to a bank, its rank among the questions of the offer, and why."""

    bank_id: UUID
    grams: int
    rank: int
    why: Why


def route(offer: OfferToRoute, candidates: Sequence[Candidate], already_asked: frozenset[UUID]) -> list[Ask]:
    """Return the next questions; together they ask for all that remains. Empty: nobody is left.

    A bank is never asked twice. A bank that declares no room for the temperature class is left out.
    """
    homes = _home_parents(offer, candidates)
    open_to_it = [
        candidate
        for candidate in candidates
        if candidate.is_active and candidate.bank_id not in already_asked and _has_room(candidate, offer)
    ]
    if offer.grams <= 0 or not open_to_it:
        return []
    found = {candidate.bank_id: _why(offer, candidate, homes) for candidate in open_to_it}
    best = min(found, key=lambda bank_id: (*_order(found[bank_id]), bank_id))
    return [Ask(bank_id=best, grams=offer.grams, rank=len(already_asked) + 1, why=found[best])]


def answer_deadline(now: datetime, *, days_left: int | None, pickup_until: datetime) -> datetime:
    """Return until when a bank may answer: its response window, never after the pick-up window closes."""
    hours = LONGEST_RESPONSE_HOURS
    if days_left is not None:
        hours = next((hours for days, hours in RESPONSE_HOURS if days_left <= days), hours)
    return min(now + timedelta(hours=hours), pickup_until)


def next_slot(now: datetime) -> tuple[datetime, datetime]:
    """Return the pick-up slot to suggest at a local time: this afternoon, else tomorrow morning."""
    if now.hour < AFTERNOON_OPENS:
        day, opens, until = now, AFTERNOON_OPENS, AFTERNOON_CLOSES
    else:
        day, opens, until = now + timedelta(days=1), MORNING_OPENS, MORNING_CLOSES
    at = day.replace(minute=0, second=0, microsecond=0)
    return at.replace(hour=opens), at.replace(hour=until)


def _home_parents(offer: OfferToRoute, candidates: Sequence[Candidate]) -> frozenset[UUID]:
    """Return the parent banks of the antennas that serve the offer's department."""
    return frozenset(
        candidate.parent_id
        for candidate in candidates
        if candidate.parent_id is not None and offer.department in candidate.departments
    )


def _has_room(candidate: Candidate, offer: OfferToRoute) -> bool:
    return candidate.capacity is None or candidate.capacity.get(offer.temperature_class, 0) > 0


def _why(offer: OfferToRoute, candidate: Candidate, homes: frozenset[UUID]) -> Why:
    return Why(tier=_tier(offer, candidate, homes), km=_km(offer, candidate))


def _tier(offer: OfferToRoute, candidate: Candidate, homes: frozenset[UUID]) -> Tier:
    if offer.department in candidate.departments:
        return Tier.ANTENNA if candidate.kind == "antenna" else Tier.HOME
    if candidate.bank_id in homes:
        return Tier.HOME
    if candidate.departments & offer.neighbours:
        return Tier.NEIGHBOUR
    return Tier.REGION if candidate.departments & offer.region else Tier.NATION


def _km(offer: OfferToRoute, candidate: Candidate) -> float | None:
    if offer.latitude is None or offer.longitude is None:
        return None
    if candidate.latitude is None or candidate.longitude is None:
        return None
    km = distance_km(offer.latitude, offer.longitude, candidate.latitude, candidate.longitude)
    return round(km, 1)


def _order(why: Why) -> tuple[int, float]:
    """Sort key: nearest tier first, then nearest bank; a bank of unknown place comes last in its tier."""
    return TIERS.index(why.tier), inf if why.km is None else why.km
