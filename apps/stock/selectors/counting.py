"""Counts: what a sheet asks for, what was found, what waits, what a code on a label leads to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from apps.catalogue.models import ProductFamily
from apps.kernel import clock
from apps.kernel.gs1 import NotGs1, read_symbol
from apps.sites.models import Location, Site
from apps.stock.models import Balance, CountEntry, CountLimits, CountLine, CountSheet, Lot
from apps.stock.states import EntryStatus, SheetStatus

PENDING: Final = Q(status=EntryStatus.WAITING) | Q(unsettled_grams__gt=0)
"""Counts of which something is still to be done: the condition of their partial index."""
LOTS_MOST: Final = 20
"""Lots that a typed word may mean; of more, the person types more."""
_ID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountReport:
    """What a sheet found: lines by what became of them, grams and valuation (cents) of the differences."""

    line_count: int
    counted_count: int
    waiting_count: int
    found_grams: int
    missing_grams: int
    unsettled_grams: int
    difference_cents: int

    @property
    def left_count(self) -> int:
        """Lines that nobody has counted."""
        return self.line_count - self.counted_count


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsWaiting:
    """Counts that need somebody: open sheets, differences to approve, goods to settle with orders."""

    open_count: int
    waiting_count: int
    unsettled_count: int
    unsettled_grams: int


def limits_now() -> CountLimits:
    """Return the limits of the open bank; those that nobody set are the usual ones."""
    return CountLimits.objects.first() or CountLimits()


def places_to_count(
    site: Site, *, locations: Sequence[Location], family: ProductFamily | None
) -> list[tuple[UUID, UUID]]:
    """Return the lots and locations where the books hold something, in the order of the walk."""
    inside = Balance.objects.filter(is_inside=True, grams__gt=0, account__location__site=site)
    if locations:
        inside = inside.filter(account__location__in=locations)
    if family is not None:
        inside = inside.filter(account__lot__family=family)
    ordered = inside.order_by(
        "account__location__code", F("account__lot__expires_on").asc(nulls_last=True), "account__lot__number"
    )
    return list(dict.fromkeys(ordered.values_list("account__lot_id", "account__location_id")))


def sheets_with_counts() -> QuerySet[CountSheet]:
    """Return the sheets with ``line_count``, ``counted_count`` and ``waiting_count``."""
    entries = "lines__entries"
    return CountSheet.objects.select_related("site", "family").annotate(
        line_count=Count("lines", distinct=True),
        counted_count=Count("lines", distinct=True, filter=Q(**{f"{entries}__status__in": list(DONE)})),
        waiting_count=Count(entries, distinct=True, filter=Q(**{f"{entries}__status": EntryStatus.WAITING})),
    )


DONE: Final = frozenset({EntryStatus.MATCHED, EntryStatus.WAITING, EntryStatus.POSTED})
"""Of a line with such a count nothing is left to look at."""


def lines_of_sheet(sheet: CountSheet) -> list[CountLine]:
    """Return the lines of a sheet in the order of the walk, each with its counts, the latest first."""
    return list(lines_listed(sheet))


def lines_listed(sheet: CountSheet) -> QuerySet[CountLine]:
    """Return the lines of a sheet as ``lines_of_sheet`` does, to be read page by page."""
    counts = Prefetch("entries", queryset=CountEntry.objects.order_by("-counted_at", "-id"))
    lines = sheet.lines.select_related("sheet", "lot__product", "lot__family", "location__site")
    return lines.prefetch_related(counts).order_by("position", "id")


def latest_of(line: CountLine) -> CountEntry | None:
    """Return the last count of a line that was read with its counts."""
    return next(iter(line.entries.all()), None)


def is_done(line: CountLine) -> bool:
    """Tell whether a line that was read with its counts is counted, and not to be counted again."""
    latest = latest_of(line)
    return latest is not None and latest.status in DONE


def next_line(sheet: CountSheet, *, after: int = 0) -> CountLine | None:
    """Return the first line still to count after a position, else from the beginning."""
    lines = [line for line in lines_of_sheet(sheet) if not is_done(line)]
    return next((line for line in lines if line.position > after), next(iter(lines), None))


def report_of(lines: Sequence[CountLine]) -> CountReport:
    """Return what lines found, from their latest counts (read with ``lines_of_sheet``)."""
    latest = [(line.lot, entry) for line in lines if (entry := latest_of(line)) and is_done(line)]
    for lot, entry in latest:
        entry.lot = lot
    found = [entry for _lot, entry in latest]
    return CountReport(
        line_count=len(lines),
        counted_count=len(found),
        waiting_count=sum(entry.status == EntryStatus.WAITING for entry in found),
        found_grams=sum(max(entry.difference_grams, 0) for entry in found),
        missing_grams=sum(max(-entry.difference_grams, 0) for entry in found),
        unsettled_grams=sum(entry.unsettled_grams for entry in found),
        difference_cents=sum(entry.difference_cents for entry in found),
    )


def entries_listed() -> QuerySet[CountEntry]:
    """Return counts with all that a page says of them."""
    return CountEntry.objects.select_related("lot__product", "location__site", "line__sheet")


def entries_pending() -> QuerySet[CountEntry]:
    """Return the counts that wait for approval or are to be settled with orders, the oldest first."""
    return entries_listed().filter(PENDING).order_by("counted_at", "id")


def counts_waiting() -> CountsWaiting:
    """Return how many counts need somebody today (two queries)."""
    found = CountEntry.objects.filter(PENDING).aggregate(
        waiting_count=Count("pk", filter=Q(status=EntryStatus.WAITING)),
        unsettled_count=Count("pk", filter=Q(unsettled_grams__gt=0)),
        unsettled_grams=Sum("unsettled_grams", default=0),
    )
    return CountsWaiting(open_count=CountSheet.objects.filter(status=SheetStatus.OPEN).count(), **found)


def lots_meant(text: str) -> list[Lot]:
    """Return the lots that a scanned code or typed words mean: of a pallet, an article, a name."""
    lots = Lot.objects.select_related("product", "family").order_by("-received_on", "number")
    return list(lots.filter(_meant(" ".join(text.replace("\x00", " ").split()))).distinct()[:LOTS_MOST])


def _meant(text: str) -> Q:
    if named := _ID.search(text):
        key = UUID(named[0])
        return Q(pk=key) | Q(pallets__pk=key)
    try:
        symbol = read_symbol(text, today=clock.today())
    except NotGs1:
        return _typed(text)
    if symbol.sscc:
        return Q(pallets__number=symbol.sscc)
    gtin = symbol.gtin or symbol.content_gtin
    if not (gtin or symbol.lot):
        return _typed(text)
    article = Q(product__gtin=gtin) if gtin else Q()
    return article & (Q(supplier_lot=symbol.lot) if symbol.lot else Q())


def _typed(text: str) -> Q:
    if not text:
        return Q(pk__in=[])
    digits = text.replace(" ", "")
    exact = Q(number__iexact=text) | Q(pallets__number=digits) | Q(supplier_lot__iexact=text)
    if digits.isdigit() and len(digits) >= 8:
        return exact | Q(product__gtin=digits.zfill(14))
    return exact | Q(label__holds=text)
