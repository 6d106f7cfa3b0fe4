"""Charts over time: what came in and went out, and what it was made of."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.donors.states import SupplySource
from apps.impact.charts.columns import Weight, scale_of
from apps.impact.charts.lines import Series, draw_lines
from apps.impact.charts.paces import BARS, LINES, pace_of
from apps.impact.charts.stacks import draw_stacks
from apps.impact.charts.svg import Chart, Heading
from apps.impact.rules import Flow, Total, by_day, share
from apps.impact.rules.periods import Period
from apps.impact.states import LEDGER, whole_kg
from apps.kernel import display
from apps.kernel.errors import Text
from apps.kernel.tables import Column

NOTHING: Final = _("Nothing in this period.")


class Split(StrEnum):
    """What received goods can be told apart by."""

    SOURCE = "source"
    KIND = "kind"


KIND_LABELS: Final[dict[str, Text]] = {
    "fresh": _("Fresh food"),
    "food": _("Other food"),
    "hygiene": _("Hygiene and other goods"),
}
SPLIT_TITLES: Final = {
    Split.SOURCE: _("Received by source over time"),
    Split.KIND: _("Received fresh or not over time"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One day, week or month of a chart: the grams of each series."""

    label: str
    grams: Sequence[int]

    @property
    def whole(self) -> int:
        """Grams of all series."""
        return sum(self.grams)


def flow_chart(days: Sequence[Total], period: Period) -> Chart:
    """Draw what was received and handed over along a period, by day, week or month."""
    pace = pace_of(period, LINES)
    received, handed = (pace.added(by_day(days, flow)) for flow in (Flow.IN, Flow.OUT))
    step_names = pace.labels
    steps = _steps(step_names, [received, handed])
    scale = scale_of([*received, *handed])
    finding = _flow_finding(steps)
    title = _("Received and handed over")
    labels = [_("Received"), _("Handed over")]
    drawings = draw_lines(
        Heading(name="flows", title=title, finding=finding),
        steps=step_names,
        series=[
            Series(label=label, values=[scale.of(grams) for grams in weights])
            for label, weights in zip(labels, (received, handed), strict=True)
        ],
    )
    return Chart(
        name="flows",
        title=title,
        unit=scale.name,
        source=LEDGER,
        finding=finding,
        columns=[Column(label=pace.heading, value="label"), *_columns(labels)],
        rows=steps,
        drawings=drawings if days else [],
    )


def split_chart(days: Sequence[Total], period: Period, *, split: Split, as_shares: bool) -> Chart:
    """Draw what was received step by step, made of its sources or of fresh and other goods."""
    pace = pace_of(period, BARS)
    parts = [
        (label, pace.added(weights))
        for label, weights in _parts(days, split).items()
        if any(weights.values())
    ]
    step_names = pace.labels
    steps = _steps(step_names, [grams for _label, grams in parts])
    scale = scale_of([step.whole for step in steps])
    finding = _split_finding(parts)
    title = SPLIT_TITLES[split]
    drawings = draw_stacks(
        Heading(name="split", title=title, finding=finding),
        steps=step_names,
        series=[Series(label=label, values=list(map(scale.of, grams))) for label, grams in parts],
        as_shares=as_shares,
    )
    return Chart(
        name="split",
        title=title,
        unit=_("Share of the weight received") if as_shares else scale.name,
        source=LEDGER,
        finding=finding,
        columns=[
            Column(label=pace.heading, value="label"),
            *_columns([label for label, _grams in parts]),
            Weight(label=_("Together"), value="whole"),
        ],
        rows=steps if parts else [],
        drawings=drawings if parts else [],
    )


def _steps(labels: Sequence[str], weights: Sequence[Sequence[int]]) -> list[Step]:
    return [Step(label=label, grams=[column[i] for column in weights]) for i, label in enumerate(labels)]


def _columns(labels: Sequence[Text]) -> list[Column]:
    return [Weight(label=label, value=_nth(rank)) for rank, label in enumerate(labels)]


def _nth(rank: int) -> Callable[[Step], int]:
    return lambda step: step.grams[rank]


def _parts(days: Sequence[Total], split: Split) -> dict[Text, Mapping[dt.date, int]]:
    """Return the daily weights received of each part, the largest part first."""
    key, labels = _KEYS[split]
    found: dict[str, dict[dt.date, int]] = {}
    for total in days:
        if total.flow == Flow.IN and total.day is not None:
            part = found.setdefault(key(total), {})
            part[total.day] = part.get(total.day, 0) + total.grams
    ordered = sorted(found.items(), key=lambda part: (-sum(part[1].values()), part[0]))
    return {labels.get(code) or code or _("Unknown"): weights for code, weights in ordered}


def _kind_of(total: Total) -> str:
    if not total.is_food:
        return "hygiene"
    return "fresh" if total.is_fresh else "food"


_KEYS: Final[dict[Split, tuple[Callable[[Total], str], Mapping[str, Text]]]] = {
    Split.SOURCE: (lambda total: total.source or "", dict(SupplySource.choices)),
    Split.KIND: (_kind_of, KIND_LABELS),
}


def _flow_finding(steps: Sequence[Step]) -> str:
    received, handed = (sum(step.grams[i] for step in steps) for i in (0, 1))
    if not received and not handed:
        return str(NOTHING)
    best = max(steps, key=lambda step: step.grams[0])
    return gettext(
        "%(received)s received, %(handed)s handed over. Most was received on %(best)s: %(most)s."
    ) % {
        "received": whole_kg(received),
        "handed": whole_kg(handed),
        "best": best.label,
        "most": whole_kg(best.grams[0]),
    }


def _split_finding(parts: Sequence[tuple[Text, Sequence[int]]]) -> str:
    whole = sum(sum(grams) for _label, grams in parts)
    if not parts or whole <= 0:
        return str(NOTHING)
    label, grams = parts[0]
    part = share(sum(grams), whole)
    return gettext("%(first)s brings the most over the period: %(weight)s, %(share)s of %(whole)s.") % {
        "first": label,
        "weight": whole_kg(sum(grams)),
        "share": display.percent(part) if part is not None else display.NOTHING,
        "whole": whole_kg(whole),
    }
