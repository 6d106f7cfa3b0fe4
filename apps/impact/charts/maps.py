"""The map of departments with its finding, its ranked table and its links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.impact.charts.columns import Linked, Weight, scale_of
from apps.impact.charts.svg import Chart, Heading, Table
from apps.impact.charts.tiles import Place, Words, draw_tiles, named
from apps.impact.states import whole_kg
from apps.kernel.errors import Text
from apps.kernel.tables import Column

FIRST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One department of the table: its grams, ``None`` where it is only served; where it leads to."""

    label: str
    grams: int | None
    url: str = ""


def map_chart(places: Mapping[str, Place], *, title: Text, source: Text, served: Text = "") -> Chart:
    """Draw a weight by department; ``served`` says what a department without a weight is."""
    spots = _ranked(places)
    weights = [spot.grams for spot in spots if spot.grams is not None]
    scale = scale_of(weights)
    finding = _finding(spots)
    drawings = draw_tiles(
        Heading(name="map", title=title, finding=finding),
        places=places,
        words=Words(shown=whole_kg, short=scale.short, served=str(served)),
    )
    columns: list[Column] = [
        Linked(label=_("Department"), value="label"),
        Weight(label=_("Weight"), value="grams"),
    ]
    ranked = Table(name="map-first", title=title, columns=columns, rows=spots[:FIRST])
    return Chart(
        name="map",
        kind="map",
        title=title,
        unit=scale.name,
        source=source,
        finding=finding,
        columns=columns,
        rows=spots,
        drawings=drawings if places else [],
        ranked=ranked if places else None,
    )


def _ranked(places: Mapping[str, Place]) -> list[Spot]:
    ordered = sorted(places.items(), key=lambda pair: (pair[1].value is None, -(pair[1].value or 0), pair[0]))
    return [Spot(label=named(code), grams=place.value, url=place.url) for code, place in ordered]


def _finding(spots: Sequence[Spot]) -> str:
    weighed = [spot for spot in spots if spot.grams]
    if not weighed:
        return gettext("Nothing in this period.")
    first = gettext("%(first)s comes first: %(weight)s.") % {
        "first": weighed[0].label,
        "weight": whole_kg(weighed[0].grams or 0),
    }
    count = ngettext(
        "%(count)s department has something.", "%(count)s departments have something.", len(weighed)
    ) % {"count": len(weighed)}
    return f"{first} {count}"
