"""Reads about picking, delivery notes and the solidarity contribution."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.text import slugify

from apps.delivery.abilities import abilities
from apps.delivery.models import ContributionRate, DeliveryLine, DeliveryNote, PickingList, PickLine
from apps.delivery.rules import Rate, Weighed, contribution, has_chilled, has_frozen
from apps.delivery.states import SECTION_OF, NoteSection, PickingStatus
from apps.donors.states import SupplySource, is_kept_apart
from apps.kernel.abilities import Actor
from apps.kernel.folding import Fold
from apps.orders.states import OPEN
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.sites.selectors import addressed, legal_of, letterhead_now
from apps.stock.ledger import Document
from apps.stock.models import Lot, Movement
from apps.stock.selectors import Given, given_with, returns_with

PROMISES: Final = """
WITH held AS (
    SELECT held.lot_id, held.location_id, held.grams, coalesce(line.reserved_grams, held.grams) AS listed,
           greatest(coalesce(line.reserved_grams, held.grams), line.picked_grams) AS promised
    FROM orders_reservation AS held
    JOIN orders_orderline AS wish ON wish.id = held.line_id
    JOIN orders_order AS placed ON placed.id = wish.order_id
    LEFT JOIN delivery_pickline AS line ON line.reservation_id = held.id
    WHERE placed.status = ANY (%(open)s)
), elsewhere AS (
    SELECT moved.lot_id, account.location_id,
           sum(CASE moved.kind WHEN 'reserve' THEN moved.grams ELSE -moved.grams END)::bigint AS grams
    FROM stock_movement AS moved
    JOIN stock_account AS account ON account.id =
        CASE moved.kind WHEN 'reserve' THEN moved.destination_id ELSE moved.source_id END
    WHERE moved.document_kind = 'surplus' AND moved.kind IN ('reserve', 'release')
    GROUP BY moved.lot_id, account.location_id
), promised AS (
    SELECT lot_id, location_id, sum(grams)::bigint AS grams FROM (
        SELECT lot_id, location_id, promised AS grams FROM held
        UNION ALL SELECT lot_id, location_id, grams FROM elsewhere
    ) AS every_hold GROUP BY lot_id, location_id
), kept AS (
    SELECT account.lot_id, account.location_id, balance.grams
    FROM stock_balance AS balance JOIN stock_account AS account ON account.id = balance.account_id
    WHERE account.kind = 'reserved' AND balance.grams <> 0
), broken AS (
    SELECT lot_id, location_id, coalesce(promised.grams, 0) AS promised, 'the ledger keeps' AS other,
           coalesce(kept.grams, 0) AS kept
    FROM promised FULL JOIN kept USING (lot_id, location_id)
    WHERE coalesce(promised.grams, 0) <> coalesce(kept.grams, 0)
    UNION ALL
    SELECT lot_id, location_id, grams, 'a picking list says', listed FROM held WHERE grams <> listed
)
SELECT lot.number, location.name, broken.promised, broken.other, broken.kept
FROM broken JOIN stock_lot AS lot ON lot.id = broken.lot_id
JOIN sites_location AS location ON location.id = broken.location_id
ORDER BY lot.number, location.name
"""
"""An order holds what was reserved for it, or what was weighed where that is more.

