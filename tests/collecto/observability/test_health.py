"""Alive, ready, degraded: told inside the house, part by part."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.checks import run_checks
from django.db import DatabaseError
from django.test import AsyncRequestFactory, Client

from collecto import health, metrics
from collecto.health import HealthMiddleware
from collecto.ports import free_port
from tests.collecto.observability.rows import put_in_outbox

pytestmark = pytest.mark.usefixtures("no_running_loop")

INSIDE = "127.0.0.1:8000"


def ask(path, *, host=INSIDE, **headers):
    return Client().get(path, headers={"host": host, **headers})


async def never(request):
    raise AssertionError("nothing else is asked")


def test_alive_without_any_query_nor_session(client):
    answer = ask("/livez")
    assert (answer.status_code, answer.content, answer.cookies) == (200, b"alive\n", {})
    assert answer["Cache-Control"] == "no-store"


def test_the_asynchronous_server_answers_alike():
    request = AsyncRequestFactory().get("/livez")
    request.META["HTTP_HOST"] = INSIDE
    middleware: Any = HealthMiddleware(never)
    answer = async_to_sync(middleware)(request)
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
@pytest.mark.parametrize("host", ["collecto.example.org", "twin-a.localhost", "10.1.2.3", "", "x@127.0.0.1x"])
def test_no_other_host_gets_an_answer(path, host):
    assert ask(path, host=host).status_code == 404


@pytest.mark.parametrize("mark", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"])
def test_what_came_through_a_proxy_gets_none_whatever_host_it_names(mark):
    assert ask("/readyz", **{mark: "198.51.100.7"}).status_code == 404


@pytest.mark.parametrize("host", ["web", "172.18.0.5:8000", "[::1]:8000", "WEB:8000"])
def test_names_and_networks_of_the_house_may_be_listed(host, settings):
    settings.HEALTH_HOSTS = ["web", "172.16.0.0/12", "::1"]
    assert ask("/livez", host=host).status_code == 200
    assert ask("/livez").status_code == 404


def test_only_looking_is_allowed():
    assert Client().post("/livez", headers={"host": INSIDE}).status_code == 405


@pytest.mark.django_db
def test_ready_when_everything_answers():
    answer = ask("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "parts": {
            "database": "ok",
            "migrations": "ok",
            "outbox": "ok",
            "broker": "not used",
            "cache": "not used",
            "mail": "not used",
            "sentry": "not used",
        },
    }


@pytest.mark.django_db
def test_friends_who_are_away_degrade_and_do_not_kill(settings):
    nobody = free_port()
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{nobody}/0"
    settings.CACHE_URL = f"redis://127.0.0.1:{nobody}/1"
    settings.SENTRY_DSN = f"http://key@127.0.0.1:{nobody}/1"
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = nobody
    answer = ask("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    parts = answer.json()["parts"]
    assert {parts[name] for name in ("broker", "cache", "mail", "sentry")} == {"does not answer"}


@pytest.mark.django_db(transaction=True)
def test_an_outbox_that_nobody_delivers_degrades(twin_a):
    put_in_outbox(twin_a.pk)
    answer = ask("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["outbox"].startswith("late by ")


@pytest.mark.django_db
def test_a_pending_migration_is_not_ready(monkeypatch):
    known = health._known_migrations() | {("outbox", "9999_later")}
    monkeypatch.setattr(health, "_known_migrations", lambda: known)
    answer = ask("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert answer.json()["parts"]["migrations"] == "1 to apply"


def test_a_database_that_is_away_is_not_ready(monkeypatch):
    def away():
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr(health, "pending_migrations", away)
    answer = ask("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert answer.json()["parts"]["database"] == "does not answer"
    monkeypatch.setattr(metrics, "outbox_by_bank", away)
    assert "collecto_database_up 0.0" in ask("/metrics").content.decode()


def test_looking_leaves_no_line_in_the_log(caplog):
    caplog.set_level("INFO", logger="collecto")
    ask("/livez")
    assert caplog.records == []


def test_production_refuses_to_show_its_health_on_the_public_site(settings):
    settings.DEMO = False
    settings.PUBLIC_HOSTS, settings.HEALTH_HOSTS = ["collecto.example.org"], ["collecto.example.org"]
    found = run_checks(include_deployment_checks=True)
    assert "collecto.E004" in {one.id for one in found}
