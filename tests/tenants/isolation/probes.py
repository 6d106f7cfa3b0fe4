"""Views that ask, in every way a view can run, which bank they are in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from apps.kernel.models import AuditEntry
from apps.kernel.scope import current_scope


def told() -> str:
    """Return the canary in the history of the open bank."""
    return AuditEntry.objects.get(record_kind="x").actor_label


def sync_view(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"row": told(), "slug": current_scope().bank_slug})


async def async_view(request: HttpRequest) -> HttpResponse:
    async def ask() -> str:
        await asyncio.sleep(0.001)
        return (await AuditEntry.objects.aget(record_kind="x")).actor_label

    rows = await asyncio.gather(ask(), ask(), ask())
    await cache.aset("who", current_scope().bank_slug)
    await asyncio.sleep(0.002)
    return JsonResponse({"rows": rows, "slug": current_scope().bank_slug, "cached": await cache.aget("who")})


def stream_view(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        for _ in range(3):
            yield told() + "\n"

    return StreamingHttpResponse(lines())


ENDINGS: list[str] = []
"""Banks in whose scope a dropped stream ended."""
ended_in: ContextVar[str] = ContextVar("ended_in")


def dropped_view(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        try:
            for _ in range(3):
                yield told() + "\n"
        finally:
            ended_in.set(current_scope().bank_slug)
            ENDINGS.append(ended_in.get())

    return StreamingHttpResponse(lines())


async def async_stream_view(request: HttpRequest) -> StreamingHttpResponse:
    async def lines() -> AsyncIterator[str]:
        for _ in range(3):
            yield (await AuditEntry.objects.aget(record_kind="x")).actor_label + "\n"
            await asyncio.sleep(0.001)

    return StreamingHttpResponse(lines())


def slow_view(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5ms'")
        cursor.execute("SELECT pg_sleep(1)")
    return HttpResponse()


handler500 = "collecto.refusals.broken"
urlpatterns = [
    path("slow/", slow_view),
    path("api/slow/", slow_view),
    path("sync/", sync_view),
    path("async/", async_view),
    path("stream/", stream_view),
    path("dropped/", dropped_view),
    path("async-stream/", async_stream_view),
]
