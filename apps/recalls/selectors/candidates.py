"""The lots of the bank as the ladder compares them, and what a case recalls."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.recalls.models import RecallCase, RecallGroup
from apps.recalls.rules import Candidate, Group, Match, Recall, match_lot, packagings_of, period_of
from apps.stock.models import Lot
from apps.stock.states import Granularity

_READ = (
    "id", "origin_lot_id", "product__gtin", "product__name", "label", "family__name", "supplier_lot",
    "expires_on", "donor_label", "received_on", "granularity",
)  # fmt: skip


def recall_of(case: RecallCase) -> Recall:
    """Return what a case recalls, as the ladder reads it."""
    rows = list(RecallGroup.objects.filter(case=case).order_by("position", "id"))
    since, until = period_of(
        sold_from=case.sold_from, sold_until=case.sold_until, published_on=case.published_on
    )
    return Recall(
        groups=tuple(
            Group(gtin=row.gtin, lot_text=row.lot_text, date_kind=row.date_kind, date_text=row.date_text)
            for row in rows
            if row.gtin or row.lot_text or row.date_text
        ),
        brand=case.brand,
        label=case.title,
        distributors=case.distributors,
        since=since,
        until=until,
        origins=frozenset(row.origin_lot_id for row in rows if row.origin_lot_id),
    )


def lots_found(recall: Recall, *, among: Collection[UUID] | None = None) -> dict[UUID, Match]:
    """Return how a recall means lots of this bank, those that have left included (one query)."""
    lots = Lot.objects.filter(_worth_reading(recall))
    if among is not None:
        lots = lots.filter(pk__in=among)
    return dict(_matched(lots, recall))


def _worth_reading(recall: Recall) -> Q:
    """Return the condition that leaves out lots which no rung could find.

    A lot of an article with a barcode of its own is only met by that barcode, at any packaging level,
    unless the notice has none.
    """
    codes = {code for gtin in recall.gtins for code in packagings_of(gtin)}
    named = Q(product__gtin__in=codes) | Q(origin_lot_id__in=recall.origins) | Q(pk__in=recall.origins)
    unnamed = Q(product=None) | Q(product__gtin="")
    likely = unnamed if recall.gtins else Q(pk__isnull=False)
    if recall.since is not None:
        likely &= Q(received_on__gte=recall.since)
    if recall.until is not None:
        likely &= Q(received_on__lte=recall.until)
    is_named_only = bool(recall.origins) and not (recall.brand or recall.distributors or recall.groups)
    return named if is_named_only else named | likely


def _matched(lots: QuerySet[Lot], recall: Recall) -> Iterator[tuple[UUID, Match]]:
    for row in lots.values(*_READ).iterator(chunk_size=2000):
        match = match_lot(_candidate(row), recall)
        if match is not None:
            yield row["id"], match


def _candidate(row: dict[str, Any]) -> Candidate:
    return Candidate(
        gtin=row["product__gtin"] or "",
        lot_text=row["supplier_lot"],
        expires_on=row["expires_on"],
        names=tuple(filter(None, (row["label"], row["product__name"]))),
        donor=row["donor_label"],
        received_on=row["received_on"],
        is_mix=row["granularity"] == Granularity.FAMILY_MIX,
        ids=frozenset(filter(None, (row["id"], row["origin_lot_id"]))),
    )
