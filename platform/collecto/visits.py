"""Each request has an id, one line in the log, and its place in the figures.

The id is taken from ``X-Request-ID`` when it looks like one, made otherwise, and given back on the response.
What is written of a request is the pattern of its route, never its path, its query or its body. A stream
is followed to its end: its line is written when it is closed.
"""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import copy_context
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from apps.kernel.tracing import REQUEST_ID_HEADER, Trace, WorkKind, sane_request_id, trace_opened
from collecto import metrics
from collecto.observability import tag

logger = logging.getLogger("collecto.access")


class VisitMiddleware:
    """Follows each request from first to last; must come before every other middleware but health."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = bool(iscoroutinefunction(get_response))
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer inside the request's trace."""
        visit = request.collecto_visit = Visit(request)  # type: ignore[attr-defined]
        if self.is_async:
            return self._answer_async(request, visit)
        with trace_opened(visit.trace):
            tag()
            return visit.follow(self.get_response(request))

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Learn the route, the bank and the person, which inner middleware have found by now."""
        visit: Visit = request.collecto_visit  # type: ignore[attr-defined]
        visit.learn()
        tag()

    async def _answer_async(self, request: HttpRequest, visit: "Visit") -> HttpResponseBase:
        with trace_opened(visit.trace):
            tag()
            return visit.follow(await self.get_response(request))


class Visit:
    """One request, until its last byte is sent."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.trace = Trace(
            request_id=sane_request_id(request.headers.get(REQUEST_ID_HEADER)),
            kind=WorkKind.WEB,
            method=request.method if request.method in metrics.METHODS else "OTHER",
        )
        self.started = time.monotonic()
        self.status = 500
        self.is_interrupted = False
        self.is_told = False

    def learn(self) -> None:
        """Read what the request knows of itself so far, without asking the database."""
        match = self.request.resolver_match
        if match is not None:
            self.trace.name = f"/{match.route.lstrip('^/')}"
        bank = getattr(self.request, "bank", None)
        if bank is not None:
            self.trace.bank_id, self.trace.bank_slug = bank.pk, bank.slug
        actor = getattr(self.request, "actor", None)
        if actor is not None and actor.id is not None:
            self.trace.user_id = actor.id

    def follow(self, response: HttpResponseBase) -> HttpResponseBase:
        """Give the response its id; tell of it now, or when its stream is closed."""
        response[REQUEST_ID_HEADER] = self.trace.request_id
        self.status = response.status_code
        self.learn()
        tag()
        if not response.streaming:
            self.tell()
            return response
        stream = cast("StreamingHttpResponse", response)
        chunks: Any = stream.streaming_content
        stream.streaming_content = (
            _AsyncChunks(self, aiter(chunks)) if stream.is_async else _Chunks(self, iter(chunks))
        )
        return response

    def tell(self) -> None:
        """Write the line and count the request, once; in a context of its own, for a collector may ask."""
        if not self.is_told:
            self.is_told = True
            copy_context().run(self._tell)

    def _tell(self) -> None:
        seconds = time.monotonic() - self.started
        with trace_opened(self.trace):
            said = {
                "status": self.status,
                "ms": round(seconds * 1000),
                "interrupted": self.is_interrupted or None,
            }
            logger.info("request", extra=said)
        metrics.count_request(self._label(), self.trace.method, self.status, seconds)
        metrics.look_at_pools()

    def _label(self) -> str:
        """Return the route as the figures name it: addresses that lead nowhere share one name."""
        if self.trace.name:
            return self.trace.name
        is_file = self.request.path_info.startswith(f"/{settings.STATIC_URL.lstrip('/')}")
        return "(static)" if is_file and self.status < 400 else metrics.UNKNOWN_ROUTE


class _Chunks:
    """A stream produced inside its request's trace, that tells when it ends."""

    def __init__(self, visit: Visit, chunks: Iterator[bytes]) -> None:
        self.visit = visit
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with trace_opened(self.visit.trace):
            try:
                return next(self.chunks)
            except StopIteration:
                raise
            except BaseException:
                self.visit.is_interrupted = True
                raise

    def close(self) -> None:
        """Tell of the request: the server closes every response."""
        self.visit.tell()


class _AsyncChunks:
    """The same for a stream of an asynchronous view."""

    def __init__(self, visit: Visit, chunks: AsyncIterator[bytes]) -> None:
        self.visit = visit
        self.chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        with trace_opened(self.visit.trace):
            try:
                return await anext(self.chunks)
            except StopAsyncIteration:
                raise
            except BaseException:
                self.visit.is_interrupted = True
                raise

    def close(self) -> None:
        """Tell of the request: the server closes every response."""
        self.visit.tell()
