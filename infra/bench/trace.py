"""Bench: the trace of a lot over 5 generations and 4 banks, 5,000 movements among 2 million.

Loads four banks (throw-away database, triggers off), then follows the oldest lot forward,
    the youngest back and
one in the middle both ways. Prints the median and the slowest of each and what the planner chose,
    then one line
of JSON; exits 1 when the median of one is above 50 ms or a table of the ledger is read without an index.

Starts the embedded durable server, or uses ``DATABASE_URL`` (an owner that may create databases and roles).
"""

import argparse
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

from infra.bench.tenancy import Bench, database, server

BANKS, TURNS, LIMIT_MS = 4, 25, 50.0
FULL, QUICK = 2_000_000, 100_000
PER_LOT = 100
TRACED = 5_000
PARENTS = 4
"""Lots that each batch takes besides the one that is followed."""
SEEN = 2 * (PARENTS + 2) + 2
"""Lots that the trace of the youngest one goes through."""
READ_WHOLE = re.compile(r"Seq Scan on (?:\w+\.)?(stock_(?:movement|lotlink|lot|account))\b")

FILES = """
INSERT INTO sites_site (id, created_at, updated_at, code, name, kind, address, postcode, city, department,
    phone)
    SELECT gen_random_uuid(), now(), now(), 'S1', 'Dijon', 'warehouse', '', '21000', 'Dijon', '21', '';
INSERT INTO sites_location (id, created_at, updated_at, site_id, code, name, zone, purpose, capacity_grams)
    SELECT gen_random_uuid(), now(), now(), id, 'A1', 'Rack', 'AMBIENT', 'storage', 0 FROM sites_site;
INSERT INTO catalogue_productfamily (id, created_at, updated_at, code, name, is_food, is_fresh,
    temperature_class,
        date_kind, grace_days, reporting_category, value_cents_per_kg, is_overridden)
    SELECT gen_random_uuid(), now(), now(), 'F', 'Fruits', true, true, 'AMBIENT', 'NONE', 0, 'FL', 0, false
"""
SEATS = """
CREATE TABLE bench_seat (lot_id uuid PRIMARY KEY, donor bigint, free bigint, held bigint, partner bigint,
    workshop bigint, transit bigint)
"""
LOTS = """
INSERT INTO stock_lot (id, created_at, updated_at, number, granularity, family_id, label, temperature_class,
        supply_source, campaign, donor_label, received_on, date_kind, supplier_lot, is_food, is_fresh,
        is_organic,
        value_cents_per_kg, status, block_reason, origin_bank_label)
    SELECT gen_random_uuid(), now(), now(), %(prefix)s || n, 'family_mix', family.id, 'Goods ' || n,
        'AMBIENT',
        'GMS_RAMASSE', '', 'Donor ' || n %% 40, current_date, 'NONE', '', true, true, false, 0,
        'available', '', ''
    FROM generate_series(1, %(lots)s) AS n, (SELECT id FROM catalogue_productfamily LIMIT 1) AS family;
INSERT INTO stock_account (lot_id, kind, location_id, detail)
    SELECT lot.id, kind, CASE WHEN kind IN ('on_hand', 'reserved') THEN place.id END, ''
    FROM stock_lot AS lot, (SELECT id FROM sites_location LIMIT 1) AS place,
        unnest(ARRAY['donor', 'on_hand', 'reserved', 'partner', 'workshop', 'transit']) AS kind
    WHERE lot.number LIKE %(prefix)s || '%%';
INSERT INTO bench_seat
    SELECT lot_id, max(id) FILTER (WHERE kind = 'donor'), max(id) FILTER (WHERE kind = 'on_hand'),
        max(id) FILTER (WHERE kind = 'reserved'), max(id) FILTER (WHERE kind = 'partner'),
        max(id) FILTER (WHERE kind = 'workshop'), max(id) FILTER (WHERE kind = 'transit')
    FROM stock_account GROUP BY lot_id ON CONFLICT DO NOTHING
"""
MOVEMENTS = """
INSERT INTO stock_movement (op_key, leg, kind, lot_id, source_id, destination_id, grams, occurred_on,
    recorded_at,
        actor_label, reason, disposal, document_kind, document_id, document_number, party_id, party_label,
        party_type)
    SELECT gen_random_uuid(), 0,
        (ARRAY['reserve', 'deliver', 'release', 'move', 'receive'])[1 + n %% 5], seat.lot_id,
        CASE n %% 5 WHEN 4 THEN donor WHEN 0 THEN free ELSE held END,
        CASE n %% 5 WHEN 0 THEN held WHEN 1 THEN partner ELSE free END, 1000, current_date, now(), 'bench',
        '', '',
        CASE n %% 5 WHEN 1 THEN 'delivery_note' ELSE 'order' END, md5((n / 5 %% 60)::text)::uuid,
        'BL-' || n / 5 %% 60,
        md5((n %% 60)::text)::uuid, 'Partner ' || n %% 60, 'ASSO_COLIS'
    FROM generate_series(1, %(each)s) AS n, bench_seat AS seat JOIN stock_lot AS lot ON lot.id = seat.lot_id
    WHERE lot.number LIKE %(prefix)s || '%%' ORDER BY n, seat.lot_id
"""
LINKS = """
INSERT INTO stock_lotlink (parent_id, child_id, grams, kind, movement_id)
    SELECT lot.id, lot.child, 1000, 'transform',
        (SELECT min(made.id) FROM stock_movement AS made WHERE made.lot_id = lot.id)
    FROM (
        SELECT id, lead(id) OVER (ORDER BY number) AS child, row_number() OVER (ORDER BY number) AS place
        FROM stock_lot WHERE number LIKE 'N%%'
    ) AS lot
    WHERE lot.child IS NOT NULL AND lot.place %% 4 <> 0
"""
"""Links among lots that nobody asks about."""
TAKEN = """
WITH taken AS (
    INSERT INTO stock_movement (op_key, leg, kind, lot_id, source_id, destination_id, grams, occurred_on,
            recorded_at, actor_label, reason, disposal, document_kind, document_id, document_number,
            party_label,
            party_type)
        SELECT gen_random_uuid(), 0, 'transform', lot_id, free, workshop, 1000, current_date, now(),
        'bench', '', '',
            'batch', %(child)s, 'AT-1', '', ''
        FROM bench_seat WHERE lot_id = ANY(%(parents)s) RETURNING id, lot_id
)
INSERT INTO stock_lotlink (parent_id, child_id, grams, kind, movement_id)
    SELECT lot_id, %(child)s, 1000, 'transform', id FROM taken
"""
CROSSED = """
INSERT INTO stock_movement (op_key, leg, kind, lot_id, source_id, destination_id, grams, occurred_on,
    recorded_at,
        actor_label, reason, disposal, document_kind, document_id, document_number, party_label, party_type,
        transfer_line_id)
    SELECT gen_random_uuid(), 0, %(kind)s::text, lot_id,
        CASE %(kind)s::text WHEN 'ship' THEN free ELSE transit END,
        CASE %(kind)s::text WHEN 'ship' THEN transit ELSE free END, 1000, current_date, now(), 'bench', '',
        '', 'transfer',
        %(transfer)s, 'TR-1', '', '', %(line)s
    FROM bench_seat WHERE lot_id = %(lot)s
"""


