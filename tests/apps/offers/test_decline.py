"""Declining, withdrawing, letting expire."""

import datetime as dt
from uuid import uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, software
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.facts import Fact
from apps.offers.facts import OfferDeclined
from apps.offers.models import Offer
from apps.offers.services import (
    offer_accept,
    offer_decline,
    offer_expire,
    offer_withdraw,
    offers_expire_due,
)
from apps.offers.states import DeclineReason, OfferStatus
from tests.making.offers import make_offer, make_offer_line
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_declining_leaves_the_whole_offer_and_says_why(manager: Actor, told: list[Fact]):
    step = uuid4()
    offer = make_offer(make_offer_line(grams=70_000), network_step_id=step)

    declined = offer_decline(manager, offer=offer, reason=DeclineReason.NO_ROOM, comment="Cold room full")

    assert (declined.status, declined.decline_reason) == (OfferStatus.DECLINED, "no_room")
    assert told == [
        OfferDeclined(offer_id=offer.pk, network_step_id=step, declined_grams=70_000, reason="no_room")
    ]


def test_a_refusal_needs_a_reason(manager: Actor):
    with pytest.raises(DomainError) as refused:
        offer_decline(manager, offer=make_offer(), reason="")
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")


def test_an_accepted_offer_cannot_be_declined(manager: Actor):
    offer = make_offer()
    offer_accept(manager, offer=offer)
    with pytest.raises(Conflict):
        offer_decline(manager, offer=offer, reason=DeclineReason.NO_NEED)
    assert Offer.objects.get().status == OfferStatus.ACCEPTED


def test_a_donor_takes_an_offer_back(manager: Actor, told: list[Fact]):
    assert offer_withdraw(manager, offer=make_offer()).status == OfferStatus.WITHDRAWN
    assert told == []


def test_only_the_network_withdraws_what_it_brought(manager: Actor):
    offer = make_offer(network_step_id=uuid4())
    with pytest.raises(Forbidden):
        offer_withdraw(manager, offer=offer)
    assert offer_withdraw(software("network"), offer=offer).status == OfferStatus.WITHDRAWN


def test_an_answered_offer_cannot_be_withdrawn(manager: Actor):
    offer = make_offer()
    offer_accept(manager, offer=offer)
    with pytest.raises(Conflict):
        offer_withdraw(manager, offer=offer)


def test_silence_is_told_apart_from_a_refusal(told: list[Fact]):
    offer = offer_expire(software("clock"), offer=make_offer())
    assert offer.status == OfferStatus.EXPIRED
    assert isinstance(told[0], OfferDeclined)
    assert told[0].reason == DeclineReason.NO_ANSWER


def test_nobody_lets_an_offer_expire_by_hand(manager: Actor):
    with pytest.raises(Forbidden):
        offer_expire(manager, offer=make_offer())


def test_offers_past_their_time_expire_together(manager: Actor):
    now = clock.now()
    late = make_offer(answer_by=now - dt.timedelta(minutes=5))
    still_open = make_offer(answer_by=now + dt.timedelta(minutes=5))
    without_limit = make_offer(answer_by=None)
    answered = offer_accept(manager, offer=make_offer())

    assert offers_expire_due(software("clock"), now=now + dt.timedelta(minutes=1)) == 1

    states = dict(Offer.objects.values_list("pk", "status"))
    assert states[late.pk] == OfferStatus.EXPIRED
    assert states[still_open.pk] == states[without_limit.pk] == OfferStatus.PROPOSED
    assert states[answered.pk] == OfferStatus.ACCEPTED


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ACCOUNTS, Role.PARTNER])
def test_others_do_not_decline(role: Role):
    with pytest.raises(Forbidden):
        offer_decline(actor_as(role), offer=make_offer(), reason=DeclineReason.NO_ROOM)
