"""The figures of the network, for the federation: consolidated, by bank, one bank, one department."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from apps.impact.charts.tiles import named
from apps.impact.forms import ChartChoice, PeriodChoice
from apps.impact.views.staff import figures_csv, subscription_context
from apps.kernel import clock
from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads
from tenants.federation.abilities import abilities
from tenants.federation.boards import bank_sheet, department_sheet, network_report
from tenants.federation.selectors import BankLine, region_of, regions_served
from tenants.network.flows import flow_report
from tenants.registry.selectors import operating_banks
from tenants.registry.territory import UnknownDepartment, department


@reads
def network_figures(request: StaffRequest) -> HttpResponse:
    """Show the consolidated figures of a period, of the whole network or of one region.

    Raises:
        Forbidden: this person does not work for the federation.
    """
    require(abilities(request.actor), "view")
    regions = regions_served()
    region = request.GET.get("region", "") if request.GET.get("region") in regions else ""
    choice = PeriodChoice(request.GET, clock.today())
    report = network_report(choice.period, region=region, choice=ChartChoice(request.GET))
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show", ""), report)
    banks, exchanges = report.tables
    totals = [total for line in banks.rows for total in line.totals]
    context = {
        **report.context,
        **subscription_context(request.actor),
        "choice": choice,
        "regions": regions,
        "region": region,
        "banks": banks,
        "exchanges": exchanges,
        "whole": BankLine(label=_("Together"), totals=totals),
    }
    return render(request, "federation/network_figures.html", context)


@reads
def flow_board(request: StaffRequest) -> HttpResponse:
    """Show what all banks gave one another, by month; ``?format=csv&show=…`` gives a part as a file.

    Raises:
        Forbidden: this person does not work for the federation.
    """
    require(abilities(request.actor), "view")
    choice = PeriodChoice(request.GET, clock.today())
    report = flow_report(choice.period)
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show") or "months", report)
    return render(request, "network/flows.html", {**report.context, "choice": choice})


@reads
def bank_detail(request: StaffRequest, slug: str) -> HttpResponse:
    """Show the figures of one bank or antenna as it sees them itself, with its territory.

    Raises:
        Forbidden: this person does not work for the federation.
    """
    require(abilities(request.actor), "view")
    bank = get_object_or_404(operating_banks().prefetch_related("antennas"), slug=slug)
    choice = PeriodChoice(request.GET, clock.today())
    report = bank_sheet(bank, choice.period, choice=ChartChoice(request.GET))
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show", ""), report)
    context = {**report.context, "choice": choice, "bank": bank, "region": region_of(bank.department)}
    return render(request, "federation/bank_detail.html", context)


@reads
def department_detail(request: StaffRequest, code: str) -> HttpResponse:
    """Show the figures of the banks that sit in a department or serve it.

    Raises:
        Forbidden: this person does not work for the federation.
        Http404: no department has this code.
    """
    require(abilities(request.actor), "view")
    try:
        home = department(code)
    except UnknownDepartment as error:
        raise Http404 from error
    choice = PeriodChoice(request.GET, clock.today())
    report, lines = department_sheet(code, named(code), choice.period)
    if request.GET.get("format") == "csv":
        return figures_csv(request.GET.get("show", ""), report)
    context = {
        **report.context,
        "choice": choice,
        "department": home,
        "title": report.title,
        "banks": report.tables[0],
        "whole": BankLine(label=_("Together"), totals=[total for line in lines for total in line.totals]),
    }
    return render(request, "federation/department_detail.html", context)
