"""What waits today: stops to plan, rounds without a driver, a driver's own stops."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.display import hour
from apps.kernel.pages import Action, Column, Kind, Panel, table_panel
from apps.kernel.today import Queue
from apps.rounds.abilities import abilities
from apps.rounds.models import Stop
from apps.rounds.selectors import rounds_of_driver, stops_left, work_left
from apps.rounds.states import StopStatus


def queues(actor: Actor) -> list[Queue]:
    """Return what this person has to plan or to drive (at most three queries)."""
    found = _to_plan() if "plan" in abilities(actor) else []
    if actor.id is not None and actor.is_any(Role.DRIVER, Role.VOLUNTEER, Role.ROUNDS):
        found += _to_drive(actor)
    return [queue for queue in found if queue.count]


def _to_plan() -> list[Queue]:
    left = work_left(day=clock.today())
    url = reverse("rounds_round_list")
    return [
        Queue(
            label=ngettext("stop to plan", "stops to plan", left["to_plan"]),
            count=left["to_plan"],
            hint=_("Accepted, and not in a round yet"),
            url=url,
            tone="warn",
        ),
        Queue(
            label=ngettext("round without a driver", "rounds without a driver", left["undriven"]),
            count=left["undriven"],
            hint=_("Leaving today, or late"),
            url=url,
            tone="danger",
        ),
    ]


def _to_drive(actor: Actor) -> list[Queue]:
    left = stops_left(actor, day=clock.today())
    return [
        Queue(
            label=ngettext("stop left on your round", "stops left on your round", left),
            count=left,
            hint=_("The next one opens with the round"),
            url=reverse("rounds_drive_day"),
        )
    ]


def actions(actor: Actor) -> list[Action]:
    """Return the way to a driver's own round, first thing on the page."""
    if not drives(actor) or not rounds_of_driver(actor, day=clock.today()).exists():
        return []
    return [Action(label=_("Open my round"), url=reverse("rounds_drive_day"), icon="truck", primary=True)]


def panels(actor: Actor) -> list[Panel]:
    """Return the stops that wait on a driver's rounds, the next one first (three queries)."""
    if not drives(actor):
        return []
    columns = [
        Column(label=_("Stop"), value="offer.donor.name", note=Column(label=_("Place"), value=_place_of)),
        Column(label=_("Between"), value=_hours_of),
        Column(label=pgettext("weight", "Planned"), value="planned_grams", kind=Kind.KG),
    ]
    rounds = rounds_of_driver(actor, day=clock.today())
    return [
        table_panel(
            f"{one.number} · {one.vehicle or one.site}",
            columns=columns,
            records=[stop for stop in one.stops.all() if stop.status == StopStatus.WAITING],
            empty=_("Every stop is done: close the round."),
            url_of=lambda stop: reverse("rounds_drive_round", args=[stop.round_id]),
        )
        for one in rounds
    ]


def drives(actor: Actor) -> bool:
    """Tell whether driving is what this person comes for."""
    return actor.id is not None and actor.is_any(Role.DRIVER)


def _place_of(stop: Stop) -> str:
    return " ".join(filter(None, [stop.offer.address, stop.offer.city]))


def _hours_of(stop: Stop) -> str:
    return f"{hour(stop.offer.pickup_from)}–{hour(stop.offer.pickup_until)}"
