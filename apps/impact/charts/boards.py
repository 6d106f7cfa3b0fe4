"""What a page of figures shows: the period in words, the charts with their finding, the breakdowns.

Used by a bank's page and by the federation's, with the same definitions.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.donors.states import SupplySource
from apps.impact.charts.bars import Bar, draw_bars
from apps.impact.charts.lines import Series, draw_lines
from apps.impact.charts.svg import Chart, Heading
from apps.impact.rules import Flow, Total, by_day, by_detail, by_family, by_source, share
from apps.impact.rules.periods import Period, Span, period_around
from apps.impact.states import GRAMS_PER_TONNE, whole_kg
from apps.kernel import display
from apps.kernel.errors import Text
from apps.kernel.quantity import GRAMS_PER_KG
from apps.kernel.tables import Column, Kind
from apps.partners.states import PartnerType
from apps.stock.states import LossReason

MOST_DAILY_STEPS: Final = 62
MOST_DAYS_OF_WEEKS: Final = 200
MOST_BARS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight(Column):
    """A column of grams: whole kg on the page, to the gram in a file."""

    kind: Kind = Kind.KG

    def show(self, record: Any) -> Any:
        """Return the weight as a page of figures shows it."""
        grams = self.read(record)
        return display.NOTHING if grams is None else whole_kg(grams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of a breakdown: a weight and its share of the whole."""

    label: Text
    grams: int
    share: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One day, week or month of a chart."""

    label: str
    received_grams: int
    handed_over_grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures as a table, on the page and in a file."""

    name: str
    title: Text
    columns: Sequence[Column]
    rows: Sequence[Any]

    @property
    def cells(self) -> list[list[tuple[Column, Any]]]:
        """The rows as a page shows them."""
        return [[(column, column.show(row)) for column in self.columns] for row in self.rows]


def period_label(period: Period) -> str:
    """Write a period in words: ``November 2026``, ``16 to 22 November 2026``, ``2026``."""
    if period.span is Span.YEAR and period.days > 364:
        return str(period.since.year)
    if period.span is Span.MONTH and period == period_around(period.span, period.since):
        return capfirst(date_format(period.since, "F Y"))
    if period.since == period.until:
        return display.dated(period.since, "j F Y")
    same_month = (period.since.year, period.since.month) == (period.until.year, period.until.month)
    same_year = period.since.year == period.until.year
    first = display.dated(period.since, "j" if same_month else ("j F" if same_year else "j F Y"))
    return gettext("%(first)s to %(last)s") % {"first": first, "last": display.dated(period.until, "j F Y")}


def parts(weights: Mapping[str, int], labels: Mapping[str, Text]) -> list[Part]:
    """Return a breakdown by code as lines with a name and a share."""
    whole = sum(weights.values())
    return [
        Part(label=labels.get(code) or code or _("Unknown"), grams=grams, share=share(grams, whole))
        for code, grams in weights.items()
    ]


def part_columns(label: Text) -> list[Column]:
    """Return the columns of a breakdown."""
    return [
        Column(label=label, value="label"),
        Weight(label=_("Weight"), value="grams"),
        Column(label=_("Share"), value="share", kind=Kind.PERCENT),
    ]


def sources_chart(totals: Sequence[Total]) -> Chart:
    """Draw the weight received by supply source."""
    return bars_chart(
        "sources",
        title=_("Received by source"),
        heading=_("Source"),
        lines=parts(by_source(totals, Flow.IN), dict(SupplySource.choices)),
        finding=_("%(first)s brings the most: %(weight)s, %(share)s of the weight received."),
    )


def families_chart(totals: Sequence[Total], names: Mapping[str, Text]) -> Chart:
    """Draw the weight received by product family."""
    return bars_chart(
        "families",
        title=_("Received by product family"),
        heading=_("Family"),
        lines=parts(by_family(totals, Flow.IN), names),
        finding=_("%(first)s comes first: %(weight)s, %(share)s of the weight received."),
    )


def breakdowns(totals: Sequence[Total], family_names: Mapping[str, Text]) -> list[Table]:
    """Return what was handed over by type of partner and by family, and what was lost by reason."""
    partners = by_detail(totals, Flow.OUT)
    losses = by_detail(totals, Flow.LOSS)
    return [
        _breakdown(
            "partners", _("Handed over by type of partner"), _("Partner"), partners, dict(PartnerType.choices)
        ),
        _breakdown(
            "handed",
            _("Handed over by product family"),
            _("Family"),
            by_family(totals, Flow.OUT),
            family_names,
        ),
        _breakdown("losses", _("Lost by reason"), _("Reason"), losses, dict(LossReason.choices)),
    ]