What is reserved under the paper of a surplus is promised to other banks, whose own proof compares it with
that paper.
"""


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """Grams that open orders hold of a lot at a location, and what the ledger or a picking list says."""

    lot_number: str
    place: str
    promised_grams: int
    other: str
    kept_grams: int

    @property
    def grams(self) -> int:
        """How much the orders hold beyond what is kept for them; below zero: kept for nobody."""
        return self.promised_grams - self.kept_grams

    def __str__(self) -> str:
        return (
            f"lot {self.lot_number}, reserved ({self.place}): orders hold {self.promised_grams} g, "
            f"{self.other} {self.kept_grams} g, difference {self.grams:+d} g"
        )


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

    def packed(self, grams: int) -> str:
        """Write a weight in the units of the goods."""
        return self.lot.packed(grams)

    @property
    def supply_source(self) -> str:
        """Where the goods came from."""
        return self.lot.supply_source

    @property
    def kept(self) -> Lot:
        """What says date and temperature: the lot, before the note keeps them."""
        return self.lot

    @property
    def lot_words(self) -> str:
        """The number of the lot, with the one on its label."""
        return " · ".join(filter(None, [self.lot.number, self.lot.supplier_lot]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a delivery note: the goods of one kind of source, their grams and contribution.

    Goods of a public programme have a part for each of its campaigns.
    """

    section: NoteSection
    lines: list[Parcel | DeliveryLine]
    campaign: str = ""

    @property
    def key(self) -> str:
        """What tells the sections of a note apart, as an element's id holds it."""
        return f"{self.section.value}-{slugify(self.campaign)}" if self.campaign else self.section.value

    @property
    def title(self) -> str:
        """The section in words, with its campaign."""
        return " · ".join(filter(None, [str(self.section.label), self.campaign]))

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
    """Return the lines of a picking list in the order of the walk: location, then goods.

    Goods that the order gave back are on it no more.
    """
    lines = PickLine.objects.filter(picking_list=picking, reserved_grams__gt=0).select_related(
        "reservation__lot__product", "reservation__location", "reservation__line"
    )
    return list(lines.order_by("reservation__location__code", Fold("reservation__lot__label"), "id"))


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
    """Return lines by section and campaign, in the order of a delivery note; empty ones are left out."""
    found: dict[NoteSection, dict[str, list[Parcel | DeliveryLine]]] = {each: {} for each in NoteSection}
    for line in lines:
        section = SECTION_OF.get(SupplySource(line.supply_source), NoteSection.GIFTS)
        campaign = line.lot.campaign if is_kept_apart(line.supply_source) else ""
        found[section].setdefault(campaign, []).append(line)
    return [
        Section(section=section, lines=group, campaign=campaign)
        for section, campaigns in found.items()
        for campaign, group in sorted(campaigns.items())
    ]


def note_lines_of(note: DeliveryNote) -> list[DeliveryLine]:
    """Return the lines of a delivery note with their lots."""
    return list(DeliveryLine.objects.filter(note=note).select_related("lot", "location"))


def packing_kept(lot: Lot) -> dict[str, Any] | None:
    """Return how goods are packed, as a note keeps it; nothing for goods that are only weighed."""
    if lot.product is None:
        return None
    return {**asdict(lot.product.packing), "unit_label": lot.product.unit_label}


def parties_of(note: DeliveryNote) -> dict[str, Any]:
    """Return who gives and who takes: as the note kept it, else as they are called now."""
    return note.parties or {
        "issuer": legal_of(letterhead_now()),
        "site": addressed(note.picking_list.order.site),
        "partner": {**addressed(note.partner), "code": note.partner.code},
    }


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


def notes_with_lines(notes: QuerySet[DeliveryNote]) -> QuerySet[DeliveryNote]:
    """Return notes with all that their papers show, in a number of statements that does not grow."""
    lines = DeliveryLine.objects.select_related("lot")
    return notes.select_related("partner", "picking_list__order__site").prefetch_related(
        Prefetch("lines", queryset=lines)
    )


def notes_of_day(day: dt.date) -> QuerySet[DeliveryNote]:
    """Return the notes of what was delivered on a day, by number."""
    return DeliveryNote.objects.filter(delivered_on=day).order_by("number", "pk")


def last_day_of_notes() -> dt.date | None:
    """Return the latest day that has delivery notes."""
    return DeliveryNote.objects.order_by("-delivered_on").values_list("delivered_on", flat=True).first()


def document_of(note: DeliveryNote) -> Document:
    """Return how the ledger names a delivery note."""
    return Document(kind="delivery_note", id=note.pk, number=note.number)


def given_of(note: DeliveryNote) -> dict[UUID, Given]:
    """Return what a note gave and what of it came back, by lot (two queries)."""
    return given_with(note.pk, _lots_of(note))


def returns_of(note: DeliveryNote) -> list[Movement]:
    """Return what came back of a note, newest first (two queries)."""
    return returns_with(note.pk, _lots_of(note))


def _lots_of(note: DeliveryNote) -> list[UUID]:
    return list(note.lines.values_list("lot", flat=True))


def language_read_at(email: str) -> str:
    """Return the language of the person of this bank who has an address, else the product's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.own_reader(%s)", [email])
        (language,) = cursor.fetchone()
    return language or settings.LANGUAGE_CODE


def promises_verify() -> list[BrokenPromise]:
    """Compare what open orders hold with what the ledger has reserved, lot by lot and place by place.

    One statement: it sees one instant, and may be asked while everybody works.
    """
    with connection.cursor() as cursor:
        cursor.execute(PROMISES, {"open": sorted(str(status) for status in OPEN)})
        return [BrokenPromise(*row) for row in cursor.fetchall()]


def _total(lines: QuerySet[Any, Any], field: str) -> Coalesce:
    return Coalesce(Subquery(lines.values_list(Sum(field))), 0)
