"""Reads over the whole network: figures, banks and regions, what travels between banks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.impact import rules
from apps.impact.rules import Total
from apps.impact.rules.periods import Period, Span
from apps.impact.selectors import Dimension, Reach, totals
from apps.kernel.errors import Text
from apps.kernel.folding import by_words
from tenants.library.models import LibraryFamily
from tenants.network.selectors import BankFlow, flows_between_banks
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks
from tenants.registry.territory import UnknownDepartment, department, departments


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which figures of the network: the days, and the banks (``None``: all, closed ones included)."""

    period: Period
    banks: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One bank in the consolidated table; ``slug`` is empty for banks that have left the network."""

    label: Text
    totals: Sequence[Total]
    slug: str = ""

    @property
    def received_grams(self) -> int:
        """Grams of first receipts."""
        return rules.received(self.totals)

    @property
    def handed_over_grams(self) -> int:
        """Grams handed over to partners."""
        return rules.handed_over(self.totals)

    @property
    def lost_grams(self) -> int:
        """Grams lost."""
        return rules.lost(self.totals)

    @property
    def shipped_grams(self) -> int:
        """Grams shipped to other banks."""
        return rules.shipped(self.totals)

    @property
    def arrived_grams(self) -> int:
        """Grams that came from other banks."""
        return rules.arrived(self.totals)

    @property
    def stock_grams(self) -> int:
        """Grams in stock at the end of the period."""
        return rules.stock(self.totals)

    @property
    def meals(self) -> int:
        """Meals handed over."""
        return rules.meals(self.totals)


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
    return sorted({name for name in map(region_of, codes.distinct()) if name}, key=by_words)


def region_of(code: str) -> str:
    """Return the region of a department, an empty text where it is not known."""
    try:
        return department(code).region
    except UnknownDepartment:
        return ""


def family_names() -> dict[str, str]:
    """Return the name of each product family of the shared library by its code."""
    return dict(LibraryFamily.objects.values_list("code", "name"))


def bank_lines(filters: Filters, banks: Sequence[FoodBank]) -> list[BankLine]:
    """Return the figures of each bank, those without any too; banks that left are added up in one line."""
    found = rules.by_bank(figures(filters, Dimension.BANK, Dimension.FOOD, standing=True))
    lines = [BankLine(label=bank.name, slug=bank.slug, totals=found.pop(bank.pk, [])) for bank in banks]
    rest = [total for totals_left in found.values() for total in totals_left]
    return [*lines, BankLine(label=_("Banks no longer at work"), totals=rest)] if rest else lines


def exchanges(filters: Filters) -> list[BankFlow]:
    """Return what banks sent to one another over a period, by day of departure, the largest first."""
    flows = flows_between_banks(since=filters.period.since, until=filters.period.until)
    if filters.banks is None:
        return flows
    return [flow for flow in flows if {flow.from_bank_id, flow.to_bank_id} & set(filters.banks)]


def strays() -> list[Total]:
    """Return figures by bank, day and flow that belong to no bank of the register."""
    ever = Period(span=Span.CUSTOM, since=dt.date.min, until=dt.date.max)
    counted = {total.bank_id for total in figures(Filters(period=ever), Dimension.BANK)}
    known = set(FoodBank.objects.values_list("pk", flat=True))
    unknown = tuple(bank_id for bank_id in counted - known if bank_id is not None)
    if not unknown:
        return []
    return figures(Filters(period=ever, banks=unknown), Dimension.BANK, Dimension.DAY)
