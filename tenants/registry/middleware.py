"""From the host name to the scope of the request."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from apps.kernel.scope import Scope, scope_opened
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind, BankStatus

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class SpaceMiddleware:
    """Opens the scope that belongs to the host, for the request and for its stream.

    Hours typed and read there are those of the bank's time zone. A host that belongs to no bank, or to
    one that is not open, gets a page that helps.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find the space of the host and answer inside its scope."""
        host = request.get_host().split(":")[0].lower()
        if host in settings.PUBLIC_HOSTS:
            request.bank = None  # type: ignore[attr-defined]
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self._answer(request, in_platform(Purpose.REQUEST))
        bank = self._bank_at(host)
        request.bank = bank  # type: ignore[attr-defined]
        if bank is None or bank.status != BankStatus.ACTIVE:
            return self._closed(request, bank)
        if bank.kind == BankKind.FEDERATION:
            request.urlconf = settings.FEDERATION_URLCONF
            return self._answer(request, in_federation(bank, Purpose.REQUEST))
        return self._answer(request, in_tenant(bank, Purpose.REQUEST))

    def _bank_at(self, host: str) -> FoodBank | None:
        with in_platform(Purpose.REQUEST):
            return FoodBank.objects.filter(domains__domain=host).select_related("parent").first()

    def _answer(self, request: HttpRequest, scope: "AbstractContextManager[Scope]") -> HttpResponseBase:
        with scope as opened, timezone.override(opened.zone):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                chunks = cast("Iterable[bytes]", response.streaming_content)
                response.streaming_content = _streamed(opened, iter(chunks))
            return response

    def _closed(self, request: HttpRequest, bank: FoodBank | None) -> HttpResponse:
        """Answer without any scope of a bank: the template reads no row."""
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        template, status = ("space_unknown.html", 404) if bank is None else ("space_suspended.html", 503)
        return render(request, template, {"bank": bank, "public_host": settings.BASE_DOMAIN}, status=status)


def _streamed(scope: Scope, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Produce each chunk of a stream inside the scope it was asked in."""
    while True:
        with scope_opened(scope), timezone.override(scope.zone):
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk
