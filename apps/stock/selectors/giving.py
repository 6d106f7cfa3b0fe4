"""What a document gave to a partner, and what of it came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.stock.models import Movement
from apps.stock.states import MovementKind

_STANDING = Q(reversed_by__isnull=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Grams of a lot that a document gave, those that came back, and to whom they went."""

    lot_id: UUID
    given_grams: int
    returned_grams: int
    party_id: UUID
    party_label: str
    party_type: str

    @property
    def left_grams(self) -> int:
        """What is still with the partner, as far as the books know."""
        return self.given_grams - self.returned_grams


def given_with(document_id: UUID | None, lots: Iterable[UUID]) -> dict[UUID, Given]:
    """Return what a document gave of some lots (one query); what was reversed does not count."""
    kinds = {"given": MovementKind.DELIVER, "returned": MovementKind.RETURN}
    sums = {name: Coalesce(Sum("grams", filter=_STANDING & Q(kind=kind)), 0) for name, kind in kinds.items()}
    named = ("lot", "party_id", "party_label", "party_type")
    rows: Any = _movements(document_id, lots, kinds.values()).order_by().values(*named)
    return {
        row["lot"]: Given(
            lot_id=row["lot"],
            given_grams=row["given"],
            returned_grams=row["returned"],
            party_id=row["party_id"],
            party_label=row["party_label"],
            party_type=row["party_type"],
        )
        for row in rows.annotate(**sums)
        if row["given"]
    }


def returns_with(document_id: UUID | None, lots: Iterable[UUID]) -> list[Movement]:
    """Return the returns of what a document gave of some lots, newest first, without those reversed."""
    found = _movements(document_id, lots, [MovementKind.RETURN]).filter(_STANDING)
    return list(found.select_related("lot", "destination__location__site"))


def is_returned(movement: Movement) -> bool:
    """Tell whether something of what a movement gave has come back."""
    given = given_with(movement.document_id, [movement.lot_id]).get(movement.lot_id)
    return given is not None and given.returned_grams > 0


def _movements(
    document_id: UUID | None, lots: Iterable[UUID], kinds: Iterable[MovementKind]
) -> QuerySet[Movement]:
    """Return movements under a document, found by their lots: that is what the ledger is indexed by."""
    return Movement.objects.filter(lot__in=list(lots), document_id=document_id, kind__in=list(kinds))
