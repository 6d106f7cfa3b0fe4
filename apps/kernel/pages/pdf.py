"""A PDF as an answer."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from apps.kernel.files import PDF


def pdf_response(content: bytes, *, name: str, as_attachment: bool = False) -> HttpResponse:
    """Return a PDF for the browser to show, or to save, under a name; nobody between keeps it."""
    named = content_disposition_header(as_attachment, name)
    headers = {"Content-Disposition": named or "inline", "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=PDF, headers=headers)
