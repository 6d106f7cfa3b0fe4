"""Is this process alive, is this installation ready: answered inside the house only.

``/livez`` does no I/O. ``/readyz`` looks at the database and at pending migrations, without which nothing
works (503), and at what may be away for a while (200, *degraded*): the outbox's delivery, the broker, the
mail server, Sentry. ``/metrics`` holds the figures. They answer under ``HEALTH_HOSTS`` alone, to whoever asks
directly: what came through a proxy gets a 404, whatever host it names. No scope of a bank, no session.
"""

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST

from collecto import metrics
from tenants.crossing import Purpose, in_platform

PROXY_MARKS: Final = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_FORWARDED",
)
FINE: Final = "ok"
UNUSED: Final = "not used"
SILENT: Final = "does not answer"
KNOCK_SECONDS: Final = 0.5
PORTS: Final = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}


class HealthMiddleware:
    """Answers the three addresses before anything else does; must come first."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = bool(iscoroutinefunction(get_response))
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer, or let the request through."""
        if request.path_info not in ANSWERS:
            answer: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
            return answer
        if self.is_async:
            return sync_to_async(answer_to)(request.path_info, request.META)
        return answer_to(request.path_info, request.META)


def answer_to(path: str, meta: Mapping[str, Any]) -> HttpResponse:
    """Answer one of the three addresses, if whoever asks is in the house."""
    if path not in ANSWERS or not is_internal(meta):
        return HttpResponseNotFound("not found\n", content_type="text/plain")
    if meta.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = ANSWERS[path]()
    response["Cache-Control"] = "no-store"
    return response


def is_internal(meta: Mapping[str, Any]) -> bool:
    """Tell whether a request was made directly, to a host of ``HEALTH_HOSTS``."""
    if any(mark in meta for mark in PROXY_MARKS):
        return False
    host = urlsplit(f"//{meta.get('HTTP_HOST', '')}").hostname or ""
    names, networks = _allowed(tuple(settings.HEALTH_HOSTS))
    if host in names:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def livez() -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


def readyz() -> HttpResponse:
    """Say part by part whether the installation can work."""
    parts = {"database": FINE, "migrations": FINE, "outbox": FINE} | _friends()
    try:
        pending = pending_migrations()
        parts["migrations"] = f"{len(pending)} to apply" if pending else FINE
        parts["outbox"] = _outbox()
    except DatabaseError:
        parts |= {"database": SILENT, "migrations": "unknown", "outbox": "unknown"}
    vital = {parts["database"], parts["migrations"]} == {FINE}
    whole = set(parts.values()) <= {FINE, UNUSED}
    status = "not ready" if not vital else "ready" if whole else "degraded"
    return JsonResponse({"status": status, "parts": parts}, status=200 if vital else 503)


def figures() -> HttpResponse:
    """Give the figures in Prometheus' format."""
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


ANSWERS: Final[dict[str, Callable[[], HttpResponse]]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": figures,
}


def pending_migrations() -> set[tuple[str, str]]:
    """Return the migrations of this version that the shared tables have not seen."""
    with in_platform(Purpose.HEALTH), connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return set(_known_migrations()) - applied


@lru_cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


@lru_cache
def _allowed(
    hosts: tuple[str, ...],
) -> tuple[frozenset[str], tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]]:
    """Sort hosts into names and networks (an address is a network of one)."""
    names, networks = set(), []
    for host in hosts:
        try:
            networks.append(ipaddress.ip_network(host, strict=False))
        except ValueError:
            names.add(host.lower())
    return frozenset(names), tuple(networks)


def _outbox() -> str:
    rows = metrics.outbox_by_bank()
    age = max((float(seconds or 0) for _bank, seconds, _parked in rows), default=0.0)
    parked = sum(count for _bank, _seconds, count in rows)
    if age > settings.OUTBOX_LATE_SECONDS:
        return f"late by {age:.0f} s"
    return f"{parked} parked" if parked else FINE


def _friends() -> dict[str, str]:
    """Knock at each server we can do without, all at once."""
    doors = {
        "broker": _place(settings.CELERY_BROKER_URL),
        "cache": _place(settings.CACHE_URL),
        "mail": _mail_server(),
        "sentry": _place(settings.SENTRY_DSN),
    }
    with ThreadPoolExecutor(max_workers=len(doors)) as knocking:
        return dict(zip(doors, knocking.map(_knock, doors.values()), strict=True))


def _place(url: str) -> tuple[str, int] | None:
    parts = urlsplit(url)
    return (parts.hostname, parts.port or PORTS.get(parts.scheme, 0)) if parts.hostname else None


def _mail_server() -> tuple[str, int] | None:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return None
    return settings.EMAIL_HOST, settings.EMAIL_PORT


def _knock(place: tuple[str, int] | None) -> str:
    """Tell whether something listens at a place."""
    if place is None:
        return UNUSED
    try:
        socket.create_connection(place, KNOCK_SECONDS).close()
    except OSError:
        return SILENT
    return FINE


def serve_directly(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as a WSGI application of its own: for a worker, which serves nothing else."""
    try:
        response = answer_to(environ.get("PATH_INFO", ""), environ)
    finally:
        _leave_database()
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


def _leave_database() -> None:
    """Hold no connection between two questions: a process that forks would share it with its children."""
    connections.close_all()
    for link in connections.all(initialized_only=True):
        link.close_pool()  # type: ignore[attr-defined]
