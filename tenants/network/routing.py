"""From bank to bank until somebody takes the food: asking, hearing, passing on. No offer is forgotten.

One bank holds the question at a time. Whether it has answered is a row of its own schema (its local
offer): the network closes a step only after that row, so an answer given at the last second is never
lost, and the outbox brings it. Locks are taken in one order: step, offer, lines, then the bank's rows.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.offers.states import DeclineReason
from tenants.crossing import Purpose, in_platform
from tenants.network import local, rules
from tenants.network.abilities import abilities
from tenants.network.models import NetworkOffer, NetworkOfferLine, RoutingStep
from tenants.network.selectors import candidates, days_left, offer_to_route
from tenants.network.states import NetworkOfferStatus, StepState

logger = logging.getLogger("collecto.network")


def ask_next(offer: NetworkOffer) -> None:
    """Put what remains of a locked offer to the next bank, or close it when nobody is left.

    A bank that cannot hold the question (its catalogue lacks a family) is passed over, and it shows.
    """
    now = clock.now()
    while now < offer.pickup_until:
        asked = frozenset(offer.steps.values_list("bank_id", flat=True))
        questions = rules.route(offer_to_route(offer), candidates(), asked)
        if not questions:
            break
        put = [step_open(offer, ask) for ask in questions]
        if any(put):
            return
    offer_close(offer, otherwise=NetworkOfferStatus.EXPIRED)


def step_open(offer: NetworkOffer, ask: rules.Ask) -> bool:
    """Ask one bank: a step here and an offer in the bank's own schema; returns whether it was put."""
    lines = list(offer.lines.filter(remaining_grams__gt=0))
    now = clock.now()
    step = RoutingStep.objects.create(
        offer=offer,
        bank_id=ask.bank_id,
        rank=ask.rank,
        asked=[{"line": str(line.pk), "grams": line.remaining_grams} for line in lines],
        proposed_grams=ask.grams,
        asked_at=now,
        deadline=rules.answer_deadline(now, days_left=days_left(lines), pickup_until=offer.pickup_until),
        reason={"tier": ask.why.tier, "km": ask.why.km, "rule_version": ask.why.rule_version},
    )
    if not local.offer_put(step, offer, lines):
        step_settle(step, StepState.CANCELLED)
        return False
    offer.status = NetworkOfferStatus.ROUTED
    offer.save(update_fields=["status"])
    return True


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
            return step
        offer = offer_locked(step.offer_id)
        taken = _take(step, offer, accepted)
        state = _state(taken, step.proposed_grams, decline_reason)
        step_settle(step, state, taken=taken, decline_reason=decline_reason)
        if offer.remaining_grams:
            ask_next(offer)
        else:
            offer_close(offer, otherwise=NetworkOfferStatus.ACCEPTED)
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


def offer_locked(pk: UUID) -> NetworkOffer:
    """Return an offer with its donor, locked until the transaction ends."""
    locked = NetworkOffer.objects.select_for_update(of=("self",)).select_related("donor_account")
    return locked.get(pk=pk)


def step_settle(step: RoutingStep, state: StepState, *, taken: int = 0, decline_reason: str = "") -> None:
    """Write how a locked step ended."""
    step.state, step.accepted_grams, step.decline_reason = state, taken, decline_reason
    step.answered_at = step.updated_at = clock.now()
    step.save(update_fields=["state", "accepted_grams", "decline_reason", "answered_at", "updated_at"])


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
    """Close a locked step that nobody answered, and ask the next bank; false when an answer is on its way."""
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
        taken += grams
    NetworkOfferLine.objects.bulk_update(lines.values(), ["remaining_grams"])
    offer.accepted_grams += taken
    offer.save(update_fields=["accepted_grams"])
    return taken


def _state(taken: int, proposed: int, decline_reason: str) -> StepState:
    if taken:
        return StepState.ACCEPTED if taken == proposed else StepState.PARTLY_ACCEPTED
    return StepState.TIMED_OUT if decline_reason == DeclineReason.NO_ANSWER else StepState.DECLINED
