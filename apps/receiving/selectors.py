"""Reads about receipts, locations to put goods in, temperature limits."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import BigIntegerField, Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.donors.states import PUBLIC_PROGRAMMES, PURCHASES
from apps.kernel import clock
from apps.receiving import rules
from apps.receiving.models import GoodsReceipt, ReceiptLine, TemperatureLimit
from apps.receiving.rules import Dock, Limit
from apps.receiving.states import ReceiptStatus
from apps.sites.models import Location, Site
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


def receipts_expected() -> QuerySet[GoodsReceipt]:
    """Return the receipts to control, the first brought in first."""
    return receipts_listed().filter(status=ReceiptStatus.EXPECTED).order_by("created_at", "pk")


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
