"""Gapless document numbers, per kind and year."""

from django.db import transaction
from django.db.models import F

from apps.kernel import clock
from apps.kernel.models import DocumentSequence


def next_number(kind: str) -> str:
    """Return the next number of a kind of document, such as ``BL-2026-00012``.

    The row lock lasts until the caller's transaction ends: a rollback gives the number back, so that
    the series has no gap.

    Raises:
        TransactionManagementError: called outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("document numbers need a transaction")
    year = clock.today().year
    DocumentSequence.objects.get_or_create(kind=kind, year=year)
    DocumentSequence.objects.filter(kind=kind, year=year).update(last=F("last") + 1)
    last = DocumentSequence.objects.values_list("last", flat=True).get(kind=kind, year=year)
    return f"{kind}-{year}-{last:05d}"