def main() -> None:
    """Load four banks, follow lots, and say whether the bars are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="100,000 movements instead of 2 million: for CI")
    options = parser.parse_args()
    bench = Bench(rounds=TURNS, levels=(), migrated=0, requests=0, times_faster=0)
    with server() as url, database(url, "trace") as environment:
        os.environ.update(environment)
        django.setup()
        measured(bench, QUICK if options.quick else FULL)
        from django.db import connections

        connections.close_all()
    print(json.dumps({"name": "trace", "figures": bench.figures, "bars": bench.bars}))
    sys.exit(0 if all(bench.bars.values()) else 1)


def measured(bench: Bench, movements: int) -> None:
    """Load the banks, then follow the oldest, a middle and the youngest lot."""
    from apps.kernel.abilities import software
    from collecto.migrate import migrate_public
    from tenants.registry.services import NewBank, bank_open

    migrate_public()
    actor = software("bench")
    started = time.perf_counter()
    banks = [
        bank_open(actor, new=NewBank(name=f"Bank {n}", slug=f"trace-{n}", departments=[f"{21 + n}"]))
        for n in range(BANKS)
    ]
    lots = [filled(bank, movements // BANKS) for bank in banks]
    chain = chained(banks, lots)
    bench.note("movements", sum(counted(bank) for bank in banks))
    bench.note("loaded_s", round(time.perf_counter() - started, 1))
    for name, (bank, lot_id) in {"oldest": chain[0], "middle": chain[2], "youngest": chain[-1]}.items():
        followed(bench, name, bank, lot_id)


def run(bank: Any, work: Callable[[Any], Any]) -> Any:
    """Give a cursor of the owner in a bank's schema, where no trigger fires."""
    from tenants.crossing import Purpose, in_owner
    from tenants.isolation.owning import owning

    with in_owner(Purpose.COMMAND), owning(bank.schema_name) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            return work(cursor)
        finally:
            cursor.execute("SET session_replication_role = origin")


def sent(cursor: Any, *, statement: str, values: dict[str, Any]) -> None:
    """Execute a statement with its values."""
    cursor.execute(statement, values)


