"""Bench: what one schema per bank costs, side by side in one run.

Opening a bank by replay against running the migrations; migrating many banks by replay against
django-tenants' serial executor; a page through the guarded connection against plain Django with one
schema; the memory of a connection that has seen every bank; opening time as banks accumulate.

Starts the embedded durable server, or uses ``DATABASE_URL`` (an owner that may create databases and roles).
Prints progress, then one line of JSON; exits 1 if a bar is missed.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import django
import psycopg
from psycopg import sql

from collecto.embedded import EmbeddedPostgres
from infra.bench import visits

if TYPE_CHECKING:
    from collecto.migrate import BankReport

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGES = ("/", "/donors/")
WARMING = 20
PLANTED = "bench_planted"
MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("donors", {before!r})]
    operations = [migrations.AddField("donor", {name!r}, models.CharField(max_length=40, default=""))]
"""


@dataclass
class Bench:
    """Sizes of a run, and what it found."""

    rounds: int
    levels: tuple[int, ...]
    migrated: int
    requests: int
    times_faster: int
    figures: dict[str, object] = field(default_factory=dict)
    bars: dict[str, bool] = field(default_factory=dict)

    def note(self, name: str, value: object) -> None:
        """Keep a figure and print it."""
        self.figures[name] = value
        print(f"  {name}: {value}", flush=True)

    def bar(self, name: str, is_met: bool) -> None:
        """Keep whether a bar is met and print it."""
        self.bars[name] = is_met
        print(f"  {'ok  ' if is_met else 'MISS'} {name}", flush=True)


FULL: dict[str, Any] = {"rounds": 5, "levels": (10, 110, 1000), "migrated": 110, "requests": 60}
QUICK: dict[str, Any] = {"rounds": 2, "levels": (4, 12, 24), "migrated": 12, "requests": 40}


