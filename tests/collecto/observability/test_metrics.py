"""Figures stay few, whatever the network grows to, and add up over processes."""

import re

import pytest
from django.db import transaction
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from apps.orders.facts import OrderConfirmed
from collecto import metrics
from tenants.crossing import Purpose, in_tenant
from tests.collecto.observability.rows import prove_books, put_in_outbox
from tests.collecto.observability.site import Site
from tests.people import visitor

FAILING = pytest.mark.urls("tests.collecto.observability.failing")


@pytest.fixture(autouse=True)
def _none_yet():
    for figure in (metrics.REQUESTS, metrics.TASKS, metrics.FAILED_TASKS, metrics.ORDERS):
        figure.clear()


def figures(text=None):
    """Return every sample: its name and labels, and its value."""
    text = text or Client().get("/metrics", headers={"host": "127.0.0.1"}).content.decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def requests_counted(route, method="GET", status="2xx", text=None):
    labels = (("method", method), ("route", route), ("status", status))
    return figures(text).get(("collecto_request_seconds_count", *labels), 0)


@FAILING
def test_requests_are_counted_by_route_method_and_status(twin_a):
    client = visitor(twin_a)
    client.raise_request_exception = False
    for name in ("Anne", "Luc"):
        client.post(f"/fail/view/{name}/")
    client.get("/fine/")
    assert requests_counted("/fail/view/<str:person>/", "POST", "5xx") == 2
    assert requests_counted("/fine/") == 1


@FAILING
def test_addresses_that_lead_nowhere_share_one_name(twin_a):
    for number in range(20):
        visitor(twin_a).get(f"/nowhere-{number}/")
        visitor(twin_a).get(f"/static/nothing-{number}.css")
    assert requests_counted(metrics.UNKNOWN_ROUTE, status="4xx") == 40


def test_methods_that_nobody_has_heard_of_share_one_name(twin_a):
    for method in ("BREW", "PROPFIND"):
        visitor(twin_a).generic(method, "/nowhere/")
    assert requests_counted(metrics.UNKNOWN_ROUTE, "OTHER", "4xx") == 2


@pytest.mark.django_db
def test_series_grow_with_banks_by_the_counters_that_matter_alone(twin_a, twin_b):
    for bank in (twin_a, twin_b):
        visitor(bank).get("/accounts/login/code/")
        metrics.count_failed_task(bank.slug)
        with in_tenant(bank, Purpose.TEST):
            metrics.ORDERS.labels(bank.slug).inc()
        put_in_outbox(bank.pk)
        prove_books(bank.pk)
    by_bank = [name for name in figures() if "bank" in dict(name[1:]) and not name[0].endswith("_created")]
    assert {name[0] for name in by_bank} == set(metrics.PER_BANK)
    assert len(by_bank) == 2 * len(metrics.PER_BANK)


def test_no_figure_has_labels_that_a_person_could_fill():
    names = {name for family in metrics.OWN.collect() for s in family.samples for name in s.labels}
    assert names <= {"route", "method", "status", "le", "task", "outcome", "bank", "alias"}


@pytest.mark.django_db
def test_a_confirmed_order_counts_once_committed(twin_a, django_capture_on_commit_callbacks):
    fact = OrderConfirmed(order_id=twin_a.pk, partner_id=twin_a.pk, reserved_grams=5)
    with in_tenant(twin_a, Purpose.TEST), django_capture_on_commit_callbacks(execute=True):
        metrics.on_order_confirmed(fact)
        assert ("collecto_orders_confirmed_total", ("bank", "twin-a")) not in figures() or not figures()[
            ("collecto_orders_confirmed_total", ("bank", "twin-a"))
        ]
    assert figures()[("collecto_orders_confirmed_total", ("bank", "twin-a"))] == 1


@pytest.mark.django_db
def test_an_order_that_is_rolled_back_does_not_count(twin_a):
    fact = OrderConfirmed(order_id=twin_a.pk, partner_id=twin_a.pk, reserved_grams=5)
    with in_tenant(twin_a, Purpose.TEST), pytest.raises(RuntimeError), transaction.atomic():
        metrics.on_order_confirmed(fact)
        raise RuntimeError
    assert figures().get(("collecto_orders_confirmed_total", ("bank", "twin-a")), 0) == 0


@pytest.mark.django_db
def test_the_outbox_is_seen_by_bank_in_a_statement_for_all(twin_a, twin_b, django_assert_num_queries):
    put_in_outbox(twin_a.pk)
    put_in_outbox(twin_b.pk, parked_at="2026-01-02T00:00Z")
    put_in_outbox()
    with django_assert_num_queries(2):
        seen = figures()
    assert seen[("collecto_outbox_age_seconds", ("bank", "twin-a"))] > 24 * 3600
    assert seen[("collecto_outbox_parked", ("bank", "twin-b"))] == 1
    assert seen[("collecto_outbox_parked", ("bank", "twin-a"))] == 0
    assert ("collecto_outbox_age_seconds", ("bank", metrics.NO_BANK)) in seen
    assert seen[("collecto_database_up",)] == 1


@pytest.mark.django_db
def test_books_that_differ_are_seen_by_bank(twin_a, twin_b):
    prove_books(twin_a.pk, difference_count=3)
    prove_books(twin_b.pk)
    seen = figures()
    assert seen[("collecto_books_differences", ("bank", "twin-a"))] == 3
    assert seen[("collecto_books_differences", ("bank", "twin-b"))] == 0
    assert seen[("collecto_books_age_seconds", ("bank", "twin-b"))] < 3600


@pytest.mark.django_db(transaction=True)
def test_two_processes_add_up_and_show_their_pools(tmp_path):
    site = Site(tmp_path, broker_url="redis://127.0.0.1:1/0", more={"CACHE_URL": "redis://127.0.0.1:1/1"})
    with site.web(workers=2):
        for _turn in range(30):
            assert site.ask("/fine/", host="twin-a.localhost").status == 200
        text = site.ask("/metrics").text
        ready = site.ask("/readyz")
        public = [site.ask(path, host="localhost").status for path in ("/livez", "/readyz", "/metrics")]
    assert requests_counted("/fine/", text=text) == 30
    assert figures(text)[("collecto_pool_connections", ("alias", "default"))] >= 1
    assert ("collecto_pool_wait_seconds_total", ("alias", "default")) in figures(text)
    assert len(set(re.findall(r"_(\d+)\.db", " ".join(path.name for path in tmp_path.rglob("*.db"))))) == 2
    assert (ready.status, '"status": "degraded"' in ready.text) == (200, True)
    assert public == [404, 404, 404]
