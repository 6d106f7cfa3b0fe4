"""Reads about picking, delivery notes and the solidarity contribution."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.delivery.abilities import abilities
from apps.delivery.models import ContributionRate, DeliveryLine, DeliveryNote, PickingList, PickLine
from apps.delivery.rules import Rate, Weighed, contribution, has_chilled, has_frozen
from apps.delivery.states import SECTION_OF, NoteSection, PickingStatus
from apps.donors.states import SupplySource
from apps.kernel.abilities import Actor
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.stock.ledger import Document
from apps.stock.models import Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Grams of a lot at a location that leave with a partner, and their contribution in cents."""

    lot: Lot
    location: Location
    grams: int
    contribution_cents: int

    @property
    def label(self) -> str:
        """The goods in words."""
        return self.lot.label

    @property
    def supply_source(self) -> str:
        """Where the goods came from."""
        return self.lot.supply_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a delivery note: the goods of one kind of source, their grams and contribution."""

    section: NoteSection
    lines: list[Parcel | DeliveryLine]

    @property
    def grams(self) -> int:
        """The weight of the section."""
        return sum(line.grams for line in self.lines)

    @property
    def contribution_cents(self) -> int:
        """The contribution of the section in cents."""
        return sum(line.contribution_cents for line in self.lines)


def pickings_visible_to(actor: Actor) -> QuerySet[PickingList]:
    """Return the picking lists this person may see, with grams reserved and weighed, and lines."""
    if "view" not in abilities(actor):
        return PickingList.objects.none()
    lines = PickLine.objects.filter(picking_list=OuterRef("pk")).order_by().values("picking_list")
    return PickingList.objects.select_related("order__partner", "order__site").annotate(
        reserved_grams=_total(lines, "reserved_grams"),
        picked_grams=_total(lines, "picked_grams"),
        line_count=Coalesce(Subquery(lines.values_list(Count("pk"))), 0),
    )


def pick_lines_of(picking: PickingList) -> list[PickLine]:
    """Return the lines of a picking list in the order of the walk: location, then goods."""
    lines = PickLine.objects.filter(picking_list=picking).select_related(
        "reservation__lot", "reservation__location", "reservation__line"
    )
    return list(lines.order_by("reservation__location__code", "reservation__lot__label", "id"))


def notes_visible_to(actor: Actor) -> QuerySet[DeliveryNote]:
    """Return the delivery notes this person may see, newest first, with their grams."""
    return _weighed(DeliveryNote.objects.all()) if "view" in abilities(actor) else notes_of_charity(actor)


def notes_of_charity(actor: Actor) -> QuerySet[DeliveryNote]:
    """Return the notes of the charity this person speaks for; none for anybody else."""
    if "view_own_notes" not in abilities(actor) or actor.partner_id is None:
        return _weighed(DeliveryNote.objects.none())
    return _weighed(DeliveryNote.objects.filter(partner_id=actor.partner_id))


def _weighed(notes: QuerySet[DeliveryNote]) -> QuerySet[DeliveryNote]:
    lines = DeliveryLine.objects.filter(note=OuterRef("pk")).order_by().values("note")
    return notes.select_related("partner", "picking_list__order__site").annotate(grams=_total(lines, "grams"))


def parcels_of(picking: PickingList, partner: Partner, on: dt.date) -> list[Parcel]:
    """Return what would leave with a picking list today: its weighed grams by lot and location."""
    grams: dict[tuple[UUID, UUID], int] = {}
    seen: dict[tuple[UUID, UUID], PickLine] = {}
    for line in pick_lines_of(picking):
        key = (line.reservation.lot_id, line.reservation.location_id)
        seen.setdefault(key, line)
        grams[key] = grams.get(key, 0) + (line.picked_grams or 0)
    taken = [(line, grams[key]) for key, line in seen.items() if grams[key]]
    weighed = [Weighed(supply_source=line.reservation.lot.supply_source, grams=g) for line, g in taken]
    cents = contribution(weighed, rates_until(on), partner_type=partner.partner_type, on=on)
    return [
        Parcel(lot=line.reservation.lot, location=line.reservation.location, grams=g, contribution_cents=c)
        for (line, g), c in zip(taken, cents, strict=True)
    ]


def sections_of(lines: Iterable[Parcel | DeliveryLine]) -> list[Section]:
    """Return lines by section, in the order of a delivery note; empty sections are left out."""
    found: dict[NoteSection, list[Parcel | DeliveryLine]] = {section: [] for section in NoteSection}
    for line in lines:
        found[SECTION_OF.get(SupplySource(line.supply_source), NoteSection.GIFTS)].append(line)
    return [Section(section=section, lines=group) for section, group in found.items() if group]


def note_lines_of(note: DeliveryNote) -> list[DeliveryLine]:
    """Return the lines of a delivery note with their lots."""
    return list(DeliveryLine.objects.filter(note=note).select_related("lot", "location"))


def cold_needs(parcels: Iterable[Parcel]) -> tuple[bool, bool]:
    """Tell whether chilled goods, and whether frozen goods, are among the parcels."""
    classes = [parcel.lot.temperature_class for parcel in parcels]
    return has_chilled(classes), has_frozen(classes)


def rates_until(day: dt.date) -> list[Rate]:
    """Return the contribution rates that have started by a day."""
    return [
        Rate(
            partner_type=rate.partner_type,
            supply_source=rate.supply_source,
            cents_per_kg=rate.cents_per_kg,
            starts_on=rate.starts_on,
        )
        for rate in ContributionRate.objects.filter(starts_on__lte=day)
    ]


def pickings_due(day: dt.date) -> dict[str, int]:
    """Return how many lists wait: to pick by a day, among them late, and picked ready for handover."""
    to_pick = Q(status=PickingStatus.TO_PICK)
    return PickingList.objects.aggregate(
        to_pick=Count("pk", filter=to_pick & Q(order__wanted_on__lte=day)),
        late=Count("pk", filter=to_pick & Q(order__wanted_on__lt=day)),
        ready=Count("pk", filter=Q(status=PickingStatus.PICKED)),
    )


def document_of(note: DeliveryNote) -> Document:
    """Return how the ledger names a delivery note."""
    return Document(kind="delivery_note", id=note.pk, number=note.number)


def _total(lines: QuerySet[Any, Any], field: str) -> Coalesce:
    return Coalesce(Subquery(lines.values_list(Sum(field))), 0)
