"""Builders of counted movements, as the ledger's trigger writes them."""

import datetime as dt
from typing import Any

from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.spaces import tampering

DAY = dt.date(2026, 3, 10)

COUNT = """
SELECT public.federation_count(
    %(bank)s::uuid, %(day)s::date, %(site)s, %(family)s, %(source)s, %(flow)s, %(detail)s,
    %(is_food)s::boolean, %(is_fresh)s::boolean, %(is_organic)s::boolean, %(grams)s::bigint, %(cents)s::bigint
)
"""


def count(bank: FoodBank, flow: str, grams: int, **overrides: Any) -> None:
    """Count a movement of dry food from a shop's pick-up on one day."""
    values = {
        "bank": bank.pk,
        "day": DAY,
        "site": "MAIN",
        "family": "DRY",
        "source": "GMS_RAMASSE",
        "flow": flow,
        "detail": "",
        "is_food": True,
        "is_fresh": False,
        "is_organic": False,
        "grams": grams,
        "cents": 0,
    }
    with in_platform(Purpose.TEST), tampering() as cursor:
        cursor.execute(COUNT, values | overrides)
