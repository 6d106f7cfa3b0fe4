"""A rule of the trade that says no, or a server that is too busy, becomes a page that says what to do."""

import sys
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from apps.kernel.errors import Conflict, DomainError, Forbidden, TooMany, refusal_in

RETRY_SECONDS: Final = 10
TOO_BUSY: Final = ("08", "53", "57")
"""Classes of SQLSTATE: the connection failed, the server lacks means, a statement was cancelled or ended."""


def broken(request: HttpRequest) -> HttpResponse:
    """Answer an error that nobody caught (``handler500``): 503 where trying again helps, else 500.

    Nothing here asks the database: it may be what is missing.
    """
    if not is_too_busy(sys.exc_info()[1]):
        return server_error(request)
    if request.path_info.startswith("/api/"):
        said = _("The server is too busy. Try again in a moment.")
        answer: HttpResponse = JsonResponse(
            {"code": "too_busy", "message": said, "field": None, "errors": []}, status=503
        )
    else:
        answer = HttpResponse(render_to_string("503.html"), status=503)
    answer["Retry-After"] = str(RETRY_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def is_too_busy(error: BaseException | None) -> bool:
    """Tell whether the database could not answer now: no connection, no means, no time."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(TOO_BUSY)


class RefusalMiddleware:
    """Renders a ``DomainError`` that no form caught: 403, 409, 422 or 429, never a stack trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through; only its exceptions matter here."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into its page."""
        refusal = refusal_in(exception)
        return None if refusal is None else refused(request, refusal)


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Return the page of a refusal: what was refused, and what to do."""
    response = render(request, "refusal.html", {"refusal": refusal}, status=status_of(refusal))
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.seconds)
    return response


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    if isinstance(error, TooMany):
        return 429
    if isinstance(error, Forbidden):
        return 403
    return 409 if isinstance(error, Conflict) else 422
