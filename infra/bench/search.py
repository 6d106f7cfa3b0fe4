"""Bench: the search box against a naive search (``ILIKE`` over the tables), side by side in one run.

At the size of the demonstration and at 200,000 entries, on the embedded durable server or on
``DATABASE_URL`` (an owner that may create databases and roles). Prints the median and the slowest of each,
their ratio, what a written row costs more, then one line of JSON; exits 1 if a bar is missed.
"""

import argparse
import json
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import django

from infra.bench.tenancy import Bench, database, server

if TYPE_CHECKING:
    from apps.kernel.abilities import Actor

SMALL, LARGE, QUICK = 3_000, 200_000, 20_000
TURNS = 15
LIMIT_MS = 50.0
TIMES_FASTER = 2
TYPED = (
    "entraide", "epicerie sol", "pommes", "CO-2026-00412", "412", "co-2026", "lait demi", "boulangrie", "la",
    "hypermarche des ducs", "3017620422003", "zzzz nothing",
)  # fmt: skip
"""A name, begun words, a number, its end, its beginning, a broad word, a slip, two letters, a code, nothing."""

STREETS = ("Grésilles", "Fontaine d’Ouche", "Saint-Bénigne", "Lac", "Toison", "Montchapet", "Épinal", "Ducs")
NAMES = {
    "partner": (
        "Entraide",
        "Épicerie solidaire",
        "Le Panier",
        "Resto",
        "Croix",
        "Secours",
        "Solidarité",
        "Œuvre",
    ),
    "donor": (
        "Hypermarché",
        "Boulangerie",
        "Ferme",
        "Supermarché",
        "Grossiste",
        "Laiterie",
        "Primeur",
        "Traiteur",
    ),
    "goods": (
        "Pommes Golden",
        "Lait demi-écrémé",
        "Pâtes",
        "Yaourts nature",
        "Carottes",
        "Riz",
        "Œufs",
        "Crème",
    ),
}
FILES = """
INSERT INTO sites_site (id, created_at, updated_at, code, name, kind, address, postcode, city, department, phone)
    SELECT gen_random_uuid(), now(), now(), 'S1', 'Entrepôt de Dijon', 'warehouse', '', '21000', 'Dijon', '21', '';
INSERT INTO partners_partner (id, created_at, updated_at, code, name, partner_type, address, postcode, city,
        department, contact_name, email, phone, person_count, household_count, order_rhythm, accreditation_kind,
        distributes_free, has_chilled, has_frozen, accepts_past_best_before, notes)
    SELECT gen_random_uuid(), now(), now(), 'PAR-' || n, (%(partner)s::text[])[1 + n %% 8] || ' '
        || (%(streets)s::text[])[1 + n / 8 %% 8] || ' ' || n, 'ASSO_COLIS', '', '21000', 'Dijon', '21', '', '',
        '0380' || (100000 + n), 10, 5, 'WEEKLY', 'NONE', true, true, true, true, ''
    FROM generate_series(1, %(files)s) AS n;
INSERT INTO donors_donor (id, created_at, updated_at, code, name, kind, supply_source, siret, address, postcode,
        city, department, contact_name, email, phone, notes)
    SELECT gen_random_uuid(), now(), now(), 'DON-' || n, (%(donor)s::text[])[1 + n %% 8] || ' '
        || (%(streets)s::text[])[1 + n / 8 %% 8] || ' ' || n, 'HYPERMARKET', 'GMS_RAMASSE', '', '', '21000',
        'Beaune', '21', '', '', '', ''
    FROM generate_series(1, %(files)s) AS n;
INSERT INTO catalogue_productfamily (id, created_at, updated_at, code, name, is_food, is_fresh, temperature_class,
        date_kind, grace_days, reporting_category, value_cents_per_kg, is_overridden)
    SELECT gen_random_uuid(), now(), now(), 'F', 'Fruits', true, true, 'AMBIENT', 'NONE', 0, 'A', 0, false
"""
PAPERS = """
INSERT INTO orders_order (id, created_at, updated_at, number, op_key, partner_id, site_id, wanted_on, status,
        placed_by, comment)
    SELECT gen_random_uuid(), now() - n * interval '1 minute', now(), 'CO-2026-' || lpad(n::text, 5, '0'),
        gen_random_uuid(), (%(partners)s::uuid[])[1 + n %% %(files)s], %(site)s, current_date, 'confirmed', '', ''
    FROM generate_series(1, %(each)s) AS n;
INSERT INTO offers_offer (id, created_at, updated_at, number, op_key, donor_id, kind, supply_source, status,
        address, city, department, pickup_from, pickup_until, answered_by, decline_reason, comment)
    SELECT gen_random_uuid(), now() - n * interval '1 minute', now(), 'OF-2026-' || lpad(n::text, 5, '0'),
        gen_random_uuid(), (%(donors)s::uuid[])[1 + n %% %(files)s], 'gift', 'GMS_RAMASSE', 'proposed', '',
        'Beaune', '21', now(), now(), '', '', ''
    FROM generate_series(1, %(each)s) AS n;
INSERT INTO receiving_goodsreceipt (id, created_at, updated_at, number, op_key, site_id, donor_id, supply_source,
        campaign, status, received_by, comment)
    SELECT gen_random_uuid(), now() - n * interval '1 minute', now(), 'BR-2026-' || lpad(n::text, 5, '0'),
        gen_random_uuid(), %(site)s, (%(donors)s::uuid[])[1 + n %% %(files)s], 'GMS_RAMASSE', '', 'posted', '', ''
    FROM generate_series(1, %(each)s) AS n;
INSERT INTO stock_lot (id, created_at, updated_at, number, granularity, family_id, label, temperature_class,
        supply_source, campaign, donor_label, received_on, date_kind, supplier_lot, is_food, is_fresh, is_organic,
        value_cents_per_kg, status, block_reason, origin_bank_label)
    SELECT gen_random_uuid(), now() - n * interval '1 minute', now(), 'L-2026-' || lpad(n::text, 5, '0'),
        'PRODUCT', %(family)s, (%(goods)s::text[])[1 + n %% 8], 'AMBIENT', 'GMS_RAMASSE', '',
        (%(donor)s::text[])[1 + n %% 8] || ' ' || (%(streets)s::text[])[1 + n / 8 %% 8], current_date, 'NONE',
        'FAB' || n, true, false, false, 0, 'available', '', ''
    FROM generate_series(1, %(each)s) AS n
"""
NAIVE = """
SELECT 'partner', id, name FROM partners_partner WHERE name || ' ' || code ILIKE %(like)s
UNION ALL SELECT 'donor', id, name FROM donors_donor WHERE name || ' ' || code ILIKE %(like)s
UNION ALL SELECT 'order', o.id, p.name FROM orders_order o JOIN partners_partner p ON p.id = o.partner_id
    WHERE o.number || ' ' || p.name ILIKE %(like)s
UNION ALL SELECT 'offer', o.id, d.name FROM offers_offer o JOIN donors_donor d ON d.id = o.donor_id
    WHERE o.number || ' ' || d.name ILIKE %(like)s
UNION ALL SELECT 'receipt', r.id, d.name FROM receiving_goodsreceipt r JOIN donors_donor d ON d.id = r.donor_id
    WHERE coalesce(r.number, '') || ' ' || d.name ILIKE %(like)s
UNION ALL SELECT 'lot', id, label FROM stock_lot
    WHERE number || ' ' || label || ' ' || donor_label || ' ' || supplier_lot ILIKE %(like)s
"""