def filled(bank: Any, movements: int) -> list[Any]:
    """Fill a bank with lots that nobody asks about, and with those of the trace; return these."""

    def fill(cursor: Any) -> list[Any]:
        for statement in (*FILES.split(";"), SEATS):
            cursor.execute(statement)
        for prefix, lots, each in (
            ("N", movements // PER_LOT, PER_LOT),
            ("T", PARENTS + 2, TRACED // SEEN),
        ):
            for statement in LOTS.split(";"):
                cursor.execute(statement, {"prefix": prefix, "lots": lots})
            cursor.execute(MOVEMENTS, {"prefix": prefix, "each": each})
        cursor.execute(LINKS, {})
        cursor.execute("SELECT id FROM stock_lot WHERE number LIKE 'T%' ORDER BY number")
        return [pk for (pk,) in cursor.fetchall()]

    found: list[Any] = run(bank, fill)
    return found


def chained(banks: list[Any], lots: list[list[Any]]) -> list[tuple[Any, Any]]:
    """Cook and send lots on: each bank cooks what arrived with more, and sends the result to the next.

    Five generations lie between the oldest lot and the youngest: cooked, sent, cooked, sent, sent.
    """
    first, second, third, fourth = banks
    made = [(first, lots[0][0]), (first, lots[0][1]), (second, lots[1][0]), (second, lots[1][1])]
    made += [(third, lots[2][0]), (fourth, lots[3][0])]
    for parent, child, others in ((made[0], made[1], lots[0][2:]), (made[2], made[3], lots[1][2:])):
        taken = {"parents": [parent[1], *others], "child": child[1]}
        run(parent[0], partial(sent, statement=TAKEN, values=taken))
    for giver, taker in ((made[1], made[2]), (made[3], made[4]), (made[4], made[5])):
        crossed(giver, taker)
    for bank in banks:
        run(bank, lambda cursor: cursor.execute("ANALYZE"))
    return made


def crossed(giver: tuple[Any, Any], taker: tuple[Any, Any]) -> None:
    """Send a lot to another bank: the document, and both ledgers."""
    from apps.kernel.models import new_id

    line, transfer = new_id(), new_id()
    document = {
        "line": line,
        "transfer": transfer,
        "lot": giver[1],
        "giver": giver[0].pk,
        "taker": taker[0].pk,
    }

    def write(cursor: Any) -> None:
        cursor.execute(
            "INSERT INTO public.network_transfer (id, created_at, updated_at, number, op_key, from_bank_id,"
            " from_label, to_bank_id, to_label, state, carrier, comment) VALUES (%(transfer)s, now(), now(),"
            " 'TR-' || left(%(transfer)s::text, 13), %(transfer)s, %(giver)s, '', %(taker)s, '',"
            " 'received', '', '')",
            document,
        )
        cursor.execute(
            "INSERT INTO public.network_transferline (id, created_at, updated_at, transfer_id, lot_id,"
            " lot_number,"
            " label, location_id, location_label, origin, proposed_grams, shipped_grams, received_grams,"
            " lost_grams,"
            " loss_reason) VALUES (%(line)s, now(), now(), %(transfer)s, %(lot)s, 'T', 'Goods', %(line)s,"
            " '', '{}',"
            " 1000, 1000, 1000, 0, '')",
            document,
        )

    run(giver[0], write)
    for (bank, lot), kind in ((giver, "ship"), (taker, "arrive")):
        moved = {"kind": kind, "lot": lot, "line": line, "transfer": transfer}
        run(bank, partial(sent, statement=CROSSED, values=moved))


def counted(bank: Any) -> int:
    """Return how many movements a bank has."""

    def count(cursor: Any) -> int:
        cursor.execute("SELECT count(*) FROM stock_movement")
        return int(cursor.fetchone()[0])

    return int(run(bank, count))


def followed(bench: Bench, name: str, bank: Any, lot_id: Any) -> None:
    """Time the trace of a lot, then look at the plan of each of its statements."""
    from django.db import connection

    from apps.kernel.abilities import software
    from apps.stock.models import Lot
    from tenants.crossing import Purpose, in_tenant
    from tenants.network.tracing import trace_of_lot

    plans: list[str] = []

    def explained(execute: Any, query: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if "stock_" in query and query.lstrip().startswith(("SELECT", "WITH")):
            execute(f"EXPLAIN {query}", params, many, context)
            plans.append("\n".join(line for (line,) in context["cursor"].fetchall()))
        return execute(query, params, many, context)

    times = []
    with in_tenant(bank, Purpose.COMMAND):
        lot = Lot.objects.get(pk=lot_id)
        for _turn in range(TURNS):
            started = time.perf_counter()
            trace = trace_of_lot(software("bench"), lot=lot)
            times.append((time.perf_counter() - started) * 1000)
        with connection.execute_wrapper(explained):
            trace_of_lot(software("bench"), lot=lot)
    median = statistics.median(times)
    spread = {node.generation for node in trace.nodes.values()}
    bench.note(f"{name}_lots", len(trace.nodes))
    bench.note(f"{name}_movements", len(trace.nodes) * (TRACED // SEEN))
    bench.note(f"{name}_generations", max(spread) - min(spread))
    bench.note(f"{name}_banks", len({node.bank_id for node in trace.nodes.values()}))
    bench.note(f"{name}_steps", len(trace.steps))
    bench.note(
        f"{name}_ms",
        {"fastest": round(min(times), 1), "median": round(median, 1), "slowest": round(max(times), 1)},
    )
    whole = sorted({table for plan in plans for table in READ_WHOLE.findall(plan)})
    bench.note(f"{name}_statements_explained", len(plans))
    bench.bar(f"{name}: trace in at most {LIMIT_MS:.0f} ms", median <= LIMIT_MS)
    bench.bar(f"{name}: every table of the ledger by index {whole or ''}".rstrip(), bool(plans) and not whole)


if __name__ == "__main__":
    main()
