"""Reads about receipts, locations to put goods in, temperature limits."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BigIntegerField, Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from apps.donors.states import PUBLIC_PROGRAMMES, PURCHASES
from apps.kernel import clock
from apps.kernel.files import files_about
from apps.kernel.folding import Fold
from apps.kernel.models import StoredFile
from apps.receiving import rules
from apps.receiving.models import (
    CollectionShop,
    GoodsReceipt,
    NationalCollection,
    ReceiptLine,
    TemperatureLimit,
    Weighing,
)
from apps.receiving.rules import Dock, Limit
from apps.receiving.states import ReceiptStatus
from apps.sites.models import Location, Site
from apps.sites.rules import Suggestion
from apps.sites.selectors import addressed, legal_of, letterhead_now
from apps.sites.states import LocationPurpose

_PURPOSES = (LocationPurpose.STORAGE, LocationPurpose.RECEIVING, LocationPurpose.DISPATCH)


def receipts_listed() -> QuerySet[GoodsReceipt]:
    """Return receipts with donor, site, stop and the grams expected, accepted and refused."""
    grams = BigIntegerField()
    return GoodsReceipt.objects.select_related("donor", "site", "stop").annotate(
        expected_grams=Coalesce(Sum("lines__expected_grams"), 0, output_field=grams),
        accepted_grams=Coalesce(Sum("lines__accepted_grams"), 0, output_field=grams),
        refused_grams=Coalesce(Sum("lines__refused_grams"), 0, output_field=grams),
    )


def receipts_with_lines() -> QuerySet[GoodsReceipt]:
    """Return receipts with what a sheet or a note shows: lines, locations, pick-up, lots made of them."""
    lines = ReceiptLine.objects.select_related("product", "family", "location", "lot")
    return (
        receipts_listed()
        .select_related("stop__round", "stop__offer")
        .prefetch_related(Prefetch("lines", queryset=lines))
    )


def parties_of(receipt: GoodsReceipt) -> dict[str, Any]:
    """Return who gave and who received: as the receipt kept it, else as they are called now."""
    return receipt.parties or {
        "issuer": legal_of(letterhead_now()),
        "site": addressed(receipt.site),
        "donor": {**addressed(receipt.donor), "code": receipt.donor.code},
    }


def counts_by_status() -> dict[str, int]:
    """Return how many receipts stand in each state; states without any are absent."""
    return dict(GoodsReceipt.objects.order_by().values_list("status").annotate(found=Count("pk")))


def expected_since(*, before: dt.datetime) -> dict[str, int]:
    """Return how many receipts wait, and how many of them have waited since before an instant."""
    waiting = GoodsReceipt.objects.filter(status=ReceiptStatus.EXPECTED)
    return waiting.aggregate(waiting=Count("pk"), late=Count("pk", filter=Q(created_at__lt=before)))


def temperature_limits() -> dict[str, Limit]:
    """Return the limit of each temperature class in this bank: its own, else the network's."""
    own = {row.temperature_class: Limit(row.max_c, row.tolerance_c) for row in TemperatureLimit.objects.all()}
    return {**rules.USUAL_LIMITS, **own}


def dock_of(receipt: GoodsReceipt) -> Dock:
    """Return what the control of a receipt is held against today.

    The bank takes charge at the donor's door when it fetches the goods, else when they arrive.
    """
    today = clock.today()
    fetched = receipt.stop.done_at if receipt.stop else None
    return Dock(
        today=today,
        taken_on=clock.day_of(fetched) if fetched else today,
        is_gift=receipt.supply_source not in PURCHASES | PUBLIC_PROGRAMMES,
        limits=temperature_limits(),
    )


def suggested_places(receipt: GoodsReceipt) -> dict[UUID, Suggestion]:
    """Return where each line of a receipt is best put, by its id, as the setting ``PUT_AWAY`` answers.

    What lies where is the stock's to know, and the stock comes later: the project names who answers.
    """
    answer: dict[UUID, Suggestion] = import_string(settings.PUT_AWAY)(receipt)
    return answer


def locations_in_use(site: Site) -> list[Location]:
    """Return the locations of a site where goods may be put, by code."""
    return list(Location.objects.active().filter(site=site).order_by("code"))


def locations_for(temperature_class: str, locations: Iterable[Location]) -> list[Location]:
    """Keep the locations at the right temperature, the best one first: usual zone, storage, code."""
    zones = rules.zones_for(temperature_class)
    fit = [location for location in locations if location.zone in zones]
    return sorted(fit, key=lambda each: (zones.index(each.zone), _rank(each.purpose), each.code))