def main() -> None:
    """Fill banks, search them both ways in turns, and say whether the bars are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="20,000 entries instead of 200,000: for CI")
    options = parser.parse_args()
    bench = Bench(rounds=TURNS, levels=(), migrated=0, requests=0, times_faster=0)
    sizes = (SMALL, QUICK if options.quick else LARGE)
    with server() as url, database(url, "search") as environment:
        os.environ.update(environment)
        django.setup()
        searched(bench, sizes)
        from django.db import connections

        connections.close_all()
    print(json.dumps({"name": "search", "figures": bench.figures, "bars": bench.bars}))
    sys.exit(0 if all(bench.bars.values()) else 1)


def searched(bench: Bench, sizes: tuple[int, ...]) -> None:
    """Measure at each size, in a bank of its own."""
    from apps.kernel.abilities import Actor, Role, software
    from collecto.migrate import migrate_public
    from tenants.registry.services import NewBank, bank_open

    migrate_public()
    actor = Actor(id=None, label="bench", roles=frozenset({Role.MANAGER}))
    for size in sizes:
        new = NewBank(name=f"Banque {size}", slug=f"search-{size}", departments=["21"])
        bank = bank_open(software("bench"), new=new)
        compared(bench, bank, actor, size, filled(bank, size))


def filled(bank: Any, size: int) -> float:
    """Fill a bank with rows that make so many entries; return the seconds that took, triggers included."""
    from django.db import connections

    from apps.kernel.scope import OWNER_DATABASE
    from tenants.crossing import Purpose, in_owner
    from tenants.isolation.owning import owning

    files = max(20, size // 60)
    given: dict[str, Any] = {**NAMES_GIVEN, "files": files, "each": (size - 2 * files) // 4}
    with in_owner(Purpose.COMMAND), owning(bank.schema_name) as connection, connection.cursor() as cursor:
        started = time.perf_counter()
        for statement in FILES.split(";"):
            cursor.execute(statement, given)
        for name, table in (("partners", "partners_partner"), ("donors", "donors_donor")):
            cursor.execute(f"SELECT array_agg(id) FROM {table}")
            given[name] = cursor.fetchone()[0]
        for name, table in (("site", "sites_site"), ("family", "catalogue_productfamily")):
            cursor.execute(f"SELECT id FROM {table}")
            given[name] = cursor.fetchone()[0]
        for statement in PAPERS.split(";"):
            cursor.execute(statement, given)
        seconds = time.perf_counter() - started
        cursor.execute("ANALYZE")
    connections[OWNER_DATABASE].close()
    return seconds


NAMES_GIVEN: dict[str, Any] = {**{name: list(said) for name, said in NAMES.items()}, "streets": list(STREETS)}


def compared(bench: Bench, bank: Any, actor: "Actor", size: int, seconds: float) -> None:
    """Search for each text both ways, in turns, and note medians and ratios."""
    from django.db import connection

    from collecto.search.finding import find
    from collecto.search.sought import read_sought
    from tenants.crossing import Purpose, in_tenant

    print(f"{size} entries, written in {seconds:.1f} s", flush=True)
    ours: dict[str, list[float]] = {typed: [] for typed in TYPED}
    naive: dict[str, list[float]] = {typed: [] for typed in TYPED}
    among: dict[str, int] = {}
    with in_tenant(bank, Purpose.COMMAND), connection.cursor() as cursor:
        for _turn in range(TURNS if size < LARGE else TURNS // 3):
            for typed in TYPED:
                started = time.perf_counter()
                among[typed] = find(actor, read_sought(typed)).among
                ours[typed].append((time.perf_counter() - started) * 1000)
                started = time.perf_counter()
                cursor.execute(NAIVE, {"like": f"%{typed}%"})
                cursor.fetchmany(60)
                naive[typed].append((time.perf_counter() - started) * 1000)
    for typed in TYPED:
        mine, theirs = statistics.median(ours[typed]), statistics.median(naive[typed])
        said = f"{mine:.1f} ms, naive {theirs:.1f} ms ({theirs / mine:.1f} x), {among[typed]} found"
        bench.note(f"{size} {typed!r}", said)
    slowest = max(statistics.median(times) for times in ours.values())
    ratio = statistics.mean(map(statistics.median, naive.values())) / statistics.mean(
        map(statistics.median, ours.values())
    )
    bench.note(f"{size} slowest_ms", round(slowest, 1))
    bench.note(f"{size} naive_over_ours", round(ratio, 1))
    bench.note(f"{size} written_ms_per_row", round(1000 * seconds / size, 3))
    if size == SMALL:
        bench.bar(f"{size} entries: every search under {LIMIT_MS:.0f} ms", slowest < LIMIT_MS)
    else:
        bench.bar(f"{size} entries: at least twice as fast as the naive search", ratio >= TIMES_FASTER)


if __name__ == "__main__":
    main()
