"""What waits today: stops to plan, rounds without a driver, a driver's own stops."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.today import Queue
from apps.rounds.abilities import abilities
from apps.rounds.selectors import stops_left, work_left


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