def _breakdown(
    name: str, title: Text, heading: Text, weights: Mapping[str, int], labels: Mapping[str, Text]
) -> Table:
    return Table(name=name, title=title, columns=part_columns(heading), rows=parts(weights, labels))


def bars_chart(name: str, *, title: Text, heading: Text, lines: Sequence[Part], finding: Text) -> Chart:
    """Draw a breakdown as bars, the smallest ones folded together; ``finding`` speaks of the first line."""
    shown = _folded(lines)
    sentence: Text = _("Nothing in this period.")
    if lines and lines[0].share is not None:
        sentence = finding % {
            "first": lines[0].label,
            "weight": whole_kg(lines[0].grams),
            "share": display.percent(lines[0].share),
        }
    rest = shown[-1] if len(shown) < len(lines) else None
    bars = [
        Bar(label=line.label, value=line.grams, shown=whole_kg(line.grams), is_rest=line is rest)
        for line in shown
    ]
    return Chart(
        name=name,
        title=title,
        unit=_("Weight in kg"),
        finding=str(sentence),
        columns=part_columns(heading),
        rows=lines,
        drawings=draw_bars(Heading(name=name, title=title, finding=str(sentence)), bars=bars)
        if lines
        else [],
    )


def flow_chart(days: Sequence[Total], period: Period) -> Chart:
    """Draw what was received and handed over along a period, by day, week or month."""
    heading, steps = _steps(period, by_day(days, Flow.IN), by_day(days, Flow.OUT))
    most = max((max(step.received_grams, step.handed_over_grams) for step in steps), default=0)
    in_tonnes = most >= 10 * GRAMS_PER_TONNE
    divisor = GRAMS_PER_TONNE if in_tonnes else GRAMS_PER_KG
    finding = _flow_finding(steps)
    title = _("Received and handed over")
    lines = [
        Series(label=_("Received"), values=[Decimal(step.received_grams) / divisor for step in steps]),
        Series(label=_("Handed over"), values=[Decimal(step.handed_over_grams) / divisor for step in steps]),
    ]
    drawings = draw_lines(
        Heading(name="flows", title=title, finding=finding),
        steps=[step.label for step in steps],
        series=lines,
    )
    return Chart(
        name="flows",
        title=title,
        unit=_("Weight in tonnes") if in_tonnes else _("Weight in kg"),
        finding=finding,
        columns=[
            Column(label=heading, value="label"),
            Weight(label=_("Received"), value="received_grams"),
            Weight(label=_("Handed over"), value="handed_over_grams"),
        ],
        rows=steps,
        drawings=drawings if days else [],
    )


def _flow_finding(steps: Sequence[Step]) -> str:
    received = sum(step.received_grams for step in steps)
    handed = sum(step.handed_over_grams for step in steps)
    if not received and not handed:
        return gettext("Nothing in this period.")
    best = max(steps, key=lambda step: step.received_grams)
    return gettext(
        "%(received)s received, %(handed)s handed over. Most was received on %(best)s: %(most)s."
    ) % {
        "received": whole_kg(received),
        "handed": whole_kg(handed),
        "best": best.label,
        "most": whole_kg(best.received_grams),
    }


def _steps(
    period: Period, received: Mapping[dt.date, int], handed: Mapping[dt.date, int]
) -> tuple[Text, list[Step]]:
    """Return the heading and the steps of a chart: days, weeks or months, whichever can be read."""
    heading, start, pattern = _pace(period)
    first_days = dict.fromkeys(start(period.since + dt.timedelta(days=i)) for i in range(period.days))
    added = {day: [0, 0] for day in first_days}
    for column, weights in enumerate((received, handed)):
        for day, grams in weights.items():
            if start(day) in added:
                added[start(day)][column] += grams
    return heading, [
        Step(label=display.dated(day, pattern), received_grams=pair[0], handed_over_grams=pair[1])
        for day, pair in added.items()
    ]


def _pace(period: Period) -> tuple[Text, Callable[[dt.date], dt.date], str]:
    if period.days <= MOST_DAILY_STEPS:
        return _("Day"), lambda day: day, "j N"
    if period.days <= MOST_DAYS_OF_WEEKS:
        return _("Week of"), lambda day: day - dt.timedelta(days=day.weekday()), "j N"
    return _("Month"), lambda day: day.replace(day=1), "N Y"


def _folded(lines: Sequence[Part]) -> list[Part]:
    """Keep the largest lines and add up the others in one."""
    if len(lines) <= MOST_BARS:
        return list(lines)
    rest = sum(line.grams for line in lines[MOST_BARS - 1 :])
    return [*lines[: MOST_BARS - 1], Part(label=_("Others"), grams=rest)]
