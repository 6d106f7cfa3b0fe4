"""Who gave what to whom, month by month: read from the transfers that were shipped, never from a copy."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.impact.charts.boards import period_label
from apps.impact.charts.columns import Weight
from apps.impact.charts.exchanges import exchange_chart, exchange_matrix
from apps.impact.charts.flows import Ribbon
from apps.impact.charts.reports import Report
from apps.impact.charts.svg import Table
from apps.impact.rules.periods import Period
from apps.kernel import clock, display
from apps.kernel.folding import Fold
from apps.kernel.tables import Column
from tenants.network.models import TransferLine
from tenants.registry.models import erased_name
from tenants.registry.states import BankStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFlow:
    """Grams that one bank shipped to another in a month, what arrived of them, what was lost."""

    month: dt.date
    giver: str
    receiver: str
    shipped_grams: int
    received_grams: int
    lost_grams: int

    @property
    def month_label(self) -> str:
        """The month in words."""
        return date_format(self.month, "F Y")


COLUMNS: Final = [
    Column(label=_("Month"), value="month_label"),
    Column(label=_("From"), value="giver"),
    Column(label=_("To"), value="receiver"),
    Weight(label=_("Shipped"), value="shipped_grams"),
    Weight(label=_("Received"), value="received_grams"),
    Weight(label=_("Lost on the road"), value="lost_grams"),
]


def flows_by_month(period: Period) -> list[MonthFlow]:
    """Return what was shipped within a period, by month, giver and receiver, newest month first (one query).

    A bank's scope shows its own transfers, the federation's all of them.
    """
    shipped = TransferLine.objects.filter(
        shipped_grams__gt=0,
        transfer__shipped_on__gte=period.since,
        transfer__shipped_on__lte=period.until,
    )
    rows = (
        shipped.values(
            month=TruncMonth("transfer__shipped_on"),
            giver=F("transfer__from_bank__name"),
            giver_status=F("transfer__from_bank__status"),
            receiver=F("transfer__to_bank__name"),
            receiver_status=F("transfer__to_bank__status"),
        )
        .annotate(shipped=Sum("shipped_grams"), received=Sum("received_grams"), lost=Sum("lost_grams"))
        .order_by("-month", "-shipped", Fold("giver"), Fold("receiver"))
    )
    return [
        MonthFlow(
            month=row["month"],
            giver=_named(row["giver"], row["giver_status"]),
            receiver=_named(row["receiver"], row["receiver_status"]),
            shipped_grams=row["shipped"],
            received_grams=row["received"],
            lost_grams=row["lost"],
        )
        for row in rows
    ]


def flow_report(period: Period) -> Report:
    """Return the flows of a period: drawn, givers by receivers, and month by month."""
    flows = flows_by_month(period)
    ribbons = _ribbons(flows)
    title = _("Who gave what to whom")
    matrix = exchange_matrix(ribbons, title=_("Givers and receivers")) if ribbons else None
    months = Table(name="months", title=_("Month by month"), columns=COLUMNS, rows=flows)
    return Report(
        title=title,
        period_name=period_label(period),
        before_name="",
        read_at=display.moment(clock.now()),
        readings=[],
        charts=[exchange_chart(ribbons, title=title, unit=_("Weight in kg, from bank to bank"))],
        tables=[months] if matrix is None else [matrix, months],
        is_empty=not flows,
    )


def _ribbons(flows: Sequence[MonthFlow]) -> list[Ribbon]:
    added: dict[tuple[str, str], int] = {}
    for flow in flows:
        ends = (flow.giver, flow.receiver)
        added[ends] = added.get(ends, 0) + flow.shipped_grams
    return [Ribbon(giver=giver, receiver=receiver, grams=grams) for (giver, receiver), grams in added.items()]


def _named(name: str, status: str) -> str:
    return erased_name(name) if status == BankStatus.ERASED else name
