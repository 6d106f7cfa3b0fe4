"""From bank to bank until somebody takes the food: asking, hearing, passing on. No offer is forgotten.

Several banks may be asked at once, each for its own grams: what is in question with one is never put to
another. Whether a bank has answered is a row of its own schema (its local offer): the network closes a step
only after that row, so an answer given at the last second is never lost, and the outbox brings it. Locks are
taken in one order: steps, offer, lines, then the rows of the banks, schemas in the order of their names.
"""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.offers.states import DeclineReason
from tenants.crossing import Purpose, in_platform
from tenants.network import errors, local, rules, standing
from tenants.network.abilities import abilities
from tenants.network.models import BankRouting, NetworkOffer, NetworkOfferLine, RoutingGrounds, RoutingStep
from tenants.network.selectors import days_left, offer_to_route
from tenants.network.sharing import shares
from tenants.network.states import UNDER_WAY, NetworkOfferStatus, StepState

logger = logging.getLogger("collecto.network")

PASSED_ON: Final = (StepState.TIMED_OUT, StepState.CANCELLED)
"""States in which an acceptance comes too late: others may have been asked for the same grams."""


def ask_next(offer: NetworkOffer) -> None:
    """Put what of a locked offer is neither taken nor in question to the next banks.

    It is closed when nobody is asked and nobody is left to ask. A bank that cannot hold the question (its
    catalogue lacks a family) is passed over, and it shows.
    """
    if clock.now() < offer.pickup_until:
        steps_put(offer, _next_steps(offer))
    if open_steps(offer).exists():
        offer.status = NetworkOfferStatus.ROUTED
        offer.save(update_fields=["status"])
    elif offer.remaining_grams:
        offer_close(offer, otherwise=NetworkOfferStatus.EXPIRED)
    else:
        offer_close(offer, otherwise=NetworkOfferStatus.ACCEPTED)


def open_steps(offer: NetworkOffer) -> QuerySet[RoutingStep]:
    """Return the questions about an offer that wait for an answer."""
    return offer.steps.filter(state=StepState.ASKED)


def free_grams(offer: NetworkOffer, lines: Sequence[NetworkOfferLine]) -> dict[UUID, int]:
    """Return the grams of each line that nobody has taken and nobody is asked for."""
    free = {line.pk: line.remaining_grams for line in lines}
    for step in open_steps(offer):
        for asked in step.asked:
            free[UUID(asked["line"])] -= asked["grams"]
    return free


def _next_steps(offer: NetworkOffer) -> list[RoutingStep]:
    """Return new questions about all of a locked offer that is free, as far as there is whom to ask."""
    lines = list(offer.lines.filter(remaining_grams__gt=0))
    free = free_grams(offer, lines)
    if not sum(free.values()):
        return []
    known = standing.candidates(standing.goods_of(lines, free, offer))
    policy = standing.rule_of(standing.policy_now())
    asked = set(offer.steps.values_list("bank_id", flat=True))
    steps: list[RoutingStep] = []
    while sum(free.values()):
        asks = rules.route(offer_to_route(offer, lines, free), known, frozenset(asked), policy)
        for ask in asks:
            asked.add(ask.bank_id)
            step = step_make(offer, ask, lines, free)
            if step is not None:
                steps.append(step)
        if not asks:
            break
    return steps


def step_make(
    offer: NetworkOffer, ask: rules.Ask, lines: Sequence[NetworkOfferLine], free: dict[UUID, int]
) -> RoutingStep | None:
    """Write a question and take its grams off what is ``free``; ``None`` when the bank cannot hold it."""
    part = shares(min(ask.grams, sum(free.values())), free)
    if not part:
        return None
    kept = days_left([line for line in lines if line.pk in part])
    zones = {line.pk: standing.zone_of_goods(line.temperature_class) for line in lines}
    step = RoutingStep.objects.create(
        offer=offer,
        bank_id=ask.bank_id,
        rank=ask.rank,
        asked=[{"line": str(pk), "grams": grams, "zone": zones[pk]} for pk, grams in part.items()],
        proposed_grams=sum(part.values()),
        asked_at=clock.now(),
        deadline=standing.deadline_of(standing.policy_now(), days_left=kept, pickup_until=offer.pickup_until),
        reason=_reason(ask.why),
    )
    _grounds_write(step, ask.why)
    if not local.can_hold(step, lines):
        step_settle(step, StepState.CANCELLED)
        return None
    for pk, grams in part.items():
        free[pk] -= grams
    return step


