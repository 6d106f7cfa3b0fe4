"""Writes on rounds: planning, the road, and what each stop brings."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.changes import part_of, plain
from apps.kernel.facts import emit
from apps.kernel.history import history_begin, record_create, record_save, record_update, write_entry
from apps.kernel.models import new_id
from apps.kernel.numbering import next_number
from apps.offers.models import Offer
from apps.rounds import errors, rules
from apps.rounds.abilities import abilities
from apps.rounds.facts import GoodsCollected, StopMissed
from apps.rounds.models import PickupLine, Round, Stop
from apps.rounds.states import MissReason, RefusalReason, RoundStatus, StopStatus
from apps.sites.models import Site, Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedUp:
    """What one line gave at the donor's dock: grams taken, grams left there and why, °C."""

    line_id: UUID
    collected_grams: int
    refused_grams: int = 0
    refusal_reason: str = ""
    temperature_c: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """What a planner decides about a round; the driver may be a person of the bank or just a name."""

    day: dt.date
    site: Site
    vehicle: Vehicle | None = None
    driver_id: UUID | None = None
    driver_label: str = ""


@transaction.atomic
def stop_plan_for(actor: Actor, *, offer: Offer) -> Stop:
    """Make the stop of an accepted offer, with a line per line accepted; made once, found after.

    Raises:
        Forbidden: this person does not plan.
    """
    require(abilities(actor), "plan")
    stop, is_new = Stop.objects.get_or_create(offer=offer)
    if is_new:
        taken = offer.lines.filter(accepted_grams__gt=0)
        lines = [PickupLine(stop=stop, offer_line=line, planned_grams=line.accepted_grams) for line in taken]
        history_begin(actor, stop, parts={"lines": lines})
    return stop


@transaction.atomic
def round_create(
    actor: Actor,
    *,
    day: dt.date,
    site: Site,
    vehicle: Vehicle | None = None,
    driver_label: str = "",
    driver_id: UUID | None = None,
    op_key: UUID | None = None,
) -> Round:
    """Open a round of a vehicle for a day; the same ``op_key`` again returns the first one.

    Raises:
        Forbidden: this person does not plan.
        DomainError: the day is over, or the vehicle is no longer in use.
    """
    require(abilities(actor), "create")
    number = next_number("TO")
    op_key = op_key or new_id()
    known = Round.objects.filter(op_key=op_key).first()
    if known is not None:
        transaction.set_rollback(True)  # gives the number back
        return known
    _check_plan(day, vehicle)
    planned = Round(
        number=number,
        op_key=op_key,
        day=day,
        site=site,
        vehicle=vehicle,
        driver_id=driver_id,
        driver_label=driver_label,
    )
    return record_create(actor, planned)


@transaction.atomic
def round_replan(actor: Actor, *, round: Round, plan: RoundPlan) -> Round:
    """Change the day, site, vehicle or driver of a round that has not come back.

    Raises:
        Forbidden: this person does not plan.
        Conflict: the round is closed.
        DomainError: the day is over, or the vehicle is no longer in use.
    """
    require(abilities(actor, round), "edit")
    locked = _locked(round, RoundStatus.PLANNED, RoundStatus.ON_THE_ROAD)
    if plan.day != locked.day or plan.vehicle != locked.vehicle:
        _check_plan(plan.day, plan.vehicle)
    wanted = {
        "day": plan.day,
        "site": plan.site,
        "vehicle": plan.vehicle,
        "driver_id": plan.driver_id,
        "driver_label": plan.driver_label,
    }
    record_update(actor, locked, wanted)
    return locked


def _check_plan(day: dt.date, vehicle: Vehicle | None) -> None:
    if day < clock.today():
        raise errors.RoundInPast
    if vehicle is not None and vehicle.is_archived:
        raise errors.VehicleArchived


@transaction.atomic
def stops_assign(actor: Actor, *, round: Round, stops: Sequence[Stop]) -> Round:
    """Put waiting stops at the end of a round that is not closed, in the order given.

    A stop may come from no round or from another one that has not started.

    Raises:
        Forbidden: this person does not plan.
        Conflict: the round is closed, or a stop was planned or done meanwhile; nothing was moved.
    """
    require(abilities(actor, round), "plan")
    locked = _locked(round, RoundStatus.PLANNED, RoundStatus.ON_THE_ROAD)
    last = locked.stops.aggregate(last=Max("sequence"))["last"] or 0
    free = _free(stops)
    taken = [str(stop) for stop in stops if stop.pk not in free]
    if taken:
        raise errors.StopsTaken(names=", ".join(taken))
    moved = [free[stop.pk] for stop in stops]
    left = {stop.round: [s for s in moved if s.round == stop.round] for stop in moved if stop.round}
    for place, stop in enumerate(moved, start=last + 1):
        stop.round, stop.sequence = locked, place
    record_save(actor, locked, parts={"stops": moved})
    for former, gone in left.items():
        _tell_gone(actor, former, gone, to=locked)
    return locked


