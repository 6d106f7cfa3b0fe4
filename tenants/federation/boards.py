"""What the federation's pages, reports and mails show: the network or a region, one bank, one department."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.impact.charts.boards import (
    Part,
    bars_chart,
    breakdowns,
    families_chart,
    period_label,
    sources_chart,
)
from apps.impact.charts.columns import Weight
from apps.impact.charts.exchanges import exchange_chart
from apps.impact.charts.flows import Ribbon
from apps.impact.charts.maps import map_chart
from apps.impact.charts.over_time import Split, flow_chart, split_chart
from apps.impact.charts.reports import Report
from apps.impact.charts.svg import Chart, Table
from apps.impact.charts.tiles import Place
from apps.impact.forms import ChartChoice
from apps.impact.rules import share
from apps.impact.rules.periods import Period
from apps.impact.selectors import KINDS, Dimension
from apps.impact.states import DEFINITIONS, IN_TRANSIT, LEDGER, read_all
from apps.kernel import clock, display
from apps.kernel.tables import Column, Kind
from tenants.federation.selectors import (
    BankLine,
    Filters,
    bank_lines,
    exchanges,
    family_names,
    figures,
    members,
)
from tenants.network.selectors import BankFlow
from tenants.registry.models import FoodBank

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
DAILY: Final = (Dimension.DAY, Dimension.SOURCE, Dimension.FOOD, Dimension.FRESH)


def network_report(period: Period, *, region: str = "", choice: ChartChoice | None = None) -> Report:
    """Return the figures of the network or of one region over a period, beside those of the period before."""
    banks = list(members(region))
    lived, before = _filters(period, tuple(bank.pk for bank in banks) if region else None)
    now = figures(lived, *EVERYTHING, standing=True)
    lines, flows = bank_lines(lived, banks), exchanges(lived)
    definitions = DEFINITIONS if region else (*DEFINITIONS, IN_TRANSIT)
    return Report(
        title=region or _("National figures"),
        period_name=period_label(period),
        before_name=period_label(before.period),
        read_at=display.moment(clock.now()),
        readings=read_all(definitions, now, figures(before, *KINDS, standing=True)),
        charts=[
            *_over_time(lived, choice),
            _map(banks, lines),
            surplus_chart(flows),
            _banks_chart(lines),
            sources_chart(now),
            families_chart(now, family_names()),
        ],
        tables=[
            Table(name="banks", title=_("By food bank"), columns=BANK_COLUMNS, rows=lines),
            exchange_table(flows),
        ],
        is_empty=not any(total.grams for total in now),
    )


def bank_sheet(bank: FoodBank, period: Period, *, choice: ChartChoice | None = None) -> Report:
    """Return the figures of one bank or antenna as the federation reads them."""
    lived, before = _filters(period, (bank.pk,))
    now = figures(lived, *EVERYTHING, standing=True)
    names, flows = family_names(), exchanges(lived)
    return Report(
        title=bank.name,
        period_name=period_label(period),
        before_name=period_label(before.period),
        read_at=display.moment(clock.now()),
        readings=read_all(DEFINITIONS, now, figures(before, *KINDS, standing=True)),
        charts=[
            *_over_time(lived, choice),
            surplus_chart(flows),
            sources_chart(now),
            families_chart(now, names),
        ],
        tables=[*breakdowns(now, names), exchange_table(flows)],
        is_empty=not any(total.grams for total in now),
    )


def department_sheet(code: str, name: str, period: Period) -> tuple[Report, list[BankLine]]:
    """Return the figures of the banks that work in a department, together and one by one."""
    banks = [bank for bank in members() if code in codes_of(bank)]
    lived, before = _filters(period, tuple(bank.pk for bank in banks))
    now = figures(lived, *KINDS, standing=True)
    lines = bank_lines(lived, banks)
    report = Report(
        title=name,
        period_name=period_label(period),
        before_name=period_label(before.period),
        read_at=display.moment(clock.now()),
        readings=read_all(DEFINITIONS, now, figures(before, *KINDS, standing=True)),
        charts=[],
        tables=[Table(name="banks", title=_("By food bank"), columns=BANK_COLUMNS, rows=lines)],
        is_empty=not banks,
    )
    return report, lines


def codes_of(bank: FoodBank) -> set[str]:
    """Return the departments that a bank serves or sits in."""
    served = {territory.department for territory in bank.territories.all()}
    return served | ({bank.department} if bank.department else set())


def surplus_chart(flows: Sequence[BankFlow]) -> Chart:
    """Draw what banks gave one another."""
    ribbons = [
        Ribbon(giver=flow.from_label, receiver=flow.to_label, grams=flow.shipped_grams) for flow in flows
    ]
    return exchange_chart(
        ribbons, title=_("Surplus from bank to bank"), unit=_("Weight in kg, from bank to bank")
    )


def exchange_table(flows: Sequence[BankFlow]) -> Table:
    """Return what banks sent to one another, and what became of it."""
    return Table(name="exchanges", title=_("Between food banks"), columns=EXCHANGE_COLUMNS, rows=flows)


def _filters(period: Period, banks: tuple[UUID, ...] | None) -> tuple[Filters, Filters]:
    """Return the days already lived of a period, and the days they are compared with."""
    today = clock.today()
    lived = Filters(period=period.so_far(today), banks=banks)
    return lived, Filters(period=period.compared_with(today), banks=banks)


def _over_time(lived: Filters, choice: ChartChoice | None) -> list[Chart]:
    days = figures(lived, *DAILY)
    split = split_chart(
        days,
        lived.period,
        split=choice.split if choice else Split.SOURCE,
        as_shares=bool(choice and choice.as_shares),
    )
    return [flow_chart(days, lived.period), replace(split, ways=choice.ways if choice else ())]


def _map(banks: Sequence[FoodBank], lines: Sequence[BankLine]) -> Chart:
    """Draw what was handed over where the banks sit; a department leads to its bank, or to all of them."""
    handed = {line.slug: line.handed_over_grams for line in lines if line.slug}
    here: defaultdict[str, list[FoodBank]] = defaultdict(list)
    for bank in banks:
        for code in sorted(codes_of(bank)):
            here[code].append(bank)
    places = {code: _place(code, found, handed) for code, found in sorted(here.items())}
    return map_chart(
        places,
        title=_("Handed over by department of the bank’s seat"),
        source=LEDGER,
        served=_("Served from elsewhere"),
    )


def _place(code: str, banks: Sequence[FoodBank], handed: dict[str, int]) -> Place:
    seated = [bank for bank in banks if bank.department == code]
    name, key = ("bank", banks[0].slug) if len(banks) == 1 else ("department", code)
    url = reverse(f"federation_{name}_detail", urlconf=settings.FEDERATION_URLCONF, args=[key])
    return Place(value=sum(handed.get(bank.slug, 0) for bank in seated) if seated else None, url=url)


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