def _reason(why: rules.Why) -> dict[str, object]:
    """Return what every bank asked may know of why one is asked, as its step keeps it."""
    told: dict[str, object] = {"tier": why.tier, "km": why.km, "rule_version": why.rule_version}
    return told | ({"is_home_first": True} if why.is_home_first else {})


def _grounds_write(step: RoutingStep, why: rules.Why) -> None:
    """Write what the rule knew of the bank itself, where it knew something: other banks read none of it."""
    known = {
        "room_grams": why.room_grams,
        "fill": why.fill,
        "mean_fill": why.mean_fill,
        "marginal": why.marginal,
    }
    if any(value is not None for value in known.values()):
        RoutingGrounds.objects.create(step=step, bank_id=step.bank_id, **known)


def steps_put(offer: NetworkOffer, steps: Sequence[RoutingStep], *, by_hand: bool = False) -> None:
    """Record each question in its bank's schema, schemas in name order; standing rules answer at once.

    Never one put ``by_hand``: the desk asks past what the rules say, so people answer it.
    """
    lines = list(offer.lines.all())
    for step in sorted(steps, key=lambda each: each.bank.schema_name):
        row = BankRouting.objects.select_for_update().filter(bank_id=step.bank_id).first()
        takes = not by_hand and standing.takes_by_itself(row, step, offer)
        if local.offer_put(step, offer, lines, takes=takes):
            step.reason["is_automatic"] = True
            step.save(update_fields=["reason"])


def step_answer(
    actor: Actor, *, step_id: UUID, accepted: Mapping[int, int], decline_reason: str = ""
) -> RoutingStep | None:
    """Write a bank's answer, grams accepted per position of its offer, and pass on what remains.

    Idempotent: an answer to a step that is settled changes nothing. ``None``: no such step.

    Raises:
        Forbidden: only the software answers for a bank, from the fact its people made.
    """
    require(abilities(actor), "route")
    with in_platform(Purpose.ROUTING), transaction.atomic():
        step = RoutingStep.objects.select_for_update(of=("self",)).filter(pk=step_id).first()
        if step is None or step.state != StepState.ASKED:
            if step and step.state in PASSED_ON and any(accepted.values()):
                logger.error("question %s was passed on before its bank accepted it", step.pk)
            return step
        offer = offer_locked(step.offer_id)
        taken = _take(step, offer, accepted)
        state = _state(taken, step.proposed_grams, decline_reason)
        step_settle(step, state, taken=taken, decline_reason=decline_reason)
        ask_next(offer)
        return step


def steps_advance_due(actor: Actor, *, now: dt.datetime) -> int:
    """Pass on every question whose deadline is over; returns how many.

    Each in its own transaction, rows taken with ``SKIP LOCKED``: two workers never advance one step. A
    question that fails is tried again next time, after the others.

    Raises:
        Forbidden: only the software does this.
    """
    require(abilities(actor), "route")
    seen: set[UUID] = set()
    advanced = 0
    while True:
        with in_platform(Purpose.ROUTING), transaction.atomic():
            step = _due(now).exclude(pk__in=seen).first()
            if step is None:
                return advanced
            seen.add(step.pk)
            advanced += _timed_out_alone(step)


