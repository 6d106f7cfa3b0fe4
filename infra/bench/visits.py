"""Visits of the bench: a page in every bank, the national page, one connection that sees them all."""

import datetime as dt
import logging
import os
import statistics
import time
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from psycopg import sql

from infra.bench import page

FIGURES = """
    INSERT INTO public.federation_rollup (bank_id, day, site, family, source, flow, detail, is_food, is_fresh,
        is_organic, grams, cents, lines)
    SELECT bank.id, day::date, 'S1', family, 'donation', flow, '', true, false, false, 1000000, 100000, 10
    FROM public.registry_foodbank AS bank, generate_series(%s::date, %s::date, '1 month') AS day,
        unnest(ARRAY['fruit', 'bread', 'milk']) AS family, unnest(ARRAY['in', 'shipped', 'arrived']) AS flow
"""


class Notes(Protocol):
    """Where figures and bars go."""

    figures: dict[str, object]

    def note(self, name: str, value: object) -> None:
        """Keep a figure."""

    def bar(self, name: str, is_met: bool) -> None:
        """Keep whether a bar is met."""


def every_bank(bench: Notes) -> None:
    """Ask one page in every bank, twice: as a stranger to the server, and again."""
    from django.core.wsgi import get_wsgi_application

    from apps.kernel.abilities import Role
    from tenants.crossing import Purpose, in_platform
    from tenants.registry.models import FoodBank

    print("one page in every bank", flush=True)
    logging.disable(logging.INFO)
    application = get_wsgi_application()
    with in_platform(Purpose.COMMAND):
        everybody = list(FoodBank.objects.operating().order_by("slug"))
    sessions = {bank.slug: page.signed_in(bank, Role.MANAGER) for bank in everybody}
    for label in ("first", "again"):
        times = [page.answered(application, session, "/", slug) for slug, session in sessions.items()]
        bench.note(f"page_{label}_median_ms", round(statistics.median(times), 1))
        bench.note(f"page_{label}_slowest_ms", round(max(times), 1))
    bench.note("page_banks", len(sessions))


def the_network(bench: Notes) -> None:
    """Ask the national page over a year of figures of every bank."""
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    from apps.kernel.abilities import Role, software
    from apps.kernel.scope import OWNER_DATABASE
    from tenants.crossing import Purpose, in_owner
    from tenants.registry.services import NewBank, bank_open
    from tenants.registry.states import BankKind

    print("the national page", flush=True)
    year = dt.date.today().year - 1  # noqa: DTZ011
    with in_owner(Purpose.COMMAND), connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(FIGURES, [f"{year}-01-15", f"{year}-12-15"])
        bench.note("national_rollup_rows", cursor.rowcount)
        cursor.execute("ANALYZE public.federation_rollup")
    new = NewBank(name="Federation", slug="federation", kind=BankKind.FEDERATION)
    session = page.signed_in(bank_open(software("bench"), new=new), Role.FEDERATION)
    application = get_wsgi_application()
    times = [page.answered(application, session, "/", "federation") for _ in range(5)]
    bench.note("page_national_ms", round(statistics.median(times), 1))


def memory(bench: Notes) -> None:
    """Let one connection visit every bank, then hand it back before and after the end of its life."""
    from django.conf import settings
    from django.db import connection

    host = urlsplit(os.environ["DATABASE_URL"]).hostname
    if not Path("/proc/self/status").exists() or host not in {"127.0.0.1", "localhost"}:
        print("the server's memory cannot be seen from here", flush=True)
        return
    print("visiting every bank on one connection", flush=True)
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]
    bench.note("max_lifetime_s", pool["max_lifetime"])
    start_pool(max_lifetime=3600)
    visited, kept = visit_all(bench), handed_back()
    start_pool(max_lifetime=1)
    again, renewed = visit_all(bench), handed_back()
    bench.note("memory_visited_mb", visited)
    bench.note("memory_handed_back_mb", kept)
    bench.note("memory_second_visit_mb", again)
    bench.note("memory_after_max_lifetime_mb", renewed)
    is_given_back = renewed < visited - 1 if visited < 20 else renewed < visited / 2
    bench.bar("max_lifetime gives the memory back", is_given_back and kept >= visited * 0.9)
    connection.close()


def start_pool(alias: str = "default", max_lifetime: float = 900) -> None:
    """End the connections of a login; its next pool keeps each so many seconds."""
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    connection = connections[alias]
    assert isinstance(connection, DatabaseWrapper)
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"]["pool"]["max_lifetime"] = max_lifetime


def visit_all(bench: Notes) -> float:
    """Touch every table of every bank and return the megabytes of the server's process."""
    from django.conf import settings
    from django.db import connection

    from tenants.crossing import Purpose, in_platform, in_tenant
    from tenants.isolation.rights import models_of
    from tenants.registry.models import FoodBank

    with in_platform(Purpose.COMMAND):
        everybody = list(FoodBank.objects.operating())
    touch = sql.SQL("; ").join(
        sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(model._meta.db_table))
        for model in models_of(settings.TENANT_APPS)
    )
    for bank in everybody:
        with in_tenant(bank, Purpose.COMMAND), connection.cursor() as cursor:
            cursor.execute(touch)
    bench.figures["memory_banks"] = len(everybody)
    return resident()


def handed_back() -> float:
    """Hand the connection back to the pool, take one again, and return its megabytes."""
    from django.db import connection

    time.sleep(1.2)
    connection.close()
    time.sleep(0.5)
    return resident()


def resident() -> float:
    """Return the megabytes of private memory of the connection's process on the server."""
    from django.db import connection

    from tenants.crossing import Purpose, in_platform

    with in_platform(Purpose.COMMAND), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024, 1)
