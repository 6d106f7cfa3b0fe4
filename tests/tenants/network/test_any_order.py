"""Whatever banks, donor and clock do, in any order: no gram of an offer is lost, doubled or forgotten."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.errors import Conflict, DomainError
from apps.offers.models import Offer
from apps.offers.services import offer_accept, offer_decline
from apps.offers.states import DeclineReason, OfferStatus
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.abilities import donor_actor
from tenants.network.models import NetworkOffer, NetworkOfferLine, RoutingStep
from tenants.network.services import offer_withdraw, steps_advance_due
from tenants.network.states import UNDER_WAY, NetworkOfferStatus, StepState
from tenants.registry.models import FoodBank
from tests.making.network import make_near, make_network_line, make_pantry, publish, refreshed
from tests.people import actor_as

CLOCKWORK, MANAGER = software("network"), actor_as(Role.MANAGER)
HOURS = dt.timedelta(hours=13)


@dataclass(frozen=True)
class Act:
    """What somebody does: which bank (by place), what, and of what it was asked how much (percent)."""

    what: str
    bank: int = 0
    percent: int = 100


ACTS = st.one_of(
    st.builds(Act, st.just("accept"), st.integers(0, 2), st.sampled_from([1, 30, 99, 100])),
    st.builds(Act, st.sampled_from(["decline", "deliver"]), st.integers(0, 2)),
    st.builds(Act, st.sampled_from(["deliver", "wait"])),
    st.builds(Act, st.sampled_from(["withdraw"] + ["wait"] * 4)),
)


@pytest.mark.parametrize("tonnes", [12])
def test_no_offer_is_lost_or_doubled(tonnes, twin_a, twin_b, bank_c, deliver):
    banks = [twin_a, twin_b, bank_c]
    make_pantry(*banks)
    make_near(bank_c)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACTS, max_size=10))
    def lived(acts: list[Act]) -> None:
        with in_platform(Purpose.TEST), transaction.atomic():
            story(acts, banks, deliver, grams=tonnes * 1_000_000)
            transaction.set_rollback(True)

    lived()


def story(acts: list[Act], banks: list[FoodBank], deliver, *, grams: int) -> None:
    """Play the acts, look after each one, then let the clock run out: the offer must be at its end."""
    offer = publish(make_network_line(grams=grams), make_network_line(grams=grams // 3 + 1, label="Poires"))
    now = clock.now()
    for act in acts:
        now = played(act, offer, banks, deliver, now)
        sound(offer)
    for _round in range(5):
        with clock.time_set_to(now):
            deliver()
            steps_advance_due(CLOCKWORK, now=now)
        sound(offer)
        now += HOURS * 2
    assert refreshed(offer).status not in UNDER_WAY
    with in_platform(Purpose.TEST):
        assert not offer.steps.filter(state=StepState.ASKED).exists()


def played(act: Act, offer: NetworkOffer, banks: list[FoodBank], deliver, now: dt.datetime) -> dt.datetime:
    """Let somebody act at a time; returns the time after it."""
    with clock.time_set_to(now):
        if act.what == "deliver":
            deliver()
        elif act.what == "wait":
            now += HOURS
        elif act.what == "withdraw":
            take_back(offer)
        else:
            answer(act, offer, banks[act.bank])
    with clock.time_set_to(now):
        steps_advance_due(CLOCKWORK, now=now)
    return now


def take_back(offer: NetworkOffer) -> None:
    with in_platform(Purpose.TEST):
        account = NetworkOffer.objects.select_related("donor_account").get(pk=offer.pk).donor_account
    try:
        offer_withdraw(donor_actor(account), offer=offer)
    except Conflict:
        return
    assert refreshed(offer).status in (NetworkOfferStatus.WITHDRAWN, NetworkOfferStatus.PARTLY_ACCEPTED)


def answer(act: Act, offer: NetworkOffer, bank: FoodBank) -> None:
    """Let a bank answer what it was asked, if it was, and if it still can."""
    with in_platform(Purpose.TEST):
        step = RoutingStep.objects.filter(offer=offer, bank=bank).first()
    if step is None:
        return
    with in_tenant(bank, Purpose.TEST):
        here = Offer.objects.filter(network_step_id=step.pk).first()
        if here is None or here.status != OfferStatus.PROPOSED:
            return
        try:
            if act.what == "decline":
                offer_decline(MANAGER, offer=here, reason=DeclineReason.NO_NEED)
            else:
                taken = {line.pk: line.offered_grams * act.percent // 100 for line in here.lines.all()}
                offer_accept(MANAGER, offer=here, accepted=taken)
        except DomainError:
            return


def sound(offer: NetworkOffer) -> None:
    """What must hold after every act."""
    with in_platform(Purpose.TEST):
        now = NetworkOffer.objects.get(pk=offer.pk)
        steps = list(offer.steps.all())
        lines = {str(line.pk): line for line in NetworkOfferLine.objects.filter(offer=offer)}
    open_steps = [step for step in steps if step.state == StepState.ASKED]
    assert len({step.bank_id for step in steps}) == len(steps)
    assert now.accepted_grams == sum(step.accepted_grams for step in steps)
    assert now.remaining_grams == sum(line.remaining_grams for line in lines.values())
    for key, line in lines.items():
        in_question = sum(each["grams"] for step in open_steps for each in step.asked if each["line"] == key)
        assert in_question <= line.remaining_grams
    assert bool(open_steps) == (now.status in UNDER_WAY)
