"""From the host name to the scope of the request, in two steps.

First *who are you*: the shared tables alone, where sessions and people live. Then, around the view, *what
may you see*: the rows of the host's own bank.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from copy import copy
from datetime import tzinfo
from functools import partial
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from apps.kernel import clock
from apps.kernel.doors import READING
from apps.kernel.scope import Scope, scope_opened
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.registry.models import Domain, FoodBank
from tenants.registry.states import BankKind, BankStatus

Reopened = Callable[[], AbstractContextManager[None]]
Answer = Callable[[HttpRequest], HttpResponseBase]

ABOUT_PEOPLE = ("/accounts/", "/enter/")
"""Addresses of every site that only deal with people: they see no bank's rows."""


class SpaceMiddleware:
    """Names the bank of the host and opens the shared tables, for sessions and sign-in.

    Hours typed and read there are those of the bank's time zone. A host that belongs to no bank, or to
    one that is not open, gets a page that helps; the former host of a renamed bank leads to the new one.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._known: dict[str, tuple[float, Domain]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find the space of the host and answer from the shared tables."""
        host = request.get_host().split(":")[0].lower().rstrip(".")
        bank = None
        if host in settings.PUBLIC_HOSTS:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        else:
            domain = self._domain_at(host)
            bank = copy(domain.tenant) if domain else None
            if bank is None or bank.status != BankStatus.ACTIVE:
                return self._closed(request, bank)
            if domain and domain.redirect_until:
                return _moved(request, bank)
            if bank.kind == BankKind.FEDERATION:
                request.urlconf = settings.FEDERATION_URLCONF
        request.bank = bank  # type: ignore[attr-defined]
        with _opened(in_platform(Purpose.SIGN_IN), bank) as scope:
            return _kept_open(self.get_response(request), scope)

    def _domain_at(self, host: str) -> Domain | None:
        """Return the host as the register knows it, with its bank; one that no longer leads is unknown.

        A host that answers is remembered for ``HOST_MEMORY_SECONDS``: so long, at most, do the pages of a
        bank go on after it was suspended.
        """
        until, known = self._known.get(host, (0.0, None))
        if known is not None and monotonic() < until:
            return known
        with in_platform(Purpose.REQUEST):
            found = Domain.objects.filter(domain=host).select_related("tenant__parent").first()
        if found and not found.redirect_until and found.tenant.status == BankStatus.ACTIVE:
            self._known[host] = (monotonic() + settings.HOST_MEMORY_SECONDS, found)
        else:
            self._known.pop(host, None)
        is_over = found and found.redirect_until and found.redirect_until <= clock.now()
        return None if is_over else found

    def _closed(self, request: HttpRequest, bank: FoodBank | None) -> HttpResponse:
        """Answer without any scope of a bank: the template reads no row."""
        request.bank = bank  # type: ignore[attr-defined]
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        template, status = ("space_unknown.html", 404) if bank is None else ("space_suspended.html", 503)
        if bank is not None and bank.status == BankStatus.ARCHIVED:
            template, status = "space_archived.html", 410
        return render(request, template, {"bank": bank, "public_host": settings.BASE_DOMAIN}, status=status)


def _moved(request: HttpRequest, bank: FoodBank) -> HttpResponse:
    """Lead to the present host of a renamed bank, same page; what was sent is sent again there.

    No browser remembers it: the name may come back, or go to somebody else.
    """
    with in_platform(Purpose.REQUEST):
        host = bank.host
    port = request.get_host().partition(":")[2]
    address = f"{request.scheme}://{host}{':' + port if port else ''}{request.get_full_path()}"
    moved = HttpResponseRedirect(address, preserve_request=request.method not in READING)
    moved["Cache-Control"] = "no-store"
    return moved


class BankMiddleware:
    """Opens the rows of the host's own bank around the view, and around the stream it answers with."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer inside the bank's scope; pages about people stay with the shared tables."""
        bank: FoodBank | None = request.bank  # type: ignore[attr-defined]
        if bank is None or request.path_info.startswith(ABOUT_PEOPLE):
            return self.get_response(request)
        of_federation = bank.kind == BankKind.FEDERATION
        opening = in_federation if of_federation else in_tenant
        with _opened(opening(bank, Purpose.REQUEST), bank) as scope:
            return _kept_open(self.get_response(request), scope)


@contextmanager
def _opened(scope: AbstractContextManager[Scope], bank: FoodBank | None) -> Iterator[Scope]:
    """Open a scope together with the time zone of the host's bank."""
    with scope as opened, timezone.override(bank.timezone if bank else opened.zone):
        yield opened


def _kept_open(response: HttpResponseBase, scope: Scope) -> HttpResponseBase:
    """Have each chunk of a streamed answer, and its end, produced in the scope and hours it was asked in."""
    if isinstance(response, StreamingHttpResponse) and not hasattr(response, "scope"):
        response.scope = scope  # type: ignore[attr-defined]
        stream: Any = response.streaming_content
        reopened = partial(_reopened, scope, timezone.get_current_timezone())
        if response.is_async:
            response.streaming_content = _streamed_later(reopened, stream)
        else:
            closers: list[Callable[[], object]] = response._resource_closers  # type: ignore[attr-defined]
            chunks = _Chunks(reopened, iter(stream), list(closers))
            closers.clear()
            response.streaming_content = chunks
    return response


@contextmanager
def _reopened(scope: Scope, zone: tzinfo) -> Iterator[None]:
    with scope_opened(scope), timezone.override(zone):
        yield


class _Chunks:
    """A stream read, and closed, inside a scope that its reader never sees."""

    def __init__(
        self, reopened: Reopened, chunks: Iterator[bytes], closers: list[Callable[[], object]]
    ) -> None:
        self.reopened = reopened
        self.chunks = chunks
        self.closers = closers

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self.reopened():
            return next(self.chunks)

    def close(self) -> None:
        """Close what the view streams from, in a context of its own: the garbage collector may ask.

        CPython before 3.12 collects in mid-allocation, and a context variable set by what it finalises takes
        the context away from under the code that is writing to it
        (https://github.com/python/cpython/issues/148891).
        """
        copy_context().run(self._close)

    def _close(self) -> None:
        with self.reopened():
            for closer in self.closers:
                closer()


async def _streamed_later(reopened: Reopened, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while True:
            with reopened():
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            yield chunk
    finally:
        closing = getattr(chunks, "aclose", None)
        if closing is not None:
            with reopened():
                await closing()
