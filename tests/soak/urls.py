"""Every way a page may go wrong while it holds a bank's rows, beside the product's own pages."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.decorators.cache import cache_page

from apps.kernel.models import AuditEntry


def canary() -> str:
    """Return the label of every history entry of the open bank."""
    return " ".join(AuditEntry.objects.values_list("actor_label", flat=True))


@login_not_required
def rows(request: HttpRequest) -> HttpResponse:
    return HttpResponse(canary())


@login_not_required
def raises(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        text = canary()
        raise LookupError(text)


@login_not_required
def rolls_back(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        AuditEntry.objects.create(
            actor_label="never committed", record_kind="x", record_id="1", record_label="x", action="x"
        )
        transaction.set_rollback(True)
    return HttpResponse(canary())


@login_not_required
def times_out(request: HttpRequest) -> HttpResponse:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '5ms'")
            cursor.execute("SELECT pg_sleep(1)")
    except DatabaseError:
        return HttpResponse(canary())
    raise AssertionError("the statement was to be stopped")


@login_not_required
def streams(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        for _ in range(20):
            yield canary() + "\n"

    return StreamingHttpResponse(lines())


@login_not_required
@cache_page(2)
def cached_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(canary())


@login_not_required
def cached_value(request: HttpRequest) -> HttpResponse:
    return HttpResponse(cache.get_or_set("canary", canary, 2))


urlpatterns = [
    path("soak/rows/", rows),
    path("soak/raises/", raises),
    path("soak/rolls-back/", rolls_back),
    path("soak/times-out/", times_out),
    path("soak/streams/", streams),
    path("soak/cached-page/", cached_page),
    path("soak/cached-value/", cached_value),
    path("", include("collecto.urls_tenant")),
]
