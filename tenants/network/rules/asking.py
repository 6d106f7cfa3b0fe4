"""What the router is asked, and what it answers. Pure: no framework, no row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tenants.network.rules.tiers import Tier

RULE_VERSION: Final = "fair-2"
"""Stored with every question: two questions of one version were decided by the same rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferToRoute:
    """What the rule knows of an offer: where, how much, how perishable.

    ``grams`` is what remains to place; ``days_left`` counts to its earliest date, ``None`` without one.
    ``neighbours`` and ``region`` are the codes of the departments around its own. ``pallet_grams`` is the
    weight of one pallet where the donor said; ``value`` the coefficient of the family, 1 for ordinary food.
    """

    department: str
    latitude: float | None
    longitude: float | None
    grams: int
    temperature_class: str
    days_left: int | None
    neighbours: frozenset[str]
    region: frozenset[str]
    pallet_grams: int | None = None
    value: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A bank or antenna that could be asked.

    ``capacity`` maps a temperature class to the grams it can still take; ``None`` means not declared.
    ``need_grams`` is its need in the window (0: unknown, counted as the mean bank), ``received_grams`` the
    weighted grams it received there, local pick-ups included, and ``room_grams`` the most of this offer that
    it can take (``None``: not declared).
    """

    bank_id: UUID
    kind: str
    parent_id: UUID | None
    departments: frozenset[str]
    latitude: float | None
    longitude: float | None
    is_active: bool = True
    capacity: Mapping[str, int] | None = None
    need_grams: int = 0
    received_grams: float = 0.0
    room_grams: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a bank is asked: its tier, its distance in km (``None``: unknown), the version of the rule.

    ``fill`` is what it received over its need, ``mean_fill`` the same of all; ``marginal`` what the next gram
    there is worth, in grams at the average bank; ``is_home_first``: it is asked alone, as first refusal.
    """

    tier: Tier
    km: float | None
    rule_version: str = RULE_VERSION
    fill: float | None = None
    mean_fill: float | None = None
    room_grams: int | None = None
    marginal: float | None = None
    is_home_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingPolicy:
    """The settings of the federation.

    ``theta``: grams that one trip-metre must earn (kg per km); ``alpha``: how much more a gram counts where
    little arrived (2**alpha at a bank served half as well as the mean); ``trip_km``: km that every stop costs
    beside the road; ``guard``: the emptiest bank in reach is asked when below this share of the mean.
    """

    theta: float = 10.0
    alpha: float = 2.0
    trip_km: float = 15.0
    guard: float = 0.0
    most_banks: int = 3
    pallet_grams: int = 500_000
    truck_grams: int = 24_000_000
    home_first: bool = True


POLICY: Final = RoutingPolicy()
"""What holds where the federation has set nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question: the grams put to a bank, its rank among the questions of the offer, and why."""

    bank_id: UUID
    grams: int
    rank: int
    why: Why
