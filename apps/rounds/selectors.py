"""Reads about rounds and stops."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.kernel.abilities import Actor, Role
from apps.kernel.folding import Fold, by_words
from apps.rounds import rules
from apps.rounds.abilities import abilities
from apps.rounds.models import PickupLine, Round, Stop
from apps.rounds.states import RoundStatus, StopStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a round is to bring back, against the payload of its vehicle (grams)."""

    planned_grams: int
    payload_grams: int | None

    @property
    def share(self) -> float | None:
        """Share of the payload, ``None`` without a vehicle."""
        return rules.load_share(self.planned_grams, self.payload_grams or 0)

    @property
    def is_too_heavy(self) -> bool:
        """Tell whether the load is above the payload."""
        return self.share is not None and self.share > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A person who may be given a round."""

    id: UUID
    label: str


def stops_with_goods() -> QuerySet[Stop]:
    """Return stops with their offer, donor, lines and the grams planned and collected."""
    lines = PickupLine.objects.select_related("offer_line__product", "offer_line__family")
    grams = BigIntegerField()
    return (
        Stop.objects.select_related("offer__donor", "round")
        .prefetch_related(Prefetch("lines", queryset=lines))
        .annotate(
            planned_grams=Coalesce(Sum("lines__planned_grams"), 0, output_field=grams),
            collected_grams=Coalesce(Sum("lines__collected_grams"), 0, output_field=grams),
            refused_grams=Coalesce(Sum("lines__refused_grams"), 0, output_field=grams),
        )
    )


def stops_to_plan() -> QuerySet[Stop]:
    """Return the stops without a round, the one that closes first at the top."""
    waiting = stops_with_goods().filter(status=StopStatus.WAITING, round__isnull=True)
    return waiting.order_by("offer__pickup_until", Fold("offer__city"), "pk")


def rounds_with_stops() -> QuerySet[Round]:
    """Return rounds with site, vehicle and their stops in order."""
    stops = stops_with_goods().order_by("sequence", "pk")
    return Round.objects.select_related("site", "vehicle").prefetch_related(Prefetch("stops", queryset=stops))


def rounds_of(day: dt.date) -> QuerySet[Round]:
    """Return the rounds of a day."""
    return rounds_with_stops().filter(day=day).order_by("number")


def rounds_to_drive(actor: Actor, *, day: dt.date) -> QuerySet[Round]:
    """Return the rounds that this person may drive: those of the day, and older ones left open."""
    open_rounds = rounds_with_stops().exclude(status=RoundStatus.CLOSED).filter(day__lte=day)
    if "start" not in abilities(actor):
        open_rounds = open_rounds.filter(driver_id=actor.id)
    return open_rounds.order_by("day", "number")


def rounds_of_driver(actor: Actor, *, day: dt.date) -> QuerySet[Round]:
    """Return the open rounds that bear this person's name, up to a day."""
    mine = rounds_with_stops().filter(driver_id=actor.id, day__lte=day)
    return mine.exclude(status=RoundStatus.CLOSED).order_by("day", "number")


def load_of(stops: Iterable[Stop], payload_grams: int | None) -> Load:
    """Return the load of stops read by ``stops_with_goods``; missed stops weigh nothing."""
    planned = sum(_grams_aboard(stop) for stop in stops)
    return Load(planned_grams=planned, payload_grams=payload_grams)


def _grams_aboard(stop: Stop) -> int:
    """Return what a stop puts in the vehicle: what was collected, or what is planned before that."""
    if stop.status == StopStatus.WAITING:
        return sum(line.planned_grams for line in stop.lines.all())
    return sum(line.collected_grams for line in stop.lines.all())


def next_stop(stops: Iterable[Stop]) -> Stop | None:
    """Return the first stop that still waits."""
    return next((stop for stop in stops if stop.status == StopStatus.WAITING), None)


def drivers() -> list[Driver]:
    """Return the people of this bank who drive, by name: drivers first, volunteers and planners too."""
    driving = [Role.DRIVER, Role.VOLUNTEER, Role.ROUNDS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT id, label FROM public.own_people() WHERE role = ANY(%s)", [driving])
        found = [Driver(id=pk, label=label) for pk, label in cursor.fetchall()]
    return sorted(found, key=lambda driver: by_words(driver.label))


def work_left(*, day: dt.date) -> dict[str, int]:
    """Return the counts of planning: stops without a round, rounds up to a day without a driver."""
    to_plan = Stop.objects.filter(status=StopStatus.WAITING, round__isnull=True).count()
    undriven = Q(status=RoundStatus.PLANNED, driver_id__isnull=True, driver_label="", day__lte=day)
    return {"to_plan": to_plan, "undriven": Round.objects.filter(undriven).count()}


def stops_left(actor: Actor, *, day: dt.date) -> int:
    """Return how many stops wait on the rounds that bear this person's name, up to a day."""
    mine = Round.objects.filter(driver_id=actor.id, day__lte=day).exclude(status=RoundStatus.CLOSED)
    waiting = Count("stops", filter=Q(stops__status=StopStatus.WAITING))
    return sum(mine.annotate(waiting=waiting).values_list("waiting", flat=True))
