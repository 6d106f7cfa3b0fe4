"""What banks gave one another, with its finding, its table, and everybody to everybody where it folds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.impact.charts.columns import Weight
from apps.impact.charts.flows import Ribbon, draw_flows, is_folded, ranked
from apps.impact.charts.svg import Chart, Heading, Table
from apps.impact.rules import share
from apps.impact.states import whole_kg
from apps.kernel import display
from apps.kernel.errors import Text
from apps.kernel.tables import Column

DOCUMENTS: Final = _("Transfer documents, by day of departure")
WIDEST_MATRIX: Final = 30
"""So many receivers fit side by side; a larger network reads the list, which is sorted."""


def exchange_chart(ribbons: Sequence[Ribbon], *, title: Text, unit: Text) -> Chart:
    """Draw who gave what to whom; nothing at all is said in words."""
    given = sorted(
        (ribbon for ribbon in ribbons if ribbon.grams > 0),
        key=lambda ribbon: (-ribbon.grams, ribbon.giver, ribbon.receiver),
    )
    finding = _finding(given)
    heading = Heading(name="surplus", title=title, finding=finding)
    return Chart(
        name="surplus",
        title=title,
        unit=unit,
        source=DOCUMENTS,
        finding=finding,
        columns=[
            Column(label=_("From"), value="giver"),
            Column(label=_("To"), value="receiver"),
            Weight(label=_("Shipped"), value="grams"),
        ],
        rows=given,
        drawings=draw_flows(heading, ribbons=told_apart(given), shown=whole_kg) if given else [],
        matrix=exchange_matrix(given, title=title) if is_folded(given) else None,
    )


def told_apart(ribbons: Sequence[Ribbon]) -> list[Ribbon]:
    """Leave out of the names the words that all of them end with; the table keeps them whole."""
    names = {name: name.split() for ribbon in ribbons for name in (ribbon.giver, ribbon.receiver)}
    shared = 0
    while _is_shared([words[: len(words) - shared] for words in names.values()]):
        shared += 1
    short = {name: " ".join(words[: len(words) - shared]) for name, words in names.items()}
    return [replace(r, giver=short[r.giver], receiver=short[r.receiver]) for r in ribbons]


def _is_shared(names: Sequence[Sequence[str]]) -> bool:
    """Tell whether all names end with one word, and each has another one before it."""
    return bool(names) and all(len(words) > 1 for words in names) and len({words[-1] for words in names}) == 1


def exchange_matrix(ribbons: Sequence[Ribbon], *, title: Text) -> Table | None:
    """Return givers by receivers, ``None`` where that does not fit on a page."""
    receivers = [name for name, _grams in ranked([(r.receiver, r.grams) for r in ribbons])]
    if len(receivers) > WIDEST_MATRIX:
        return None
    givers = [name for name, _grams in ranked([(r.giver, r.grams) for r in ribbons])]
    weights = {(ribbon.giver, ribbon.receiver): ribbon.grams for ribbon in ribbons}
    columns = [Column(label=_("From"), value=str), *(_received(weights, name) for name in receivers)]
    return Table(name="surplus-matrix", title=title, columns=columns, rows=givers)


def _received(weights: dict[tuple[str, str], int], receiver: str) -> Weight:
    def read(giver: str) -> int | None:
        return weights.get((giver, receiver))

    return Weight(label=receiver, value=read)


def _finding(ribbons: Sequence[Ribbon]) -> str:
    if not ribbons:
        return gettext("No food went from one bank to another in this period.")
    whole, most = sum(ribbon.grams for ribbon in ribbons), ribbons[0]
    part = share(most.grams, whole)
    return gettext("%(giver)s gave %(receiver)s the most: %(weight)s, %(share)s of %(whole)s.") % {
        "giver": most.giver,
        "receiver": most.receiver,
        "weight": whole_kg(most.grams),
        "share": display.percent(part) if part is not None else display.NOTHING,
        "whole": whole_kg(whole),
    }
