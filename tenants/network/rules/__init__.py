"""Which bank is asked, in what order, and how long it has to answer. Pure: no framework, no row.

An offer, the candidates, who was already asked; out come questions with the grams put to each bank and why.
"""

from tenants.network.rules.asking import (
    POLICY,
    RULE_VERSION,
    Ask,
    Candidate,
    OfferToRoute,
    RoutingPolicy,
    Why,
)
from tenants.network.rules.fair import route
from tenants.network.rules.territory import TIERS, Tier, answer_deadline, next_slot

__all__ = [
    "POLICY",
    "RULE_VERSION",
    "TIERS",
    "Ask",
    "Candidate",
    "OfferToRoute",
    "RoutingPolicy",
    "Tier",
    "Why",
    "answer_deadline",
    "next_slot",
    "route",
]
