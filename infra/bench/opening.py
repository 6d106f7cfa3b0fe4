"""Bench: open a bank by replaying collected SQL, against running the migrations, side by side.

Needs ``DATABASE_URL`` (a server where databases may be created), or starts the embedded one. Prints
progress, then one line of JSON.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django
from psycopg import sql

from collecto.embedded import EmbeddedPostgres


def main() -> None:
    """Measure both ways of making a bank's schema and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="names of the schemas")
    parser.add_argument("--quick", action="store_true", help="two rounds instead of five")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="collecto-bench-") as directory:
        server = EmbeddedPostgres(Path(directory), durable=True)
        try:
            os.environ["DATABASE_URL"] = server.start()
            print(json.dumps(measure(options.seed, rounds=2 if options.quick else 5)))
        finally:
            server.erase()


def measure(seed: int, *, rounds: int) -> dict[str, object]:
    """Return the medians in seconds and their ratio."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "collecto.settings.test"
    django.setup()
    from django.db import connection

    from collecto.migrate import migrate_public, migrate_schema
    from tenants.crossing import Purpose, in_owner
    from tenants.isolation import schemas

    print("migrating the public schema …", flush=True)
    migrate_public()
    collected = timed(schemas.blueprint)
    replays, migrations = [], []
    for number in range(rounds):
        name = f"b_bench_{seed}_{number}"
        replays.append(timed(partial(schemas.build_schema, name)))
        with in_owner(Purpose.COMMAND), connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(f"{name}_plain")))
            migrations.append(timed(partial(migrate_schema, f"{name}_plain")))
        print(f"round {number + 1}: replay {replays[-1]:.2f} s, migrate {migrations[-1]:.2f} s", flush=True)
    connection.close()
    replay, migrate = statistics.median(replays), statistics.median(migrations)
    return {
        "name": "opening",
        "figures": {
            "collect_once_s": round(collected, 3),
            "replay_s": round(replay, 3),
            "migrate_s": round(migrate, 3),
        },
        "ratios": {"migrate_over_replay": round(migrate / replay, 1)},
    }


def timed(act: Callable[[], object]) -> float:
    """Return the seconds an act takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
