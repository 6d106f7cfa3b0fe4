"""What the four charts of a page cost: CPU, bytes, and the share of the page that they make.

Run: ``.venv/bin/python infra/bench/charts.py``. Only ratios travel from one machine to another.
"""

import datetime as dt
import gzip
import os
import time
from collections.abc import Callable
from random import Random
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.typing")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@localhost/none")
django.setup()

from django.template.loader import render_to_string  # noqa: E402

from apps.donors.states import SupplySource  # noqa: E402
from apps.impact.charts.exchanges import exchange_chart  # noqa: E402
from apps.impact.charts.flows import Ribbon  # noqa: E402
from apps.impact.charts.grid import TILES  # noqa: E402
from apps.impact.charts.maps import map_chart  # noqa: E402
from apps.impact.charts.over_time import Split, flow_chart, split_chart  # noqa: E402
from apps.impact.charts.svg import Chart  # noqa: E402
from apps.impact.charts.tiles import Place  # noqa: E402
from apps.impact.rules import Total  # noqa: E402
from apps.impact.rules.periods import Span, period_around  # noqa: E402

ROUNDS: Final = 40
YEAR: Final = period_around(Span.YEAR, dt.date(2026, 6, 1))


def figures(chance: Random) -> list[Total]:
    """Return a year of a busy bank: every day, four sources, two ways."""
    return [
        Total(
            flow=flow,
            day=YEAR.since + dt.timedelta(days=day),
            source=source,
            is_food=True,
            is_fresh=day % 2 == 0,
            grams=chance.randrange(50_000, 900_000),
        )
        for day in range(YEAR.days)
        for source in list(SupplySource)[:4]
        for flow in ("in", "out")
    ]


def charts(days: list[Total], places: dict[str, Place], ribbons: list[Ribbon]) -> list[Chart]:
    """Draw the four charts at both widths."""
    return [
        flow_chart(days, YEAR),
        split_chart(days, YEAR, split=Split.SOURCE, as_shares=False),
        map_chart(places, title="Map", source="Ledger"),
        exchange_chart(ribbons, title="Surplus", unit="kg"),
    ]


def cpu_ms(act: Callable[[], Any]) -> float:
    """Return the CPU time of one act in milliseconds: the best of several, as other work only adds to it."""
    act()
    times = []
    for _round in range(ROUNDS):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times) * 1000


def zipped(text: str) -> float:
    """Return the size of a text as it is sent, in KB."""
    return len(gzip.compress(text.encode())) / 1024


def main() -> None:
    """Print what the charts cost."""
    chance = Random(4)
    days = figures(chance)
    names = [f"Banque alimentaire {n}" for n in range(12)]
    ribbons = [
        Ribbon(giver=a, receiver=b, grams=chance.randrange(10_000, 9_000_000))
        for a in names
        for b in names[:5]
        if a != b
    ]
    places = {code: Place(value=chance.randrange(10**6, 10**9), url="/banks/x/") for code in TILES}
    drawn = charts(days, places, ribbons)
    print(f"four charts, both widths : {cpu_ms(lambda: charts(days, places, ribbons)):6.1f} ms CPU")
    for name, act in {
        "line": lambda: flow_chart(days, YEAR),
        "stacked bars": lambda: split_chart(days, YEAR, split=Split.SOURCE, as_shares=False),
        "map": lambda: map_chart(places, title="Map", source="Ledger"),
        "flows": lambda: exchange_chart(ribbons, title="Surplus", unit="kg"),
    }.items():
        print(f"  {name:22} : {cpu_ms(act):6.1f} ms CPU")
    svg = "".join(drawing for chart in drawn for drawing in chart.drawings)
    tables = "".join(render_to_string("impact/table.html", {"table": chart}) for chart in drawn)
    for name, text in {"drawings": svg, "drawings and tables": svg + tables}.items():
        print(f"{name:24} : {len(text) / 1024:6.1f} KB, {zipped(text):.1f} KB gzipped")
    print(f"with / without drawings  : {zipped(svg + tables) / zipped(tables):6.1f} times the bytes sent")


if __name__ == "__main__":
    main()