def _rank(purpose: str) -> int:
    ranks: Mapping[str, int] = {known.value: rank for rank, known in enumerate(_PURPOSES)}
    return ranks.get(purpose, len(ranks))


_GRAMS = BigIntegerField()
_STANDING = Q(weighings__undone_at__isnull=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a collection is (grams): weighed at the shops, sorted into stock, thrown away at sorting."""

    weighed_grams: int
    sorted_grams: int
    wasted_grams: int

    @property
    def handled_grams(self) -> int:
        """What has gone through sorting, kept or not."""
        return self.sorted_grams + self.wasted_grams

    @property
    def remaining_grams(self) -> int:
        """What is still to sort; nothing once sorting has passed what was weighed."""
        return max(0, self.weighed_grams - self.handled_grams)


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedFamily:
    """What sorting made of a collection in one family: grams kept and thrown away."""

    family: str
    accepted_grams: int
    refused_grams: int


def collections_listed() -> QuerySet[NationalCollection]:
    """Return collections with their site, the grams weighed, sorted and thrown away, and their shops."""
    lines = ReceiptLine.objects.filter(
        receipt__donor=OuterRef("donor"), receipt__status=ReceiptStatus.POSTED
    ).order_by()
    weighings = Weighing.objects.filter(shop__collection=OuterRef("pk"), undone_at__isnull=True).order_by()
    return NationalCollection.objects.select_related("site", "donor").annotate(
        weighed_grams=_summed(weighings, "shop__collection", "grams"),
        sorted_grams=_summed(lines, "receipt__donor", "accepted_grams"),
        wasted_grams=_summed(lines, "receipt__donor", "refused_grams"),
        shop_count=Count("shops"),
    )


def _summed(rows: QuerySet[Any], by: str, column: str) -> Coalesce:
    summed = rows.values(by).annotate(summed=Sum(column)).values("summed")
    return Coalesce(Subquery(summed, output_field=_GRAMS), 0, output_field=_GRAMS)


def progress_of(collection: NationalCollection) -> Progress:
    """Return how far a collection is, read now (one query)."""
    found: Any = collections_listed().get(pk=collection.pk)
    return Progress(
        weighed_grams=found.weighed_grams,
        sorted_grams=found.sorted_grams,
        wasted_grams=found.wasted_grams,
    )


def shops_of(collection: NationalCollection) -> QuerySet[CollectionShop]:
    """Return the shops of a collection by name: their grams, how often and when they were weighed last."""
    return (
        CollectionShop.objects.filter(collection=collection)
        .select_related("donor", "collection")
        .annotate(
            weighed_grams=Coalesce(Sum("weighings__grams", filter=_STANDING), 0, output_field=_GRAMS),
            weighing_count=Count("weighings", filter=_STANDING),
            weighed_last=Max("weighings__created_at", filter=_STANDING),
        )
        .order_by(Fold("name"), Fold("city"), "pk")
    )


def shop_of(shop: CollectionShop) -> CollectionShop:
    """Return a shop with its grams and those of its collection, read now."""
    found = shops_of(shop.collection).annotate(
        collection_grams=_summed(
            Weighing.objects.filter(
                shop__collection=OuterRef("collection"), undone_at__isnull=True
            ).order_by(),
            "shop__collection",
            "grams",
        )
    )
    return found.get(pk=shop.pk)


def weighings_of(shop: CollectionShop, *, most: int) -> list[Weighing]:
    """Return the last weighings of a shop that stand, newest first."""
    standing = Weighing.objects.filter(shop=shop, undone_at__isnull=True)
    return list(standing.select_related("container", "shop")[:most])


def sorted_families(collection: NationalCollection) -> list[SortedFamily]:
    """Return what sorting made of a collection, family by family, the heaviest first (one query)."""
    lines = ReceiptLine.objects.filter(
        receipt__donor=collection.donor_id, receipt__status=ReceiptStatus.POSTED
    )
    rows = (
        lines.order_by()
        .values("family__name")
        .annotate(kept=Sum("accepted_grams"), lost=Sum("refused_grams"))
    )
    found = [
        SortedFamily(family=r["family__name"], accepted_grams=r["kept"], refused_grams=r["lost"])
        for r in rows
    ]
    return sorted(found, key=lambda each: (-each.accepted_grams, each.family))


def photos_of(receipt: GoodsReceipt) -> dict[UUID, list[StoredFile]]:
    """Return the photographs of a receipt read with its lines, by line, the first one first (one query)."""
    found: dict[UUID, list[StoredFile]] = {}
    for photo in files_about(receipt.lines.all()).order_by("created_at", "pk"):
        found.setdefault(photo.record_id, []).append(photo)
    return found
