"""A rule of the trade that says no becomes a page that says what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.kernel.errors import Conflict, DomainError, Forbidden, TooMany, refusal_in


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
        if refusal is None:
            return None
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
