"""Which bank is asked, in what order. Pure: no framework, no row."""

from collections.abc import Sequence
from math import inf
from uuid import UUID

from tenants.network.rules.asking import POLICY, Ask, Candidate, OfferToRoute, RoutingPolicy, Why
from tenants.network.rules.territory import TIERS, home_parents, km, tier


def route(
    offer: OfferToRoute,
    candidates: Sequence[Candidate],
    already_asked: frozenset[UUID],
    policy: RoutingPolicy = POLICY,
) -> list[Ask]:
    """Return the next questions; together they ask for all that remains. Empty: nobody is left.

    A bank is never asked twice. A bank that declares no room for the temperature class is left out.
    """
    homes = home_parents(offer, candidates)
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


def _has_room(candidate: Candidate, offer: OfferToRoute) -> bool:
    return candidate.capacity is None or candidate.capacity.get(offer.temperature_class, 0) > 0


def _why(offer: OfferToRoute, candidate: Candidate, homes: frozenset[UUID]) -> Why:
    return Why(tier=tier(offer, candidate, homes), km=km(offer, candidate))


def _order(why: Why) -> tuple[int, float]:
    """Sort key: nearest tier first, then nearest bank; a bank of unknown place comes last in its tier."""
    return TIERS.index(why.tier), inf if why.km is None else why.km
