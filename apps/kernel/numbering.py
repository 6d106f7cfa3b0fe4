"""Gapless numbers: of documents, per kind and year, and of series that never begin anew."""

from typing import Final

from django.db import transaction
from django.db.models import F

from apps.kernel import clock
from apps.kernel.models import DocumentSequence

NO_YEAR: Final = 0
"""Stands for the year of a series that goes on for ever."""


def next_number(kind: str) -> str:
    """Return the next number of a kind of document, such as ``BL-2026-00012``.

    The row lock lasts until the caller's transaction ends: a rollback gives the number back, so that
    the series has no gap.

    Raises:
        TransactionManagementError: called outside a transaction.
    """
    return next_numbers(kind, 1)[0]


def next_numbers(kind: str, count: int) -> list[str]:
    """Return the next numbers of a kind of document, in order, as ``next_number`` does.

    Raises:
        TransactionManagementError: called outside a transaction.
    """
    year = clock.today().year
    return [f"{kind}-{year}-{serial:05d}" for serial in _taken(kind, year, count)]


def next_serials(kind: str, count: int) -> range:
    """Return the next numbers of a series that never begins anew, such as the pallets of a GS1 prefix.

    Raises:
        TransactionManagementError: called outside a transaction.
    """
    return _taken(kind, NO_YEAR, count)


def _taken(kind: str, year: int, count: int) -> range:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("document numbers need a transaction")
    DocumentSequence.objects.get_or_create(kind=kind, year=year)
    DocumentSequence.objects.filter(kind=kind, year=year).update(last=F("last") + count)
    last = DocumentSequence.objects.values_list("last", flat=True).get(kind=kind, year=year)
    return range(last - count + 1, last + 1)
