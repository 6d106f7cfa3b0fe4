"""Photographs of codes cost the server time to read: one person sends so many in a minute.

The pages that read one belong to stages, which know no limits; the limit is counted before them, once for all
of them and for the search box together.
"""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from apps.kernel.errors import TooMany
from collecto.refusals import refused
from tenants.isolation import throttle

READ_BY: Final = {
    "receiving_receipt_control": "scan-photo",
    "receiving_receipt_create": "scan-photo",
    "stock_sheet_find": "photo",
}
"""Pages that read the code on a photograph, and the field in which it comes."""


class PhotographMiddleware:
    """Counts the photographs that somebody has read, and refuses those beyond the limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through; only the page it asks for matters here."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer 429 instead of the page when this person sent too many photographs in a minute."""
        found = request.resolver_match
        field = READ_BY.get(found.url_name or "") if found and request.method == "POST" else None
        if field is None or field not in request.FILES:
            return None
        actor = getattr(request, "actor", None)
        try:
            throttle.count("photo", actor and actor.id)
        except TooMany as refusal:
            return refused(request, refusal)
        return None
