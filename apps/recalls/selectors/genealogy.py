"""What was made from recalled lots, followed down to the last generation."""

from collections.abc import Collection
from uuid import UUID

from apps.stock.models import LotLink


def descendants_of(lots: Collection[UUID]) -> dict[UUID, UUID]:
    """Return every lot made from these, directly or not, with the lot that it was made from.

    One query a generation; a making that was undone counts no more.
    """
    found: dict[UUID, UUID] = {}
    known, front = set(lots), set(lots)
    while front:
        links = LotLink.objects.filter(parent__in=front, movement__reversed_by=None).order_by("id")
        born = {child: parent for child, parent in links.values_list("child", "parent") if child not in known}
        found |= born
        known |= born.keys()
        front = set(born)
    return found
