"""The figures of the network, for the federation: consolidated, by bank, one bank."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from apps.impact.charts.boards import (
    Part,
    Table,
    Weight,
    bars_chart,
    breakdowns,
    families_chart,
    flow_chart,
    period_label,
    sources_chart,
)
from apps.impact.charts.svg import Chart
from apps.impact.forms import PeriodChoice
from apps.impact.rules import share
from apps.impact.selectors import KINDS, Dimension
from apps.impact.states import DEFINITIONS, IN_TRANSIT, read_all
from apps.impact.views.staff import figures_csv
from apps.kernel import clock
from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.tables import Column, Kind
from tenants.federation.abilities import abilities
from tenants.federation.selectors import (
    BankLine,
    Filters,
    bank_lines,
    exchanges,
    family_names,
    figures,
    members,
    region_of,
    regions_served,
)
from tenants.registry.selectors import operating_banks

BANK_COLUMNS: Final = [
    Column(label=_("Food bank"), value="label"),
    Weight(label=_("Received"), value="received_grams"),
    Weight(label=_("Handed over"), value="handed_over_grams"),
    Weight(label=_("Lost"), value="lost_grams"),
    Weight(label=_("Shipped"), value="shipped_grams"),
    Weight(label=_("Arrived"), value="arrived_grams"),
    Weight(label=_("In stock"), value="stock_grams"),
    Column(label=_("Meals"), value="meals", kind=Kind.NUMBER),
]
EXCHANGE_COLUMNS: Final = [
    Column(label=_("From"), value="from_label"),
    Column(label=_("To"), value="to_label"),
    Weight(label=_("Shipped"), value="shipped_grams"),
    Weight(label=_("Received"), value="received_grams"),
    Weight(label=_("Lost on the road"), value="lost_grams"),
    Weight(
        label=_("On the road"),
        value=lambda flow: flow.shipped_grams - flow.received_grams - flow.lost_grams,
    ),
]
EVERYTHING: Final = (Dimension.SOURCE, Dimension.FAMILY, Dimension.DETAIL, *KINDS)


@reads
def network_figures(request: StaffRequest) -> HttpResponse:
    """Show the consolidated figures of a period, of the whole network or of one region.

    Raises:
        Forbidden: this person does not work for the federation.
    """
    require(abilities(request.actor), "view")
    regions = regions_served()
    region = request.GET.get("region", "") if request.GET.get("region") in regions else ""
    banks = list(members(region))
    choice, lived, before = _filters(request, tuple(bank.pk for bank in banks) if region else None)
    now = figures(lived, *EVERYTHING, standing=True)
    definitions = DEFINITIONS if region else (*DEFINITIONS, IN_TRANSIT)
    readings = read_all(definitions, now, figures(before, *KINDS, standing=True))
    lines = bank_lines(lived, banks)
    charts = [
        flow_chart(figures(lived, Dimension.DAY), lived.period),
        _banks_chart(lines),
        sources_chart(now),
        families_chart(now, family_names()),
    ]
    tables = [
        Table(name="banks", title=_("By food bank"), columns=BANK_COLUMNS, rows=lines),
        Table(
            name="exchanges", title=_("Between food banks"), columns=EXCHANGE_COLUMNS, rows=exchanges(lived)
        ),
    ]
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show", ""), [*charts, *tables], readings)
    return render(
        request,
        "federation/network_figures.html",
        {
            **_words(choice, before),
            "regions": regions,
            "region": region,
            "readings": readings,
            "charts": charts,
            "banks": tables[0],
            "exchanges": tables[1],
            "whole": BankLine(label=_("Together"), totals=now),
            "columns": BANK_COLUMNS,
        },
    )


@reads
def bank_detail(request: StaffRequest, slug: str) -> HttpResponse:
    """Show the figures of one bank or antenna as it sees them itself, with its territory.

    Raises:
        Forbidden: this person does not work for the federation.
    """
    require(abilities(request.actor), "view")
    bank = get_object_or_404(operating_banks().prefetch_related("antennas"), slug=slug)
    choice, lived, before = _filters(request, (bank.pk,))
    now = figures(lived, *EVERYTHING, standing=True)
    readings = read_all(DEFINITIONS, now, figures(before, *KINDS, standing=True))
    names = family_names()
    charts = [
        flow_chart(figures(lived, Dimension.DAY), lived.period),
        sources_chart(now),
        families_chart(now, names),
    ]
    tables = [
        *breakdowns(now, names),
        Table(
            name="exchanges", title=_("Between food banks"), columns=EXCHANGE_COLUMNS, rows=exchanges(lived)
        ),
    ]
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show", ""), [*charts, *tables], readings)
    return render(
        request,
        "federation/bank_detail.html",
        {
            **_words(choice, before),
            "bank": bank,
            "region": region_of(bank.department),
            "readings": readings,
            "charts": charts,
            "tables": tables,
        },
    )


def _filters(request: StaffRequest, banks: tuple[UUID, ...] | None) -> tuple[PeriodChoice, Filters, Filters]:
    """Return the period asked for, its days already lived, and the days they are compared with."""
    today = clock.today()
    choice = PeriodChoice(request.GET, today)
    lived = Filters(period=choice.period.so_far(today), banks=banks)
    return choice, lived, Filters(period=choice.period.compared_with(today), banks=banks)


def _words(choice: PeriodChoice, before: Filters) -> dict[str, object]:
    return {
        "choice": choice,
        "period_name": period_label(choice.period),
        "before_name": period_label(before.period),
    }


def _banks_chart(lines: Sequence[BankLine]) -> Chart:
    """Draw what each bank handed over, the largest first."""
    whole = sum(line.handed_over_grams for line in lines)
    ranked = sorted(lines, key=lambda line: -line.handed_over_grams)
    return bars_chart(
        "handed-over-by-bank",
        title=_("Handed over by food bank"),
        heading=_("Food bank"),
        lines=[
            Part(label=line.label, grams=line.handed_over_grams, share=share(line.handed_over_grams, whole))
            for line in ranked
            if line.handed_over_grams
        ],
        finding=_("%(first)s handed over the most: %(weight)s, %(share)s of the whole."),
    )