def offer_recall(offer: NetworkOffer, *, otherwise: NetworkOfferStatus) -> NetworkOffer:
    """Close an offer and take back every question about it, all or nothing (inside a transaction).

    Raises:
        NetworkOfferClosed: it is closed, or a bank has answered, or it was passed on meanwhile.
    """
    asked = RoutingStep.objects.select_for_update(of=("self",)).select_related("bank").order_by("pk")
    steps = list(asked.filter(offer=offer, state=StepState.ASKED))
    offer = offer_locked(offer.pk)
    passed_on = set(open_steps(offer)) - set(steps)  # while this one waited for a lock
    if passed_on or offer.status not in UNDER_WAY:
        raise errors.NetworkOfferClosed
    for step in sorted(steps, key=lambda each: each.bank.schema_name):
        if not local.offer_withdrawn(step):
            raise errors.NetworkOfferClosed
        step_settle(step, StepState.CANCELLED)
    offer_close(offer, otherwise=otherwise)
    return offer


def offer_locked(pk: UUID) -> NetworkOffer:
    """Return an offer with its donor, locked until the transaction ends."""
    locked = NetworkOffer.objects.select_for_update(of=("self",)).select_related("donor_account")
    return locked.get(pk=pk)


def step_settle(step: RoutingStep, state: StepState, *, taken: int = 0, decline_reason: str = "") -> None:
    """Write how a locked step ended."""
    step.state, step.accepted_grams, step.decline_reason = state, taken, decline_reason
    step.answered_at = step.updated_at = clock.now()
    step.save(
        update_fields=["state", "accepted_grams", "decline_reason", "answered_at", "updated_at", "asked"]
    )


def offer_close(offer: NetworkOffer, *, otherwise: NetworkOfferStatus) -> None:
    """Close a locked offer: taken whole, taken in part, or ``otherwise``."""
    if offer.accepted_grams and offer.remaining_grams:
        otherwise = NetworkOfferStatus.PARTLY_ACCEPTED
    offer.status = otherwise
    offer.closed_at = offer.updated_at = clock.now()
    offer.save(update_fields=["status", "closed_at", "updated_at"])


def _timed_out_alone(step: RoutingStep) -> bool:
    """Close a locked step; what goes wrong with one question is logged and stops no other."""
    try:
        with transaction.atomic():
            return _timed_out(step)
    except Exception:
        logger.exception("question %s could not be passed on", step.pk)
        return False


def _timed_out(step: RoutingStep) -> bool:
    """Close a locked step that nobody answered, and ask others; false when an answer is on its way."""
    offer = offer_locked(step.offer_id)
    if not local.offer_expired(step):
        return False
    step_settle(step, StepState.TIMED_OUT)
    ask_next(offer)
    return True


def _due(now: dt.datetime) -> QuerySet[RoutingStep]:
    """Return the questions whose deadline is over, skipping those another worker holds."""
    return (
        RoutingStep.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("bank")
        .filter(state=StepState.ASKED, deadline__lte=now)
        .order_by("deadline", "pk")
    )


def _take(step: RoutingStep, offer: NetworkOffer, accepted: Mapping[int, int]) -> int:
    """Take the grams accepted off the lines of a locked offer; returns their sum."""
    lines = {str(line.pk): line for line in offer.lines.select_for_update()}
    taken = 0
    for position, asked in enumerate(step.asked):
        grams = accepted.get(position, 0)
        lines[asked["line"]].remaining_grams -= grams
        asked["taken"] = grams
        taken += grams
    NetworkOfferLine.objects.bulk_update(lines.values(), ["remaining_grams"])
    offer.accepted_grams += taken
    offer.save(update_fields=["accepted_grams"])
    return taken


def _state(taken: int, proposed: int, decline_reason: str) -> StepState:
    if taken:
        return StepState.ACCEPTED if taken == proposed else StepState.PARTLY_ACCEPTED
    return StepState.TIMED_OUT if decline_reason == DeclineReason.NO_ANSWER else StepState.DECLINED
