"""Crash run: many processes, 20 hot lots, kill -9 of workers and of the database; then all is counted.

Sixteen processes order, pick, hand over, cancel, move, count, lose and reverse through the real services,
on a server that this command starts. About every second one of them is killed and started again; once the
postmaster is killed (kill -9), so that the server recovers from its log. Afterwards nothing may be negative,
promised twice, missing, there twice, or there without having been asked for, ``collecto ledger verify`` must
be clean, and every process must have come to an end by itself.

    python -m infra.bench.crash --seconds 60 --seed 7

Prints its seed, what it found and one line of JSON; exits 1 if anything is wrong.
"""

import argparse
import json
import multiprocessing
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid5

import django
import psycopg
from psycopg import sql

from collecto.embedded import EmbeddedPostgres
from infra.bench.tenancy import surroundings

if TYPE_CHECKING:
    from infra.bench.hammer import Yard

NAME: Final = "collecto_crash"
LOTS: Final = 20
LOT_GRAMS: Final = 60_000
PARTNERS: Final = 6
END_SECONDS: Final = 120
"""How long a worker may take to finish the act it is in: longer, and it hangs."""
BY_KEY: Final = ("move", "count", "lose", "reverse")
"""Acts whose first movement carries the key itself."""


class SteadyServer(EmbeddedPostgres):
    """A server that comes back on the port it had."""

    kept_port = 0

    def _serve(self, port: int, alive: int) -> bool:
        self.kept_port = self.kept_port or port
        return super()._serve(self.kept_port, alive)

    def crash(self) -> None:
        """Kill the postmaster as a power cut would, and start again from what is on the disk."""
        process = int((self._found_seat.data / "postmaster.pid").read_text().split("\n")[0])
        os.kill(process, signal.SIGKILL)
        while self.is_running():
            time.sleep(0.05)
        self.start()


@dataclass
class Run:
    """The workers of one run, and what was done to them."""

    yard: "Yard"
    seed: str
    chance: random.Random
    workers: dict[int, ForkServerProcess] = field(default_factory=dict)
    starts: int = 0
    killed: int = 0

    def start(self, number: int) -> None:
        """Start a worker; one that takes the place of a killed one finishes its act first."""
        from infra.bench.hammer import work

        self.starts += 1
        seed = f"{self.seed}/{number}/{self.starts}"
        context = multiprocessing.get_context("forkserver")
        self.workers[number] = context.Process(target=work, args=(self.yard, number, seed), daemon=True)
        self.workers[number].start()

    def kill_one(self) -> None:
        """Kill a worker in whatever it does, and start it again."""
        number = self.chance.choice(list(self.workers))
        self.workers[number].kill()
        self.workers[number].join()
        self.killed += 1
        self.start(number)

    def end(self) -> list[int]:
        """Ask all workers to finish; return those that did not, or not well."""
        Path(self.yard.directory, "stop").touch()
        deadline = time.monotonic() + END_SECONDS
        for worker in self.workers.values():
            worker.join(max(0.0, deadline - time.monotonic()))
        bad = [number for number, worker in self.workers.items() if worker.exitcode != 0]
        for number in bad:
            self.workers[number].kill()
        return bad


