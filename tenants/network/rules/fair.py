"""Which banks are asked, and for how much: the fair share of a lot. Pure: no framework, no row.

The home bank has the first refusal. Then the set of banks where the food does most good per kilometre: a
kilo counts 1 at the average bank and 2**alpha at one served half as well, and a kilometre must earn theta
kilos. Where no need is known, one bank at a time, by territory, nearest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum, inf
from typing import Final
from uuid import UUID

import numpy as np

from tenants.network.rules.asking import POLICY, Ask, Candidate, OfferToRoute, RoutingPolicy, Why
from tenants.network.rules.levels import Field, Numbers, best_set, whole_pallets, widened
from tenants.network.rules.territory import TIERS, Tier, home_parents, km, tier

DETOUR: Final = 1.3
"""Road km for one km as the crow flies, on a motorway network (npj Complexity 1, 22, 2024)."""
KM_PER_DAY: Final = 80
SHORTEST_REACH_KM: Final = 150
LONGEST_REACH_KM: Final = 700
"""Road km that food may travel: so many per day it still keeps, within these bounds."""
URGENT_DAYS: Final = 2
"""Food of so few days is not held for the first refusal of the home bank."""
EMPTY: Final = 1e-3
"""Fill of a bank that received nothing: the worth of a first kilo stays finite."""
HOMES: Final = frozenset({Tier.ANTENNA, Tier.HOME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A bank that can be asked: its place, the road there in km, the grams of the offer it can take."""

    bank: Candidate
    tier: Tier
    km: float | None
    road_km: float
    grams: int

    @property
    def order(self) -> tuple[int, float, UUID]:
        """Nearest tier first, then nearest bank; a bank of unknown place comes last in its tier."""
        return TIERS.index(self.tier), inf if self.km is None else self.km, self.bank.bank_id

    def why(self) -> Why:
        """Return why it is asked, as far as its place tells."""
        return Why(tier=self.tier, km=self.km, room_grams=self.bank.room_grams)


def route(
    offer: OfferToRoute,
    candidates: Sequence[Candidate],
    already_asked: frozenset[UUID],
    policy: RoutingPolicy = POLICY,
) -> list[Ask]:
    """Return the next questions, together for at most what remains. Empty: nobody is left.

    Whole pallets, but for a pallet the donor has begun. A bank is never asked twice, never for more than its
    room, and never beyond the reach of the food. The same arguments give the same questions, in any order.
    """
    open_to_it = open_banks(offer, candidates, already_asked, policy)
    if offer.grams <= 0 or not open_to_it:
        return []
    rank = len(already_asked) + 1
    by_place = min(open_to_it, key=lambda found: found.order)
    if policy.home_first and not already_asked and _can_wait(offer) and by_place.tier in HOMES:
        why = replace(by_place.why(), is_home_first=True)
        return [Ask(bank_id=by_place.bank.bank_id, grams=by_place.grams, rank=rank, why=why)]
    if not any(candidate.need_grams > 0 for candidate in candidates if candidate.is_active):
        return [Ask(bank_id=by_place.bank.bank_id, grams=by_place.grams, rank=rank, why=by_place.why())]
    return _fair(offer, candidates, open_to_it, policy, rank)


def reach_km(days_left: int | None) -> float:
    """Return how many km by road food may travel with so many days left; ``None``: it has no date."""
    if days_left is None:
        return LONGEST_REACH_KM
    return min(max(KM_PER_DAY * days_left, SHORTEST_REACH_KM), LONGEST_REACH_KM)


def open_banks(
    offer: OfferToRoute,
    candidates: Sequence[Candidate],
    already_asked: frozenset[UUID],
    policy: RoutingPolicy = POLICY,
) -> list[Found]:
    """Return the banks that can be asked, by id: at work, not asked yet, with room, within reach.

    A bank of unknown place counts at the edge of reach. Food without a date leaves its reach when nobody
    there is left to ask; food with a date never does.
    """
    homes = home_parents(offer, candidates)
    reach = reach_km(offer.days_left)
    everybody = []
    for bank in sorted(candidates, key=lambda candidate: candidate.bank_id):
        grams = _room(bank, offer, policy)
        if bank.is_active and grams > 0 and bank.bank_id not in already_asked:
            away = km(offer, bank)
            road = reach if away is None else DETOUR * away
            place = tier(offer, bank, homes)
            everybody.append(Found(bank=bank, tier=place, km=away, road_km=road, grams=grams))
    within = [found for found in everybody if found.road_km <= reach or found.tier in HOMES]
    within = within or (everybody if offer.days_left is None else [])
    return [found for found in within if found.grams >= min(offer.grams, _pallet(offer, policy))] or within


