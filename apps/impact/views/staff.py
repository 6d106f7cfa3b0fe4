"""The bank's figures for everybody who works there."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from apps.impact.abilities import abilities
from apps.impact.charts.boards import (
    Table,
    breakdowns,
    families_chart,
    flow_chart,
    period_label,
    sources_chart,
)
from apps.impact.charts.svg import Chart
from apps.impact.forms import PeriodChoice
from apps.impact.selectors import KINDS, Dimension, family_names, totals
from apps.impact.states import DEFINITIONS, UNIT_LABELS, Reading, read_all
from apps.kernel import clock
from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.tables import Column, Kind, csv_response

READING_COLUMNS = [
    Column(label=_("Indicator"), value="definition.name"),
    Column(label=_("Value"), value=lambda reading: reading.definition.bare(reading.value), kind=Kind.NUMBER),
    Column(
        label=_("Before"), value=lambda reading: reading.definition.bare(reading.before), kind=Kind.NUMBER
    ),
    Column(label=_("Unit"), value=lambda reading: UNIT_LABELS[reading.definition.unit]),
    Column(label=_("Formula"), value="definition.formula"),
    Column(label=_("Source"), value="definition.source"),
    Column(label=_("Version"), value="definition.version"),
]


@reads
def indicator_list(request: StaffRequest) -> HttpResponse:
    """Show the key figures of a period beside those of the period before, and what they are made of.

    Raises:
        Forbidden: this person does not work in the bank.
    """
    require(abilities(request.actor), "view")
    today = clock.today()
    choice = PeriodChoice(request.GET, today)
    lived, before = choice.period.so_far(today), choice.period.compared_with(today)
    by = (Dimension.SOURCE, Dimension.FAMILY, Dimension.DETAIL, *KINDS)
    now = totals(lived, *by, standing=True)
    readings = read_all(DEFINITIONS, now, totals(before, Dimension.SOURCE, *KINDS, standing=True))
    names = family_names()
    charts = [flow_chart(totals(lived, Dimension.DAY), lived), sources_chart(now), families_chart(now, names)]
    tables = breakdowns(now, names)
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show", ""), [*charts, *tables], readings)
    return render(
        request,
        "impact/indicator_list.html",
        {
            "choice": choice,
            "period_name": period_label(choice.period),
            "before_name": period_label(before),
            "readings": readings,
            "charts": charts,
            "tables": tables,
            "is_empty": not any(total.grams for total in now),
        },
    )


def figures_csv(show: str, parts: Sequence[Chart | Table], readings: Sequence[Reading]) -> HttpResponse:
    """Return as a file the part of the page that is asked for, the key figures unless named otherwise."""
    for part in parts:
        if part.name == show:
            return csv_response(part.columns, part.rows, name=part.name)
    return csv_response(READING_COLUMNS, readings, name="indicators")
