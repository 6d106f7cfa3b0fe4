"""The one way out of a file: a view that asks who may see the record it belongs to."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from apps.kernel.abilities import Abilities, require
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.files import JPEG, PNG, chunks_of, is_kept
from apps.kernel.jobs.abilities import job_abilities
from apps.kernel.models import StoredFile
from apps.partners.abilities import abilities as partners
from apps.receiving.abilities import abilities as receiving
from apps.sites.abilities import letterhead_abilities

logger = logging.getLogger("collecto.files")

DOORS: Final[Mapping[str, Callable[..., Abilities]]] = {
    "kernel.job": job_abilities,
    "partners.agreement": partners,
    "partners.hygienevisit": partners,
    "receiving.receiptline": receiving,
    "sites.letterhead": letterhead_abilities,
}
"""Who answers for the files of each kind of record; a kind that is not here shows none."""

SHOWN_IN_PLACE: Final = frozenset({PNG, JPEG})
"""A browser draws pictures inside the sandbox; it refuses to draw a PDF there, so that one is saved."""

HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Scripts, forms and requests are forbidden; the browser itself styles a picture to fit its window."""


@reads
def file_open(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Send the bytes of a file to whoever may see the record it belongs to.

    Raises:
        Http404: this bank has no such file, or it was removed.
        Forbidden: this person may not see the record.
    """
    file = get_object_or_404(StoredFile.objects.active(), pk=pk)
    if file.record_kind not in DOORS:
        raise Http404
    record: Any = get_object_or_404(apps.get_model(file.record_kind), pk=file.record_id)
    require(DOORS[file.record_kind](request.actor, record), "view")
    if not is_kept(file):
        logger.error("bytes lost", extra={"file": str(file.pk)})
        raise Http404
    as_attachment = file.content_type not in SHOWN_IN_PLACE
    headers = {
        **HEADERS,
        "Content-Length": str(file.size_bytes),
        "Content-Disposition": content_disposition_header(as_attachment, file.name) or "inline",
    }
    return StreamingHttpResponse(chunks_of(file), content_type=file.content_type, headers=headers)