def _tell_gone(actor: Actor, former: Round, stops: Sequence[Stop], *, to: Round) -> None:
    """Write into the history of a round which stops left it for another one."""
    moved = {"round": [plain(former), plain(to)]}
    parts = {pk: told for stop in stops for pk, told in part_of(stop, moved).items()}
    write_entry(actor, former, "changed", changes={"stops": parts})


def _free(stops: Sequence[Stop]) -> dict[UUID, Stop]:
    """Return, locked, those that wait in no round or in one that has not started."""
    is_free = Q(round__isnull=True) | Q(round__in=Round.objects.filter(status=RoundStatus.PLANNED))
    found = Stop.objects.filter(is_free, pk__in=[stop.pk for stop in stops], status=StopStatus.WAITING)
    locked = found.select_for_update(of=("self",)).select_related("round", "offer").order_by("pk")
    return {stop.pk: stop for stop in locked}


@transaction.atomic
def stop_unassign(actor: Actor, *, stop: Stop) -> Stop:
    """Take a waiting stop out of its round: it waits to be planned again.

    Raises:
        Forbidden: this person does not plan.
        Conflict: the stop was done meanwhile.
    """
    require(abilities(actor, stop), "plan")
    waiting = Stop.objects.select_for_update(of=("self",)).filter(pk=stop.pk, status=StopStatus.WAITING)
    locked = waiting.select_related("round", "offer").first()
    if locked is None:
        raise _stop_done(stop)
    before = locked.round
    if before is not None:
        record_save(actor, before, parts={"stops": [_freed(locked)]})
    return locked


def _freed(stop: Stop) -> Stop:
    """Return a stop that waits to be planned again."""
    stop.round, stop.sequence = None, 0
    return stop


@transaction.atomic
def stop_move(actor: Actor, *, stop: Stop, up: bool) -> Stop:
    """Move a stop one place earlier or later in its round; at either end nothing moves.

    Raises:
        Forbidden: this person does not plan.
        Conflict: the stop has no round any more, or the round is closed.
    """
    require(abilities(actor, stop), "plan")
    if stop.round is None:
        raise errors.StopsTaken(names=str(stop))
    locked = _locked(stop.round, RoundStatus.PLANNED, RoundStatus.ON_THE_ROAD)
    order = list(locked.stops.select_related("offer").order_by("sequence", "pk"))
    if stop not in order:
        raise errors.StopsTaken(names=str(stop))
    for place, each in enumerate(rules.moved(order, stop, up=up), start=1):
        each.sequence = place
    record_save(actor, locked, parts={"stops": order})
    return stop


@transaction.atomic
def round_start(actor: Actor, *, round: Round) -> Round:
    """Send a round on the road.

    Raises:
        Forbidden: this person neither plans nor drives it.
        Conflict: the round was started or closed meanwhile.
        DomainError: the round has no stop.
    """
    require(abilities(actor, round), "start")
    locked = _locked(round, RoundStatus.PLANNED)
    if not locked.stops.exists():
        raise errors.RoundEmpty
    locked.status = RoundStatus.ON_THE_ROAD
    record_save(actor, locked, action=locked.status)
    return locked


@transaction.atomic
def round_close(actor: Actor, *, round: Round) -> Round:
    """Close a round; stops that still wait leave it and are to be planned again.

    Raises:
        Forbidden: this person neither plans nor drives it.
        Conflict: the round is already closed.
    """
    require(abilities(actor, round), "close")
    locked = _locked(round, RoundStatus.PLANNED, RoundStatus.ON_THE_ROAD)
    left = (
        locked.stops.filter(status=StopStatus.WAITING).select_related("offer").select_for_update(of=("self",))
    )
    locked.status = RoundStatus.CLOSED
    record_save(actor, locked, action=locked.status, parts={"stops": [_freed(stop) for stop in left]})
    return locked


