"""What a page of figures shows: the period in words, the charts with their finding, the breakdowns.

Used by a bank's page and by the federation's, with the same definitions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.donors.states import SupplySource
from apps.impact.charts.bars import Bar, draw_bars
from apps.impact.charts.columns import Weight
from apps.impact.charts.svg import Chart, Heading, Table
from apps.impact.rules import Flow, Total, by_detail, by_family, by_source, share
from apps.impact.rules.periods import Period, Span, period_around
from apps.impact.states import LEDGER, whole_kg
from apps.kernel import display
from apps.kernel.errors import Text
from apps.kernel.tables import Column, Kind
from apps.partners.states import PartnerType
from apps.stock.states import LossReason

MOST_BARS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of a breakdown: a weight and its share of the whole."""

    label: Text
    grams: int
    share: Decimal | None = None


def period_label(period: Period) -> str:
    """Write a period in words: ``November 2026``, ``16 to 22 November 2026``, ``2026``."""
    if period.span is Span.YEAR and period.days > 364:
        return str(period.since.year)
    if period.span is Span.MONTH and period == period_around(period.span, period.since):
        return date_format(period.since, "F Y")
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
        source=LEDGER,
        finding=str(sentence),
        columns=part_columns(heading),
        rows=lines,
        drawings=draw_bars(Heading(name=name, title=title, finding=str(sentence)), bars=bars)
        if lines
        else [],
    )


def _folded(lines: Sequence[Part]) -> list[Part]:
    """Keep the largest lines and add up the others in one."""
    if len(lines) <= MOST_BARS:
        return list(lines)
    rest = sum(line.grams for line in lines[MOST_BARS - 1 :])
    return [*lines[: MOST_BARS - 1], Part(label=_("Others"), grams=rest)]
