"""The bank's figures for everybody who works there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.impact.abilities import abilities
from apps.impact.charts.bank import bank_report
from apps.impact.charts.reports import Report
from apps.impact.forms import ChartChoice, PeriodChoice
from apps.impact.selectors import is_subscribed
from apps.impact.states import UNIT_LABELS
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.models import new_id
from apps.kernel.tables import Column, Kind, csv_response
from apps.partners.abilities import abilities as partner_abilities

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
    choice = PeriodChoice(request.GET, clock.today())
    report = bank_report(
        choice.period, choice=ChartChoice(request.GET), partners_url=_partners_url(request.actor)
    )
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show", ""), report)
    context = {**report.context, **subscription_context(request.actor), "choice": choice}
    return render(request, "impact/indicator_list.html", context)


def subscription_context(actor: Actor) -> dict[str, object]:
    """Return what the panel of the monthly report shows a person; nothing to who may not ask for it."""
    if "subscribe" not in abilities(actor):
        return {}
    return {"may_subscribe": True, "is_subscribed": is_subscribed(actor), "op_key": new_id()}


def figures_csv(show: str, report: Report) -> HttpResponse:
    """Return as a file the part of the page that is asked for, the key figures unless named otherwise."""
    for piece in report.pieces:
        if piece.name == show:
            return csv_response(piece.columns, piece.rows, name=piece.name)
    return csv_response(READING_COLUMNS, report.readings, name="indicators")


def _partners_url(actor: Actor) -> str:
    return reverse("partners_partner_list") if "view" in partner_abilities(actor) else ""
