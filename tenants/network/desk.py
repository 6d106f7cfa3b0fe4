"""The desk of the federation: an offer under way is placed by hand, or closed, with a reason that stays."""

from uuid import UUID

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from tenants.crossing import Purpose, in_platform
from tenants.network import errors, rules
from tenants.network.abilities import desk_abilities
from tenants.network.models import NetworkOffer, RoutingAct, RoutingActor
from tenants.network.routing import free_grams, offer_locked, offer_recall, step_make, steps_put
from tenants.network.rules.territory import home_parents, km, tier
from tenants.network.selectors import offer_to_route
from tenants.network.standing import candidates
from tenants.network.states import UNDER_WAY, DeskAct, NetworkOfferStatus
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks

BY_HAND = "by-hand"
"""Stands in a step where the rule's version would."""


def offer_place(actor: Actor, *, offer: NetworkOffer, bank: UUID, grams: int, reason: str) -> NetworkOffer:
    """Ask a bank at once for grams of an offer that nobody has taken and nobody is asked for.

    Raises:
        Forbidden: only people of the federation.
        Conflict: the offer is closed, or its pick-up over.
        DomainError: more than is free, or a bank that was asked, is not at work, or lacks a family.
    """
    require(desk_abilities(actor), "place")
    with in_platform(Purpose.ROUTING), transaction.atomic():
        offer = offer_locked(offer.pk)
        if offer.status not in UNDER_WAY or clock.now() >= offer.pickup_until:
            raise errors.OfferOver(number=offer.number)
        chosen = operating_banks().filter(pk=bank).first()
        if chosen is None:
            raise errors.NotAtWork
        if offer.steps.filter(bank=chosen).exists():
            raise errors.AskedBefore(bank=chosen.name)
        _put_by_hand(offer, chosen, grams, reason)
        _tell(actor, offer, DeskAct.PLACED, reason, bank_label=chosen.name, grams=grams)
        return offer


def _put_by_hand(offer: NetworkOffer, bank: FoodBank, grams: int, reason: str) -> None:
    lines = list(offer.lines.filter(remaining_grams__gt=0))
    free = free_grams(offer, lines)
    if grams > sum(free.values()):
        raise errors.NotFree(free_grams=sum(free.values()))
    known = {each.bank_id: each for each in candidates()}
    about = offer_to_route(offer, lines, free)
    why = rules.Why(
        tier=tier(about, known[bank.pk], home_parents(about, list(known.values()))),
        km=km(about, known[bank.pk]),
        rule_version=BY_HAND,
    )
    ask = rules.Ask(bank_id=bank.pk, grams=grams, rank=offer.steps.count() + 1, why=why)
    step = step_make(offer, ask, lines, free)
    if step is None:
        raise errors.FamilyUnknown(bank=bank.name)
    steps_put(offer, [step], by_hand=True)
    offer.status = NetworkOfferStatus.ROUTED
    offer.save(update_fields=["status"])


def offer_end(actor: Actor, *, offer: NetworkOffer, reason: str) -> NetworkOffer:
    """Close an offer under way: every open question is taken back, nobody else is asked.

    Raises:
        Forbidden: only people of the federation.
        Conflict: it is closed, or a bank has just answered.
    """
    require(desk_abilities(actor), "end")
    with in_platform(Purpose.ROUTING), transaction.atomic():
        offer = offer_recall(offer, otherwise=NetworkOfferStatus.EXPIRED)
        _tell(actor, offer, DeskAct.CLOSED, reason)
        return offer


def _tell(
    actor: Actor,
    offer: NetworkOffer,
    action: DeskAct,
    reason: str,
    *,
    bank_label: str = "",
    grams: int | None = None,
) -> None:
    """Write what was done by hand, for the banks asked, and by whom, for the federation alone."""
    act = RoutingAct.objects.create(
        offer=offer,
        action=action,
        bank_label=bank_label[:120],
        grams=grams,
        reason=reason[:500],
    )
    RoutingActor.objects.create(act=act, actor_id=actor.id, actor_label=actor.label[:200])