def fair_field(offer: OfferToRoute, candidates: Sequence[Candidate], open_to_it: Sequence[Found]) -> Field:
    """Return the numbers of the banks that can be asked, in their order, in kg at the value of the food.

    A bank of unknown need counts as the mean bank.
    """
    known = [bank for bank in candidates if bank.is_active and bank.need_grams > 0]
    all_need = sum(bank.need_grams for bank in known)
    mean_need = all_need / len(known)
    mean_fill = max(fsum(bank.received_grams for bank in known) / all_need, EMPTY)
    need = np.array([found.bank.need_grams or mean_need for found in open_to_it], dtype=np.float64)
    received = np.array(
        [
            found.bank.received_grams if found.bank.need_grams else mean_fill * mean_need
            for found in open_to_it
        ],
        dtype=np.float64,
    )
    kilo = offer.value / 1000
    return Field(
        need=need / 1000,
        received=np.maximum(received, EMPTY * need) / 1000,
        room=np.array([found.grams for found in open_to_it], dtype=np.float64) * kilo,
        km=np.array([found.road_km for found in open_to_it], dtype=np.float64),
        mean_fill=mean_fill,
        lot=offer.grams * kilo,
    )


def _fair(
    offer: OfferToRoute,
    candidates: Sequence[Candidate],
    open_to_it: Sequence[Found],
    policy: RoutingPolicy,
    rank: int,
) -> list[Ask]:
    """Return the questions to the best set of banks, the largest first."""
    field = fair_field(offer, candidates, open_to_it)
    choice = widened(field, best_set(field, policy), policy)
    grams = whole_pallets(
        choice.kilos * 1000 / offer.value,
        np.array([open_to_it[member].grams for member in choice.members], dtype=np.float64),
        lot=offer.grams,
        pallet=_pallet(offer, policy),
    )
    fills = field.received / field.need
    marginals: Numbers = (field.mean_fill / fills) ** policy.alpha
    asked = sorted(
        (
            (int(member), round(given))
            for member, given in zip(choice.members, grams, strict=True)
            if given > 0
        ),
        key=lambda pair: (-pair[1], open_to_it[pair[0]].order),
    )
    return [
        Ask(
            bank_id=open_to_it[member].bank.bank_id,
            grams=part,
            rank=rank + place,
            why=_told(open_to_it[member], field.mean_fill, float(fills[member]), float(marginals[member])),
        )
        for place, (member, part) in enumerate(asked)
    ]


def _told(found: Found, mean_fill: float, fill: float, marginal: float) -> Why:
    """Return why a bank is in the set; of one whose need is unknown nothing is told of its fill."""
    if not found.bank.need_grams:
        return found.why()
    why = found.why()
    return replace(why, fill=round(fill, 4), mean_fill=round(mean_fill, 4), marginal=round(marginal, 3))


def _room(bank: Candidate, offer: OfferToRoute, policy: RoutingPolicy) -> int:
    """Return the grams of an offer a bank can take: all, else whole pallets, else part of a begun one."""
    room = offer.grams if bank.room_grams is None else min(offer.grams, bank.room_grams)
    if bank.capacity is not None:
        room = min(room, bank.capacity.get(offer.temperature_class, 0))
    pallet = _pallet(offer, policy)
    return room if room >= offer.grams or offer.grams < pallet else room // pallet * pallet


def _pallet(offer: OfferToRoute, policy: RoutingPolicy) -> int:
    return offer.pallet_grams or policy.pallet_grams


def _can_wait(offer: OfferToRoute) -> bool:
    return offer.days_left is None or offer.days_left > URGENT_DAYS
