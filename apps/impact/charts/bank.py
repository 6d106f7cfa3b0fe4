"""The figures of the open bank over a period, as its page, its report and its mail show them."""

from dataclasses import replace
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from apps.impact.charts.boards import breakdowns, families_chart, period_label, sources_chart
from apps.impact.charts.exchanges import exchange_chart
from apps.impact.charts.maps import map_chart
from apps.impact.charts.over_time import Split, flow_chart, split_chart
from apps.impact.charts.reports import Report
from apps.impact.charts.svg import Chart
from apps.impact.charts.tiles import Place
from apps.impact.forms import ChartChoice
from apps.impact.rules.periods import Period
from apps.impact.selectors import (
    KINDS,
    Dimension,
    exchanges,
    family_names,
    handed_over_by_department,
    partner_departments,
    totals,
)
from apps.impact.states import DEFINITIONS, read_all
from apps.kernel import clock, display
from apps.kernel.scope import current_scope


def bank_report(period: Period, *, choice: ChartChoice | None = None, partners_url: str = "") -> Report:
    """Return the figures of the open bank over a period, beside those of the period before.

    ``partners_url`` is where the map's departments lead to, for who may open that list.
    """
    today = clock.today()
    lived, before = period.so_far(today), period.compared_with(today)
    by = (Dimension.SOURCE, Dimension.FAMILY, Dimension.DETAIL, *KINDS)
    now = totals(lived, *by, standing=True)
    days = totals(lived, Dimension.DAY, Dimension.SOURCE, Dimension.FOOD, Dimension.FRESH)
    names = family_names()
    return Report(
        title=current_scope().bank_name,
        period_name=period_label(period),
        before_name=period_label(before),
        read_at=display.moment(clock.now()),
        readings=read_all(DEFINITIONS, now, totals(before, Dimension.SOURCE, *KINDS, standing=True)),
        charts=[
            flow_chart(days, lived),
            replace(
                split_chart(
                    days,
                    lived,
                    split=choice.split if choice else Split.SOURCE,
                    as_shares=bool(choice and choice.as_shares),
                ),
                ways=choice.ways if choice else (),
            ),
            _map(lived, partners_url),
            exchange_chart(
                exchanges(lived),
                title=_("Surplus given and received"),
                unit=_("Weight in kg, from bank to bank"),
            ),
            sources_chart(now),
            families_chart(now, names),
        ],
        tables=breakdowns(now, names),
        is_empty=not any(total.grams for total in now),
    )


def _map(period: Period, partners_url: str) -> Chart:
    """Draw where handed over goods went; a department with partners leads to them."""
    weights = handed_over_by_department(period)
    codes = sorted({*weights, *partner_departments()})
    places = {
        code: Place(
            value=weights.get(code),
            url=f"{partners_url}?{urlencode({'q': code})}" if partners_url else "",
        )
        for code in codes
        if code
    }
    return map_chart(
        places,
        title=_("Handed over by department of the partner"),
        source=_("Delivery notes"),
        served=_("Partners, nothing yet"),
    )