def main() -> None:
    """Run, crash, recover, count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--crashes", type=int, default=1, help="times that the database server is killed")
    parser.add_argument("--seed", default=secrets.token_hex(4))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="collecto-crash-") as directory:
        server = SteadyServer(Path(directory), durable=True)
        try:
            report = crashed(server, directory, options)
        finally:
            server.erase()
    print(json.dumps({"name": "crash", "seed": options.seed, **report}))
    sys.exit(1 if report["wrong"] else 0)


def crashed(server: SteadyServer, directory: str, options: argparse.Namespace) -> dict[str, Any]:
    """Do the whole run on a server; return its figures and what is wrong."""
    url = server.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    environment = surroundings(url, NAME)
    os.environ.update(environment)
    django.setup()
    yard = opened_yard(directory)
    run = Run(yard, options.seed, random.Random(options.seed))
    multiprocessing.get_context("forkserver").set_forkserver_preload(
        ["infra.bench.loaded", "infra.bench.hammer"]
    )
    began = time.monotonic()
    storm(run, server, options)
    seconds = time.monotonic() - began
    hanging = run.end()
    wrong = [f"worker {number} did not end by itself" for number in hanging]
    journals = [line for path in Path(directory).glob("*.journal") for line in _lines(path)]
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as connection:
        path = sql.SQL("SET search_path = {}, public").format(sql.Identifier(yard.bank.schema_name))
        connection.execute(path)
        wrong += [wrong for look in LOOKS for wrong in look(connection, journals)]
        row = connection.execute(STATISTICS, [NAME]).fetchone()
    wrong += verified()
    for line in wrong:
        print(f"  WRONG {line}", flush=True)
    deadlocks, movements = row or (None, None)
    more = {"deadlocks_since_recovery": deadlocks, "movements": movements}
    return {**told(run, journals, seconds), **more, "wrong": wrong}


def opened_yard(directory: str) -> "Yard":
    """Open a bank with its hot lots in two places of one site, and partners that order."""
    from apps.stock.models import Lot
    from collecto.migrate import migrate_public
    from infra.bench.hammer import WORKER, Yard
    from tenants.crossing import Purpose, in_tenant
    from tenants.registry.services import NewBank, bank_open
    from tests.making.catalogue import make_product
    from tests.making.partners import make_partner
    from tests.making.sites import make_location
    from tests.making.stock import make_lot

    migrate_public()
    bank = bank_open(WORKER, new=NewBank(name="Banque", slug="crash", departments=["21"]))
    with in_tenant(bank, Purpose.TEST):
        first = make_location()
        places = [first, make_location(first.site)]
        lots: list[Lot] = [make_lot(LOT_GRAMS, make_product(), location=first) for _ in range(LOTS)]
        partners = [make_partner().pk for _ in range(PARTNERS)]
    return Yard(bank, [lot.pk for lot in lots], [place.pk for place in places], partners, directory)


def storm(run: Run, server: SteadyServer, options: argparse.Namespace) -> None:
    """Let the workers work for so long, and kill about one a second, and the server now and then."""
    for number in range(options.workers):
        run.start(number)
    began = time.monotonic()
    crashes = [options.seconds * (n + 1) / (options.crashes + 1) for n in range(options.crashes)]
    while (past := time.monotonic() - began) < options.seconds:
        if crashes and past >= crashes[0]:
            crashes.pop(0)
            server.crash()
            print(f"  after {past:.0f} s the server was killed and recovered", flush=True)
        time.sleep(run.chance.uniform(0.5, 1.5))
        run.kill_one()


def told(run: Run, journals: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Return the figures of a run, and print them."""
    acts = Counter((line["at"], line["act"]["kind"]) for line in journals)
    done = {kind: number for (at, kind), number in sorted(acts.items()) if at == "done"}
    refused = Counter(line["why"] for line in journals if line["at"] == "refused")
    unknown = Counter(line["why"] for line in journals if line["at"] == "unknown")
    figures = {
        "seconds": round(seconds, 1),
        "workers_killed": run.killed,
        "acknowledged": sum(done.values()),
        "acknowledged_per_second": round(sum(done.values()) / seconds, 1),
        "by_act": done,
        "refused": dict(refused),
        "unknown_outcome_sent_again": dict(unknown),
    }
    for name, value in figures.items():
        print(f"  {name}: {value}", flush=True)
    return figures


def verified() -> list[str]:
    """Ask the product itself whether the books hold."""
    command = [sys.executable, "-m", "collecto", "ledger", "verify"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"  ledger verify: {done.stdout.strip() or done.stderr.strip()}", flush=True)
    return [] if done.returncode == 0 else [f"ledger verify: {done.stdout}{done.stderr}"]


Lines = list[dict[str, Any]]
Look = Callable[[psycopg.Connection[Any], Lines], Iterator[str]]
STATISTICS = """
SELECT deadlocks, (SELECT count(*) FROM stock_movement) FROM pg_stat_database WHERE datname = %s
"""
NEGATIVE = "SELECT account_id, grams FROM stock_balance WHERE is_inside AND grams < 0"
PROMISED = """
WITH promised AS (
    SELECT held.lot_id, held.location_id, sum(greatest(line.reserved_grams, line.picked_grams)) AS grams
    FROM delivery_pickline line
    JOIN orders_reservation held ON held.id = line.reservation_id
    JOIN delivery_pickinglist list ON list.id = line.picking_list_id
    WHERE list.status IN ('to_pick', 'picked') GROUP BY 1, 2
), kept AS (
    SELECT account.lot_id, account.location_id, balance.grams
    FROM stock_balance balance JOIN stock_account account ON account.id = balance.account_id
    WHERE account.kind = 'reserved' AND balance.grams <> 0
)
SELECT lot_id, location_id, coalesce(promised.grams, 0), coalesce(kept.grams, 0)
FROM promised FULL JOIN kept USING (lot_id, location_id) WHERE promised.grams IS DISTINCT FROM kept.grams
"""
DRIFTED = """
SELECT balance.account_id, balance.grams FROM stock_balance balance WHERE balance.grams <> (
    SELECT coalesce(sum(CASE WHEN destination_id = balance.account_id THEN grams ELSE -grams END), 0)
    FROM stock_movement WHERE balance.account_id IN (source_id, destination_id))
"""
DELIVERED = """
SELECT note.op_key, sum(line.grams) FROM delivery_deliverynote note
JOIN delivery_deliveryline line ON line.note_id = note.id GROUP BY note.op_key
"""
LEFT = "SELECT op_key, sum(grams) FROM stock_movement WHERE kind = 'deliver' GROUP BY op_key"
COUNTED = "SELECT id FROM stock_countentry"
SETTLED = """
SELECT (SELECT coalesce(sum(posted_grams), 0) FROM stock_countentry),
       (SELECT coalesce(sum(CASE giver.kind WHEN 'count' THEN movement.grams ELSE -movement.grams END), 0)
        FROM stock_movement movement JOIN stock_account giver ON giver.id = movement.source_id
        WHERE movement.kind = 'count')
"""
FIRST = """
SELECT op_key, grams, kind FROM stock_movement
WHERE leg = 0 AND (kind <> 'count' OR op_key IN (SELECT id FROM stock_countentry))
"""
RESERVED = """
SELECT orders.op_key, sum(line.reserved_grams) FROM orders_order orders
JOIN orders_orderline line ON line.order_id = orders.id GROUP BY orders.op_key
"""


