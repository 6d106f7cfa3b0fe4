"""Bench: what it costs to prove the books of many banks, from the first movement to the last.

Fills banks with movements of every day (one in five received, delivered or released, two in five reserved),
then runs what ``collecto ledger verify`` runs: balances against movements, open orders against
reservations, goods on the road, national figures. Twice, with half of the movements and with all of them,
so that a cost that grows faster than the books would show. At last one gram is hidden in each bank, and
must be named.

Starts the embedded durable server, or uses ``DATABASE_URL`` (an owner that may create databases and roles).
Prints progress, then one line of JSON; exits 1 if a bar is missed. The whole bar is 20 banks of 50,000
movements within 60 s; fewer are held to the same pace.
"""

import argparse
import json
import os
import random
import secrets
import sys
import time
from typing import TYPE_CHECKING, Final

import django
import psycopg
from psycopg import sql

from infra.bench.tenancy import Bench, database, server

if TYPE_CHECKING:
    from tenants.registry.models import FoodBank

LOTS: Final = 200
LOT_GRAMS: Final = 10_000_000_000
BAR_SECONDS: Final = 60
BAR_MOVEMENTS: Final = 20 * 50_000
GROWTH: Final = 1.5
"""How much dearer a movement may be among twice as many: noise, no more."""
ROUNDS: Final = (
    ("receive", "donor", "on_hand"),
    ("reserve", "on_hand", "reserved"),
    ("deliver", "reserved", "partner"),
    ("reserve", "on_hand", "reserved"),
    ("release", "reserved", "on_hand"),
)
INSERT: Final = """
INSERT INTO stock_movement (op_key, leg, kind, lot_id, source_id, destination_id, grams, occurred_on,
    recorded_at, actor_label, reason, disposal, document_kind, document_number, party_id, party_label,
    party_type)
SELECT gen_random_uuid(), 0, %(kind)s, giver.lot_id, giver.id, taker.id, 1, current_date - %(ago)s::int,
    now(), 'bench', '', '', '', '', gen_random_uuid(), 'Bench', 'ASSO_COLIS'
FROM stock_account giver JOIN stock_account taker USING (lot_id)
WHERE giver.kind = %(giver)s AND taker.kind = %(taker)s
"""
HIDE: Final = """
UPDATE stock_balance SET grams = grams + 1
WHERE account_id = (SELECT account_id FROM stock_balance WHERE is_inside AND grams > 0
    ORDER BY account_id OFFSET %s LIMIT 1)
"""


def main() -> None:
    """Fill, prove, fill again, prove again, hide grams, and say whether the bars are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--banks", type=int, default=20)
    parser.add_argument("--movements", type=int, default=50_000, help="of each bank")
    parser.add_argument("--quick", action="store_true", help="2 banks of 4,000: for CI")
    parser.add_argument("--seed", default=secrets.token_hex(4))
    options = parser.parse_args()
    count, movements = (2, 4_000) if options.quick else (options.banks, options.movements)
    print(f"seed {options.seed}", flush=True)
    bench = Bench(rounds=1, levels=(), migrated=0, requests=0, times_faster=0)
    with server() as url, database(url, "books") as environment:
        os.environ.update(environment)
        django.setup()
        banks = opened(count)
        costs = []
        for part in (movements // 2, movements - movements // 2):
            fill(environment["DATABASE_OWNER_URL"], banks, part)
            costs.append(prove(bench, banks))
        bench.bar(
            f"a movement costs the same among twice as many (x {GROWTH})", costs[1] <= GROWTH * costs[0]
        )
        bench.bar(
            f"{BAR_MOVEMENTS:,} movements within {BAR_SECONDS} s", costs[1] * BAR_MOVEMENTS <= BAR_SECONDS
        )
        hide(bench, environment["DATABASE_OWNER_URL"], banks, random.Random(options.seed))
    print(json.dumps({"name": "books", "seed": options.seed, "figures": bench.figures, "bars": bench.bars}))
    sys.exit(0 if all(bench.bars.values()) else 1)


def opened(count: int) -> "list[FoodBank]":
    """Open banks with lots whose accounts are all there."""
    from apps.kernel.abilities import software
    from apps.stock import ledger
    from apps.stock.ledger import open_accounts
    from collecto.migrate import migrate_public
    from tenants.crossing import Purpose, in_tenant
    from tenants.registry.services import NewBank, bank_open
    from tests.making.sites import make_location
    from tests.making.stock import make_lot

    migrate_public()
    banks = []
    for number in range(count):
        slug = f"bench-books-{number}"
        bank = bank_open(software("bench"), new=NewBank(name=slug, slug=slug, departments=["21"]))
        with in_tenant(bank, Purpose.COMMAND):
            shelf = make_location()
            for _ in range(LOTS):
                lot = make_lot(LOT_GRAMS, location=shelf)
                open_accounts([(lot, ledger.reserved(shelf)), (lot, ledger.PARTNER)])
        banks.append(bank)
    return banks


def fill(url: str, banks: "list[FoodBank]", movements: int) -> None:
    """Give each bank so many more movements, through the triggers that keep its books."""
    for bank in banks:
        with psycopg.connect(url, autocommit=True) as connection:
            path = sql.SQL("SET search_path = {}, public").format(sql.Identifier(bank.schema_name))
            connection.execute(path)
            days = max(1, movements // (LOTS * len(ROUNDS)))
            for number in range(days * len(ROUNDS)):  # whole days: what was reserved left, or was released
                kind, giver, taker = ROUNDS[number % len(ROUNDS)]
                values = {"kind": kind, "giver": giver, "taker": taker, "ago": number % 365}
                connection.execute(INSERT, values)
            connection.execute("ANALYZE")
        print(f"  {bank.slug}: {movements:,} more movements", flush=True)


def prove(bench: Bench, banks: "list[FoodBank]") -> float:
    """Prove the books of every bank; return the seconds that one movement costs."""
    from apps.stock.models import Movement
    from tenants.crossing import Purpose, in_tenant
    from tenants.federation.books import books_verify

    moved = 0
    began = time.perf_counter()
    wrong = [wrong for bank in banks for wrong in books_verify(bank, Purpose.COMMAND)]
    seconds = time.perf_counter() - began
    for bank in banks:
        with in_tenant(bank, Purpose.COMMAND):
            moved += Movement.objects.count()
    bench.note(f"{moved:,} movements of {len(banks)} banks proved in seconds", round(seconds, 2))
    bench.bar(f"{moved:,} movements: no difference", not wrong)
    return seconds / moved


def hide(bench: Bench, url: str, banks: "list[FoodBank]", chance: random.Random) -> None:
    """Hide one gram in a balance of each bank as a superuser, and look whether each is named."""
    from tenants.crossing import Purpose
    from tenants.federation.books import books_verify

    named = 0
    for bank in banks:
        with psycopg.connect(url) as connection:
            path = sql.SQL("SET search_path = {}, public").format(sql.Identifier(bank.schema_name))
            connection.execute(path)
            connection.execute("SET session_replication_role = replica")
            connection.execute(HIDE, [chance.randrange(LOTS)])
        found = books_verify(bank, Purpose.COMMAND)
        named += any("difference +1 g" in str(wrong) and "lot TEST-" in str(wrong) for wrong in found)
    bench.note("grams hidden", len(banks))
    bench.note("grams named", named)
    bench.bar("every hidden gram is named", named == len(banks))


if __name__ == "__main__":
    main()
