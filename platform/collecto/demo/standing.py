"""What the banks of the demonstration need and take: their standing rules, written by their managers."""

from typing import Any, Final

from apps.kernel.abilities import Role
from collecto.demo.network import DEMO
from tenants.network.services import bank_rules_set, need_set
from tenants.registry.models import FoodBank

TONNE: Final = 1_000_000
NEEDS: Final = {"bourgogne": 30 * TONNE, "jura": 9 * TONNE}
"""Grams a week that the federation has set; the other banks need what is reckoned."""
ROOM: Final = {
    "bourgogne": {"ambient_free_grams": 60 * TONNE, "chilled_free_grams": 20 * TONNE},
    "jura": {"ambient_free_grams": 18 * TONNE, "chilled_free_grams": 6 * TONNE},
    "allier": {"ambient_free_grams": 25 * TONNE, "chilled_most_grams": 4 * TONNE},
}
BY_ITSELF: Final = {"takes_automatically": True, "ambient_auto_grams": 500_000}
"""One bank takes half a tonne of ambient food a day by itself."""
NOTHING_SAID: Final[dict[str, Any]] = {
    "takes_automatically": False,
    **{
        f"{zone}_{what}_grams": None
        for zone in ("ambient", "chilled", "frozen")
        for what in ("auto", "most", "free")
    },
    "closed_weekdays": [],
    "closed_days": [],
}


def rules_write(bank: FoodBank, people: dict[Role, Any]) -> None:
    """Write the standing rules of the open bank, if it has some."""
    told = ROOM.get(bank.slug)
    if told is not None:
        own = BY_ITSELF if bank.slug == "jura" else {}
        bank_rules_set(people[Role.MANAGER], **{**NOTHING_SAID, **told, **own})


def needs_write(banks: dict[str, FoodBank]) -> None:
    """Let the federation say what some banks need."""
    for slug, grams in NEEDS.items():
        need_set(DEMO, bank=banks[slug].pk, weekly_need_grams=grams, reason="Enquête de l’année")
