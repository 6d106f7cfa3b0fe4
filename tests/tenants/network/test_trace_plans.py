"""A trace reads the ledger by its indexes alone, whatever else there is."""

from typing import Any

import pytest
from django.db import connection

from apps.kernel.abilities import Role
from infra.bench.trace import LINKS, LOTS, MOVEMENTS, READ_WHOLE, SEATS
from tenants.crossing import Purpose, in_tenant
from tenants.network.tracing import trace_of_lot
from tenants.registry.models import FoodBank
from tests.making.lineage import cooked_in, given_out, lot_in, sent
from tests.people import actor_as
from tests.spaces import tampering

NOISE = 4_000


def fill(bank: FoodBank) -> None:
    """Give a bank thirty thousand movements of lots that nobody asks about."""
    with in_tenant(bank, Purpose.TEST), tampering() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (SEATS, *LOTS.split(";")):
            cursor.execute(statement, {"prefix": "N", "lots": NOISE})
        cursor.execute(MOVEMENTS, {"prefix": "N", "each": 8})
        cursor.execute(LINKS, {})
        cursor.execute("SET LOCAL session_replication_role = origin")
        for table in ("movement", "lot", "account", "lotlink"):
            cursor.execute(f"ANALYZE stock_{table}")


@pytest.mark.slow
def test_no_table_of_the_ledger_is_read_whole(twin_a: FoodBank, twin_b: FoodBank) -> None:
    carrots = lot_in(twin_a, 10_000)
    soup = cooked_in(twin_a, (carrots, 8_000))
    there = sent(twin_a, twin_b, soup, 4_000)
    stew = cooked_in(twin_b, (there, 3_000))
    given_out(twin_b, stew, 1_000, "Charity")
    for bank in (twin_a, twin_b):
        fill(bank)
    plans: list[str] = []

    def explained(execute: Any, query: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if "stock_" in query:
            execute(f"EXPLAIN {query}", params, many, context)
            plans.append("\n".join(line for (line,) in context["cursor"].fetchall()))
        return execute(query, params, many, context)

    with in_tenant(twin_a, Purpose.TEST), connection.execute_wrapper(explained):
        trace = trace_of_lot(actor_as(Role.STOCK), lot=carrots)
    assert len(trace.nodes) == 4
    assert len(plans) >= 7
    assert [table for plan in plans for table in READ_WHOLE.findall(plan)] == []