def nothing_negative(connection: psycopg.Connection[Any], journals: Lines) -> Iterator[str]:
    """No lot was oversold, and no balance differs from its movements."""
    for account, grams in connection.execute(NEGATIVE):
        yield f"account {account} holds {grams} g"
    for account, grams in connection.execute(DRIFTED):
        yield f"account {account} says {grams} g, its movements something else"


def nothing_promised_twice(connection: psycopg.Connection[Any], journals: Lines) -> Iterator[str]:
    """What open orders hold of each lot at each place is what the ledger keeps for them."""
    for lot, place, promised, kept in connection.execute(PROMISED):
        yield f"lot {lot} at {place}: orders hold {promised} g, the ledger keeps {kept} g"


def everything_once(connection: psycopg.Connection[Any], journals: Lines) -> Iterator[str]:
    """Every acknowledged act is there once, as it was acknowledged; a refused one is not there."""
    there = _there(connection)
    for line in journals:
        act, at = line["act"], line["at"]
        key = (act["kind"], act["key"])
        if at == "done" and act["kind"] not in ("pick", "cancel") and there[key] != [line["made"]]:
            yield f"{act} was acknowledged with {line['made']}, and is there as {there[key]}"
        elif at == "refused" and there[key]:
            yield f"{act} was refused ({line['why']}), and is there as {there[key]}"


def nothing_unasked(connection: psycopg.Connection[Any], journals: Lines) -> Iterator[str]:
    """Nothing is in the books that no worker set out to do."""
    begun = {(line["act"]["kind"], line["act"]["key"]) for line in journals}
    for key, found in _there(connection).items():
        if found and key not in begun:
            yield f"{key} is there, and nobody asked for it"


def states_kept(connection: psycopg.Connection[Any], journals: Lines) -> Iterator[str]:
    """An order whose picking, handover or cancellation was acknowledged is where that leads."""
    states = {str(pk): state for pk, state in connection.execute("SELECT id, status FROM orders_order")}
    ends = {
        "pick": {"picked", "delivered", "cancelled"},
        "hand_over": {"delivered"},
        "cancel": {"cancelled"},
    }
    for line in journals:
        act = line["act"]
        if line["at"] == "done" and act["kind"] in ends:
            state = states.get(act["values"]["order"])
            if state not in ends[act["kind"]]:
                yield f"{act} was acknowledged, and the order is {state}"


def counts_settled(connection: psycopg.Connection[Any], journals: Lines) -> Iterator[str]:
    """What counts put right, at once or when orders gave goods back, is what the counts say they did."""
    for said, moved in connection.execute(SETTLED):
        if said != moved:
            yield f"counts say they put {said} g right, the ledger {moved} g"


LOOKS: tuple[Look, ...] = (
    nothing_negative,
    nothing_promised_twice,
    everything_once,
    nothing_unasked,
    states_kept,
    counts_settled,
)


class There(dict[tuple[str, str], list[int]]):
    """What the books say was done under each key: the grams of each time it was done."""

    def __missing__(self, key: tuple[str, str]) -> list[int]:
        return []


def _there(connection: psycopg.Connection[Any]) -> There:
    """Read what is in the books, by act and key."""
    there = There()
    for key, grams, kind in connection.execute(FIRST):
        if kind in BY_KEY:
            there.setdefault((kind, str(key)), []).append(grams)
    for (key,) in connection.execute(COUNTED):
        there.setdefault(("count", str(key)), [0])
    for key, grams in connection.execute(RESERVED):
        there.setdefault(("place", str(key)), []).append(int(grams))
    left = {key: int(grams) for key, grams in connection.execute(LEFT)}
    for key, grams in connection.execute(DELIVERED):
        moved = left.get(uuid5(key, "deliver"), 0)
        there["hand_over", str(key)] = [int(grams)] if moved == grams else [int(grams), moved]
    return there


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    from infra.bench.hammer import lines_of

    return lines_of(path)


if __name__ == "__main__":
    main()