def main() -> None:
    """Run every part and say whether the bars are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few banks, few rounds: for CI")
    parser.add_argument("--only", choices=["banks", "page"], help="one half of the bench")
    options = parser.parse_args()
    bench = Bench(**(QUICK if options.quick else FULL), times_faster=8 if options.quick else 40)
    with server() as url:
        if options.only != "banks":
            page(bench, url)
        if options.only != "page":
            banks(bench, url)
    print(json.dumps({"name": "tenancy", "figures": bench.figures, "bars": bench.bars}))
    sys.exit(0 if all(bench.bars.values()) else 1)


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of a server's owner."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="collecto-bench-") as directory:
        embedded = EmbeddedPostgres(Path(directory), durable=True)
        try:
            yield embedded.start()
        finally:
            embedded.erase()


@contextmanager
def database(url: str, suffix: str) -> Iterator[dict[str, str]]:
    """Make a database for a block; give the environment of a process that uses it with its two logins."""
    name = f"collecto_bench_{suffix}_{secrets.token_hex(3)}"
    identifier = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            yield surroundings(url, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
            like = f"{name}:%"
            for (role,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [like]):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def surroundings(url: str, name: str) -> dict[str, str]:
    """Return the environment of a process that uses a database of a server with its two logins."""
    owner, password = urlsplit(url)._replace(path=f"/{name}"), secrets.token_urlsafe(16)
    host = owner.netloc.rpartition("@")[2]
    app = owner._replace(netloc=f"{quote(f'{name}:app')}:{password}@{host}")
    return {
        "DATABASE_URL": urlunsplit(app),
        "DATABASE_OWNER_URL": urlunsplit(owner),
        "DATABASE_ROLE_PREFIX": name,
        "DJANGO_SETTINGS_MODULE": "collecto.settings.demo",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "CELERY_BROKER_URL": "",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }


def page(bench: Bench, url: str) -> None:
    """Compare pages through the guarded connection with the same pages on plain Django, in turns."""
    print("a page, guarded and plain", flush=True)
    with database(url, "guarded") as guarded, database(url, "plain") as other:
        plain = {**other, "DJANGO_SETTINGS_MODULE": "infra.bench.plain", "DATABASE_OWNER_URL": ""}
        plain["DATABASE_URL"] = other["DATABASE_OWNER_URL"]
        processes = {"guarded": _serving(guarded), "plain": _serving(plain)}
        times: dict[tuple[str, str], list[float]] = {}
        for path in PAGES:
            for process in processes.values():
                _ask(process, path, WARMING)
            for _turn in range(bench.rounds * bench.requests):
                for name, process in processes.items():
                    times.setdefault((name, path), []).extend(_ask(process, path, 1))
        for process in processes.values():
            process.communicate()
    ratios = []
    for path in PAGES:
        ours, theirs = (statistics.median(times[name, path]) for name in processes)
        ratios.append(ours / theirs)
        bench.note(f"page {path} guarded_ms", round(ours, 2))
        bench.note(f"page {path} plain_ms", round(theirs, 2))
        bench.note(f"page {path} guarded_over_plain", round(ours / theirs, 3))
    bench.bar("a page through the guarded connection costs at most 1.15 x", max(ratios) <= 1.15)


def _serving(environment: dict[str, str]) -> "subprocess.Popen[str]":
    script, given = [sys.executable, str(HERE / "page.py")], {**os.environ, **environment}
    made = subprocess.run([*script, "prepare"], env=given, stdout=subprocess.PIPE, text=True, check=True)
    session = made.stdout.split()[-1]
    process = subprocess.Popen(
        [*script, "serve", session],
        env=given,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _ask(process: "subprocess.Popen[str]", path: str, count: int) -> list[float]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{path} {count}\n")
    process.stdin.flush()
    times: list[float] = json.loads(process.stdout.readline())
    return times


def banks(bench: Bench, url: str) -> None:
    """Measure opening, migrating and visiting, as banks accumulate in one database."""
    with database(url, "banks") as environment, tempfile.TemporaryDirectory() as folder:
        os.environ.update(environment)
        sys.path.insert(0, folder)
        django.setup()
        from django.db import connections

        from collecto.migrate import migrate_public

        print("migrating the public schema", flush=True)
        migrate_public()
        opening_ways(bench)
        opened: dict[int, float] = {}
        for level in bench.levels:
            opened[level] = open_up_to(bench, level)
            if level >= bench.migrated and "migrate_serial_s" not in bench.figures:
                migrating(bench, Path(folder))
        first, *rest = opened.values()
        flat = max(rest) / first
        bench.note("opening_flat", round(flat, 2))
        bench.bar(f"opening stays within 2 x from {min(opened)} to {max(opened)} banks", flat <= 2)
        everybody, seconds = replayed(Path(folder), "everybody")
        bench.note("migrate_all_s", round(seconds, 2))
        bench.note("migrate_all_banks", len(everybody))
        visits.every_bank(bench)
        visits.the_network(bench)
        visits.memory(bench)
        for alias in connections:
            visits.start_pool(alias)


def opening_ways(bench: Bench) -> None:
    """Open banks by replay and by running the migrations, in turns."""
    from django.db import connections

    from apps.kernel.scope import OWNER_DATABASE
    from collecto.migrate import migrate_schema
    from tenants.crossing import Purpose, in_owner
    from tenants.isolation.blueprint import blueprint
    from tenants.isolation.schemas import build_schema, drop_schema

    print("opening a bank: replay and migrations", flush=True)
    bench.note("write_down_once_s", round(timed(blueprint), 3))
    replays, migrations = [], []
    for number in range(bench.rounds):
        replays.append(timed(partial(build_schema, f"b_replay_{number}")))
        with in_owner(Purpose.COMMAND):
            with connections[OWNER_DATABASE].cursor() as cursor:
                cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(f"b_plain_{number}")))
            migrations.append(timed(partial(migrate_schema, f"b_plain_{number}")))
    for number in range(bench.rounds):
        drop_schema(f"b_replay_{number}")
        drop_schema(f"b_plain_{number}")
    replay, migrate = statistics.median(replays), statistics.median(migrations)
    bench.note("open_replay_s", round(replay, 3))
    bench.note("open_migrate_s", round(migrate, 3))
    bench.note("migrate_over_replay", round(migrate / replay, 1))
    bench.bar("a bank opens at least 8 x faster than migrations make it", migrate / replay >= 8)
    bench.bar("a bank opens in a second", replay <= 1)


def open_up_to(bench: Bench, level: int) -> float:
    """Open banks until there are so many, then return the median time of the last ones."""
    from apps.kernel.abilities import software
    from tenants.crossing import Purpose, in_platform
    from tenants.registry.models import FoodBank
    from tenants.registry.services import NewBank, bank_open

    print(f"opening banks up to {level}", flush=True)
    with in_platform(Purpose.COMMAND):
        count = FoodBank.objects.count()
    times = []
    for number in range(count, level):
        new = NewBank(name=f"Banque {number:04}", slug=f"bench-{number:04}", departments=["21"])
        times.append(timed(partial(bank_open, software("bench"), new=new)))
        if number % 100 == 99:
            print(f"    {number + 1}: {times[-1]:.2f} s", flush=True)
    last = statistics.median(times[-max(5, bench.rounds) :])
    bench.note(f"open_at_{level}_s", round(last, 3))
    return last


def migrating(bench: Bench, folder: Path) -> None:
    """Bring all banks through six migrations by the serial executor, then through six more by replay."""
    from django.core.management import call_command

    from apps.kernel.scope import OWNER_DATABASE
    from collecto.migrate import migrate_public
    from tenants.crossing import Purpose, in_owner

    print(f"migrating {bench.migrated} banks: serial executor, replay", flush=True)
    plant(folder, "serial")
    migrate_public()
    with in_owner(Purpose.MIGRATION):
        run = partial(call_command, "migrate_schemas", tenant=True, interactive=False, verbosity=0)
        serial = timed(partial(run, database=OWNER_DATABASE, executor="standard"))
    bench.note("migrate_serial_s", round(serial, 2))
    reports, replay = replayed(folder, "replay")
    assert len(reports) >= bench.migrated
    bench.note("migrate_replay_s", round(replay, 2))
    bench.note("migrate_replay_ms_per_bank", round(statistics.median(r.seconds for r in reports) * 1000, 1))
    bench.note("serial_over_replay", round(serial / replay, 1))
    is_faster = serial / replay >= bench.times_faster
    bench.bar(f"six migrations reach all banks at least {bench.times_faster} x faster", is_faster)


def replayed(folder: Path, label: str) -> tuple[list["BankReport"], float]:
    """Bring all banks through six new migrations by replay; return the reports and the seconds."""
    from collecto.migrate import Outcome, migrate_banks, migrate_public, pending

    plant(folder, label)
    migrate_public()
    reports: list[BankReport] = []
    seconds = timed(lambda: reports.extend(migrate_banks(pending())))
    assert all(report.outcome == Outcome.MIGRATED and len(report.steps) == 6 for report in reports)
    return reports, seconds


def plant(folder: Path, label: str) -> None:
    """Plant six migrations after the last one of a stage."""
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader

    package = folder / PLANTED
    package.mkdir(exist_ok=True)
    text = "from apps.donors import migrations\n__path__ = [*__path__, *migrations.__path__]\n"
    (package / "__init__.py").write_text(text)
    settings.MIGRATION_MODULES = {"donors": PLANTED}
    before = MigrationLoader(None).graph.leaf_nodes("donors")[0][1]
    planted = len(list(package.glob("9*.py")))
    for number in range(6):
        name = f"9{planted + number:03}_{label}"
        (package / f"{name}.py").write_text(MIGRATION.format(before=before, name=f"{label}_{number}"))
        before = name
    sys.path_importer_cache.clear()


def timed(act: Callable[[], object]) -> float:
    """Return the seconds an act takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
