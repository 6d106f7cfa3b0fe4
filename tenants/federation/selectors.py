"""Reads over the whole network: figures, banks and regions, what travels between banks."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from apps.impact.periods import Period, Span
from apps.impact.rules import Total
from apps.impact.selectors import Dimension, Reach, totals
from tenants.library.models import LibraryFamily
from tenants.network.models import TransferLine
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks
from tenants.registry.territory import UnknownDepartment, department, departments


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which figures of the network: the days, and the banks (``None``: all, closed ones included)."""

    period: Period
    banks: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one bank sent to another over a period; ``underway_grams`` have not been accounted for yet."""

    from_label: str
    to_label: str
    shipped_grams: int
    received_grams: int
    lost_grams: int

    @property
    def underway_grams(self) -> int:
        """Grams on the road."""
        return self.shipped_grams - self.received_grams - self.lost_grams


def figures(filters: Filters, *by: Dimension, standing: bool = False) -> list[Total]:
    """Return the figures by flow and by the dimensions asked for: one statement, whatever the banks."""
    return totals(filters.period, *by, reach=Reach.NETWORK, banks=filters.banks, standing=standing)


def members(region: str = "") -> QuerySet[FoodBank]:
    """Return the banks and antennas at work, those of one region when it is named, by name."""
    banks = operating_banks()
    if not region:
        return banks
    return banks.filter(department__in=[d.code for d in departments() if d.region == region])


def regions_served() -> list[str]:
    """Return the regions that have a bank, by name."""
    codes = operating_banks().exclude(department="").order_by().values_list("department", flat=True)
    return sorted({name for name in map(region_of, codes.distinct()) if name})


def region_of(code: str) -> str:
    """Return the region of a department, an empty text where it is not known."""
    try:
        return department(code).region
    except UnknownDepartment:
        return ""


def family_names() -> dict[str, str]:
    """Return the name of each product family of the shared library by its code."""
    return dict(LibraryFamily.objects.values_list("code", "name"))


def exchanges(filters: Filters) -> list[Exchange]:
    """Return what banks sent to one another over a period, by day of departure, the largest first."""
    lines = TransferLine.objects.filter(
        transfer__shipped_on__range=(filters.period.since, filters.period.until)
    )
    if filters.banks is not None:
        ours = Q(transfer__from_bank__in=filters.banks) | Q(transfer__to_bank__in=filters.banks)
        lines = lines.filter(ours)
    added = lines.values(from_label=F("transfer__from_label"), to_label=F("transfer__to_label")).annotate(
        shipped=Sum("shipped_grams"), received=Sum("received_grams"), lost=Sum("lost_grams")
    )
    return [
        Exchange(
            from_label=row["from_label"],
            to_label=row["to_label"],
            shipped_grams=row["shipped"],
            received_grams=row["received"],
            lost_grams=row["lost"],
        )
        for row in added.order_by("-shipped", "from_label", "to_label")
        if row["shipped"]
    ]


def strays() -> list[Total]:
    """Return figures by bank, day and flow that belong to no bank of the register."""
    ever = Period(span=Span.CUSTOM, since=dt.date.min, until=dt.date.max)
    counted = {total.bank_id for total in figures(Filters(period=ever), Dimension.BANK)}
    known = set(FoodBank.objects.values_list("pk", flat=True))
    unknown = tuple(bank_id for bank_id in counted - known if bank_id is not None)
    if not unknown:
        return []
    return figures(Filters(period=ever, banks=unknown), Dimension.BANK, Dimension.DAY)
