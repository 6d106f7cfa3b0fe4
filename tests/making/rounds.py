"""Builders of stops and rounds, through the services that make them."""

from decimal import Decimal
from typing import Any

from apps.kernel import clock
from apps.offers.models import OfferLine
from apps.offers.services import NewOfferLine
from apps.rounds.models import Round, Stop
from apps.rounds.services import (
    PickedUp,
    round_create,
    round_start,
    stop_collect,
    stop_plan_for,
    stops_assign,
)
from apps.sites.models import Site
from tests.making.offers import TESTER, make_offer
from tests.making.sites import make_site, make_vehicle


def make_stop(*lines: NewOfferLine, **overrides: Any) -> Stop:
    """Return a stop to plan, of an offer accepted whole."""
    offer = make_offer(*lines, **overrides)
    for line in offer.lines.all():
        OfferLine.objects.filter(pk=line.pk).update(accepted_grams=line.offered_grams)
    return stop_plan_for(TESTER, offer=offer)


def make_round(*stops: Stop, site: Site | None = None, started: bool = False, **overrides: Any) -> Round:
    """Return a round of today with the given stops, on the road if asked."""
    site = site or make_site()
    values: dict[str, Any] = {
        "day": clock.today(),
        "site": site,
        "vehicle": make_vehicle(site),
        "driver_label": "Sam",
    }
    made = stops_assign(TESTER, round=round_create(TESTER, **values | overrides), stops=stops)
    return round_start(TESTER, round=made) if started else made


def make_stop_on_the_road(*lines: NewOfferLine, site: Site | None = None, **overrides: Any) -> Stop:
    """Return a stop whose round is on the road."""
    stop = make_stop(*lines)
    make_round(stop, site=site, started=True, **overrides)
    stop.refresh_from_db()
    return stop


def weights_as_planned(stop: Stop, *, temperature_c: str | None = None) -> list[PickedUp]:
    """Return what a driver writes when everything announced is there."""
    measured = Decimal(temperature_c) if temperature_c else None
    return [
        PickedUp(line_id=line.pk, collected_grams=line.planned_grams, temperature_c=measured)
        for line in stop.lines.all()
    ]


def make_collected_stop(*lines: NewOfferLine, site: Site | None = None) -> Stop:
    """Return a stop that brought everything announced."""
    stop = make_stop_on_the_road(*lines, site=site)
    return stop_collect(TESTER, stop=stop, weights=weights_as_planned(stop, temperature_c="3.5"))
