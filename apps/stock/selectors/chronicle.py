"""All that happened to some lots, movement by movement, for whoever keeps events: EPCIS."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from apps.sites.selectors import letterhead_now
from apps.stock.models import Lot, Movement, Pallet
from apps.stock.states import MovementKind

TOLD = (
    MovementKind.RECEIVE,
    MovementKind.ARRIVE,
    MovementKind.DELIVER,
    MovementKind.RETURN,
    MovementKind.SHIP,
    MovementKind.LOSE,
    MovementKind.PRODUCE,
)
"""Kinds that others hear of; what goes into a workshop is told by what comes out of it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One movement: where, with whom, on what paper; ``undone_at`` when it was reversed."""

    id: int
    kind: str
    lot: UUID
    grams: int
    at: dt.datetime
    day: dt.date
    place: str
    party_id: UUID | None
    party_label: str
    document_kind: str
    document_id: UUID | None
    document_number: str
    undone_at: dt.datetime | None
    undone_id: int | None
    degrees: Decimal | None


@dataclass(frozen=True, slots=True)
class Chronicle:
    """What happened to lots of the open bank, oldest first, and the pallets that were labelled."""

    happenings: list[Happening]
    pallets: list[Pallet]
    gs1_prefix: str


def chronicle_of(lots: Collection[UUID]) -> Chronicle:
    """Return what happened to some lots (four statements, however many they are)."""
    probed = dict(Lot.objects.filter(pk__in=lots).values_list("pk", "receipt_line__temperature_c"))
    rows = Movement.objects.filter(lot__in=lots, kind__in=TOLD).select_related(
        "source__location__site", "destination__location__site", "reversed_by"
    )
    pallets = Pallet.objects.filter(lot__in=lots).order_by("number")
    return Chronicle(
        happenings=[_happening(row, probed) for row in rows.order_by("id")],
        pallets=list(pallets),
        gs1_prefix=letterhead_now().gs1_prefix,
    )


def _happening(row: Movement, probed: dict[UUID, Decimal | None]) -> Happening:
    location = row.source.location or row.destination.location
    undone = getattr(row, "reversed_by", None)
    return Happening(
        id=row.pk,
        kind=row.kind,
        lot=row.lot_id,
        grams=row.grams,
        at=row.recorded_at,
        day=row.occurred_on,
        place=f"{location.site.code}/{location.code}" if location else "",
        party_id=row.party_id,
        party_label=row.party_label,
        document_kind=row.document_kind,
        document_id=row.document_id,
        document_number=row.document_number,
        undone_at=undone.recorded_at if undone else None,
        undone_id=undone.pk if undone else None,
        degrees=probed.get(row.lot_id) if row.kind == MovementKind.RECEIVE else None,
    )