@transaction.atomic
def stop_collect(
    actor: Actor, *, stop: Stop, weights: Sequence[PickedUp], comment: str = "", confirmed: bool = False
) -> Stop:
    """Record what a stop gave; a line left out gave nothing. ``confirmed`` takes unlikely weights.

    Goods refused at the dock stay with the donor: they are kept in the books, not counted as received.

    Raises:
        Forbidden: this person does not drive this round.
        Conflict: the stop is already recorded, or its round is not on the road.
        DomainError: no weight, a refusal without reason, an unlikely weight or temperature.
    """
    require(abilities(actor, stop), "collect")
    locked = _waiting(stop)
    lines = {line.pk: line for line in locked.lines.select_related("offer_line")}
    for found in weights:
        if found.line_id not in lines:
            raise errors.LineUnknown
        _weigh(lines[found.line_id], found, confirmed=confirmed)
    collected = sum(line.collected_grams for line in lines.values())
    refused = sum(line.refused_grams for line in lines.values())
    if not collected + refused:
        raise errors.NothingCollected
    _finish(actor, locked, StopStatus.COLLECTED, comment=comment, lines=lines.values())
    emit(
        GoodsCollected(
            stop_id=locked.pk,
            site_id=_round_of(locked).site_id,
            collected_grams=collected,
            refused_grams=refused,
        )
    )
    return locked


def _weigh(line: PickupLine, found: PickedUp, *, confirmed: bool) -> None:
    """Write on a line what was found, unless it cannot be."""
    label, total = line.offer_line.label, found.collected_grams + found.refused_grams
    if found.refused_grams and found.refusal_reason not in RefusalReason.values:
        raise errors.RefusalUnexplained(line_id=line.pk, label=label, grams=found.refused_grams)
    if not confirmed and not rules.is_likely(line.planned_grams, total):
        raise errors.WeightUnlikely(line_id=line.pk, label=label, found=total, planned=line.planned_grams)
    if found.temperature_c is not None and not rules.COLDEST_C <= found.temperature_c <= rules.HOTTEST_C:
        raise errors.TemperatureUnlikely(line_id=line.pk, label=label)
    line.collected_grams = found.collected_grams
    line.refused_grams = found.refused_grams
    line.refusal_reason = found.refusal_reason if found.refused_grams else ""
    line.temperature_c = found.temperature_c


@transaction.atomic
def stop_miss(actor: Actor, *, stop: Stop, reason: str, comment: str = "") -> Stop:
    """Record that a stop brought nothing, and why.

    Raises:
        Forbidden: this person does not drive this round.
        Conflict: the stop is already recorded, or its round is not on the road.
        DomainError: the reason is not one of ``MissReason``.
    """
    require(abilities(actor, stop), "collect")
    if reason not in MissReason.values:
        raise errors.ReasonMissing
    locked = _waiting(stop)
    locked.miss_reason = reason
    _finish(actor, locked, StopStatus.MISSED, comment=comment)
    emit(StopMissed(stop_id=locked.pk, offer_id=locked.offer_id, reason=reason))
    return locked


def _locked(wanted: Round, *statuses: RoundStatus) -> Round:
    """Return the round, locked, if it is in one of the states.

    Raises:
        RoundMovedOn: it is not.
    """
    locked = Round.objects.select_for_update(of=("self",)).select_related("site", "vehicle").get(pk=wanted.pk)
    if locked.status not in statuses:
        raise errors.RoundMovedOn(number=locked.number, state=locked.get_status_display())
    return locked


def _waiting(stop: Stop) -> Stop:
    """Return the stop, locked, if it waits on a round that is on the road.

    Raises:
        StopDone: it is recorded already.
        RoundNotStarted: its round is not on the road, or it has none.
    """
    locked = Stop.objects.select_for_update(of=("self",)).select_related("round", "offer").get(pk=stop.pk)
    if locked.status != StopStatus.WAITING:
        raise _stop_done(locked)
    if locked.round is None or locked.round.status != RoundStatus.ON_THE_ROAD:
        raise errors.RoundNotStarted
    return locked


def _round_of(stop: Stop) -> Round:
    if stop.round is None:
        raise errors.RoundNotStarted
    return stop.round


def _stop_done(stop: Stop) -> errors.StopDone:
    now = Stop.objects.select_related("offer").get(pk=stop.pk)
    return errors.StopDone(number=str(now), state=now.get_status_display())


def _finish(
    actor: Actor, stop: Stop, status: StopStatus, *, comment: str, lines: Iterable[PickupLine] = ()
) -> None:
    """Write the outcome of a locked stop and its history."""
    stop.status = status
    stop.done_at = clock.now()
    stop.done_by = actor.label[:200]
    stop.comment = comment[:500]
    record_save(actor, stop, action=status.value, parts={"lines": lines}, reason=comment)
