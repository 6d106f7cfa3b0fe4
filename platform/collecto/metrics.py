"""Figures for Prometheus: few, and bounded whatever the network grows to.

Requests are counted by route pattern, method and status class, never by bank; a bank is a label of the
counters that matter to it alone. Several processes share ``PROMETHEUS_MULTIPROC_DIR``: each writes its own
files there, whichever is asked adds them up.
"""

import os
from collections.abc import Iterator
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from apps.kernel.facts import Fact
from apps.kernel.scope import current_scope
from collecto.metrics_directory import DIRECTORY
from tenants.crossing import Purpose, in_platform

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN_ROUTE: Final = "(unknown)"
NO_BANK: Final = "(none)"

OWN: Final = CollectorRegistry()
"""Figures of this process; several processes add theirs up through the directory instead."""
REQUESTS: Final = Histogram(
    "collecto_request_seconds",
    "Duration of requests; its count is the number of requests.",
    ("route", "method", "status"),
    buckets=(0.05, 0.1, 0.3, 0.8, 2.0, 5.0),
    registry=OWN,
)
TASKS: Final = Histogram(
    "collecto_task_seconds",
    "Duration of task runs; its count is the number of runs.",
    ("task", "outcome"),
    buckets=(0.1, 1.0, 10.0, 60.0),
    registry=OWN,
)
FAILED_TASKS: Final = Counter(
    "collecto_failed_tasks", "Task runs that failed, by food bank.", ("bank",), registry=OWN
)
ORDERS: Final = Counter(
    "collecto_orders_confirmed", "Orders confirmed, by food bank.", ("bank",), registry=OWN
)
MISMATCHES: Final = Counter(
    "collecto_scope_mismatches", "Requests whose connection stood in another scope than theirs.", registry=OWN
)
POOL_SIZE: Final = Gauge(
    "collecto_pool_connections",
    "Connections to the database held by pools.",
    ("alias",),
    multiprocess_mode="livesum",
    registry=OWN,
)
POOL_WAITING: Final = Gauge(
    "collecto_pool_waiting",
    "Threads that wait for a connection to the database.",
    ("alias",),
    multiprocess_mode="livesum",
    registry=OWN,
)
POOL_WAIT: Final = Counter(
    "collecto_pool_wait_seconds", "Time spent waiting for a connection.", ("alias",), registry=OWN
)
PER_BANK: Final = (
    "collecto_failed_tasks_total",
    "collecto_orders_confirmed_total",
    "collecto_outbox_age_seconds",
    "collecto_outbox_parked",
    "collecto_books_differences",
    "collecto_books_age_seconds",
)
"""Everything that is counted by bank: series grow by this many for each bank, and by no other factor."""

OUTBOX: Final = """
SELECT COALESCE(bank.slug, %(nobody)s),
       EXTRACT(EPOCH FROM now() - min(row.due_at)
           FILTER (WHERE row.parked_at IS NULL AND row.due_at <= now())),
       count(*) FILTER (WHERE row.parked_at IS NOT NULL AND row.discarded_at IS NULL)
FROM outbox_outboxmessage row LEFT JOIN registry_foodbank bank ON bank.id = row.bank_id
WHERE row.done_at IS NULL GROUP BY 1
"""
BOOKS: Final = """
SELECT bank.slug, proof.difference_count, EXTRACT(EPOCH FROM now() - proof.checked_at)
FROM federation_bookscheck proof JOIN registry_foodbank bank ON bank.id = proof.bank_id ORDER BY bank.slug
"""


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request; ``route`` is a pattern, never a path."""
    known = method if method in METHODS else "OTHER"
    REQUESTS.labels(route or UNKNOWN_ROUTE, known, f"{status // 100}xx").observe(seconds)


def count_task(task: str, outcome: str, seconds: float) -> None:
    """Count one run of a task."""
    TASKS.labels(task, outcome).observe(seconds)


def count_failed_task(bank: str) -> None:
    """Count one failed run for the bank it ran in."""
    FAILED_TASKS.labels(bank or NO_BANK).inc()


def on_order_confirmed(fact: Fact) -> None:
    """Count the order once it is committed."""
    bank = current_scope().bank_slug
    transaction.on_commit(ORDERS.labels(bank).inc, robust=True)


def look_at_pools() -> None:
    """Read the pools that this process has opened: size, who waits, how long was waited."""
    pools: dict[str, Any] = getattr(connections[DEFAULT_DB_ALIAS], "_connection_pools", {})
    for alias, pool in list(pools.items()):
        seen = pool.pop_stats()
        POOL_SIZE.labels(alias).set(seen.get("pool_size", 0))
        POOL_WAITING.labels(alias).set(seen.get("requests_waiting", 0))
        POOL_WAIT.labels(alias).inc(seen.get("requests_wait_ms", 0) / 1000)


def exposition() -> bytes:
    """Return every figure in Prometheus' text format: those of all processes, then the database's."""
    shared = OWN
    if directory := os.environ.get(DIRECTORY):
        shared = CollectorRegistry()
        MultiProcessCollector(shared, path=directory)  # type: ignore[no-untyped-call]
    asked = CollectorRegistry()
    asked.register(DatabaseFigures())
    return generate_latest(shared) + generate_latest(asked)


class DatabaseFigures(Collector):
    """What the database alone knows, asked when somebody looks: two statements."""

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges; without a database, only the one that says so."""
        up = GaugeMetricFamily("collecto_database_up", "Whether the database answers.")
        try:
            known = [*_outbox_figures(), *_books_figures()]
        except DatabaseError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield from (up, *known)


def _outbox_figures() -> tuple[Metric, ...]:
    age = GaugeMetricFamily(
        "collecto_outbox_age_seconds", "Age of the oldest message that is due.", labels=["bank"]
    )
    parked = GaugeMetricFamily(
        "collecto_outbox_parked", "Messages that were given up after several tries.", labels=["bank"]
    )
    for bank, seconds, count in outbox_by_bank():
        age.add_metric([bank], float(seconds or 0))
        parked.add_metric([bank], count)
    return age, parked


def _books_figures() -> tuple[Metric, ...]:
    wrong = GaugeMetricFamily(
        "collecto_books_differences", "Differences that the last proof of the books found.", labels=["bank"]
    )
    age = GaugeMetricFamily(
        "collecto_books_age_seconds", "Age of the last proof of the books.", labels=["bank"]
    )
    with in_platform(Purpose.HEALTH), connection.cursor() as cursor:
        cursor.execute(BOOKS)
        for bank, count, seconds in cursor.fetchall():
            wrong.add_metric([bank], count)
            age.add_metric([bank], float(seconds))
    return wrong, age


def outbox_by_bank() -> list[tuple[str, float | None, int]]:
    """Return slug, age of the oldest message due (s) and number parked, for each bank that has some."""
    with in_platform(Purpose.HEALTH), connection.cursor() as cursor:
        cursor.execute(OUTBOX, {"nobody": NO_BANK})
        rows: list[tuple[str, float | None, int]] = cursor.fetchall()
    return rows
