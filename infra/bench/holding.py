"""One process of the stock bench: it reserves a gram of a lot, again and again, through the service."""

import time
from uuid import UUID, uuid4

from apps.kernel.abilities import software
from apps.sites.models import Location
from apps.stock.ledger import Document
from apps.stock.models import Lot
from apps.stock.services import Item, stock_hold
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank

HOLDER = software("bench")


def hold(bank: FoodBank, lot: UUID, place: UUID, seconds: float) -> list[float]:
    """Reserve a gram at a time for so long; return how long each reservation took, in seconds."""
    took = []
    with in_tenant(bank, Purpose.COMMAND):
        goods = [Item(Lot.objects.get(pk=lot), Location.objects.get(pk=place), 1)]
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            stock_hold(HOLDER, op_key=uuid4(), items=goods, document=Document("order", None, "BENCH"))
            took.append(time.perf_counter() - began)
    return took
