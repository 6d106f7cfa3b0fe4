"""An offer goes from bank to bank until somebody takes it, and is never forgotten."""

import datetime as dt
from uuid import uuid4

import pytest

from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.offers.services import offer_accept, offer_decline
from apps.offers.states import DeclineReason, OfferStatus
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network import local
from tenants.network.abilities import donor_actor
from tenants.network.handlers import on_offer_accepted
from tenants.network.models import DonorAccount, NetworkOffer, RoutingStep
from tenants.network.services import offer_withdraw, step_answer, steps_advance_due
from tenants.network.states import NetworkOfferStatus, StepState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.making.network import (
    asked,
    local_offer,
    make_account,
    make_network_line,
    make_pantry,
    publish,
    refreshed,
)
from tests.people import actor_as
from tests.spaces import tampering

CLOCKWORK = software("network")
MANAGER = actor_as(Role.MANAGER)


@pytest.fixture(autouse=True)
def banks(twin_a: FoodBank, twin_b: FoodBank) -> None:
    """Twin A serves the offer's department, twin B a neighbouring one."""
    make_pantry(twin_a, twin_b)


def accept(bank: FoodBank, offer: NetworkOffer, grams: int | None = None) -> None:
    local = local_offer(bank, offer)
    with in_tenant(bank, Purpose.TEST):
        accepted = None if grams is None else {local.lines.all()[0].pk: grams}
        offer_accept(MANAGER, offer=local, accepted=accepted)


def decline(bank: FoodBank, offer: NetworkOffer) -> None:
    local = local_offer(bank, offer)
    with in_tenant(bank, Purpose.TEST):
        offer_decline(MANAGER, offer=local, reason=DeclineReason.NO_ROOM)


def turn(bank: FoodBank, status: BankStatus) -> None:
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=bank.pk).update(status=status)


def advance(*, hours: float) -> int:
    later = clock.now() + dt.timedelta(hours=hours)
    with clock.time_set_to(later):
        return steps_advance_due(CLOCKWORK, now=later)


def test_the_home_bank_is_asked_first_for_everything(twin_a):
    offer = publish(make_network_line(grams=100_000))
    assert asked(offer) == [("twin-a", StepState.ASKED, 100_000, 0)]
    assert refreshed(offer).status == NetworkOfferStatus.ROUTED
    local = local_offer(twin_a, offer)
    assert (local.status, local.city, [line.offered_grams for line in local.lines.all()]) == (
        OfferStatus.PROPOSED,
        "Dijon",
        [100_000],
    )


def test_the_reason_of_the_question_is_kept(twin_a):
    offer = publish()
    with in_platform(Purpose.TEST):
        reason = offer.steps.get().reason
    first = {"tier": "home", "km": pytest.approx(0, abs=5), "rule_version": "fair-2", "is_home_first": True}
    assert reason == first


def test_the_bank_opens_one_file_per_donor_account(twin_a):
    account = make_account(phone="0380000000")
    publish(account=account)
    publish(account=account)
    with in_tenant(twin_a, Purpose.TEST):
        donor = Donor.objects.get(account_id=account.pk)
    assert (donor.name, donor.phone) == (account.name, "0380000000")


def test_publishing_the_same_form_twice_publishes_once(db):
    key = uuid4()
    assert publish(op_key=key).pk == publish(op_key=key).pk


def test_an_offer_taken_whole_is_closed(twin_a, deliver):
    offer = publish()
    accept(twin_a, offer)
    deliver()
    assert asked(offer) == [("twin-a", StepState.ACCEPTED, 100_000, 100_000)]
    assert refreshed(offer).status == NetworkOfferStatus.ACCEPTED
    assert refreshed(offer).closed_at is not None


def test_a_refusal_asks_the_neighbour(twin_a, deliver):
    offer = publish()
    decline(twin_a, offer)
    deliver()
    assert asked(offer) == [
        ("twin-a", StepState.DECLINED, 100_000, 0),
        ("twin-b", StepState.ASKED, 100_000, 0),
    ]


def test_what_is_not_taken_goes_to_the_next_bank(twin_a, twin_b, deliver):
    offer = publish()
    accept(twin_a, offer, 60_000)
    deliver()
    accept(twin_b, offer)
    deliver()
    assert asked(offer) == [
        ("twin-a", StepState.PARTLY_ACCEPTED, 100_000, 60_000),
        ("twin-b", StepState.ACCEPTED, 40_000, 40_000),
    ]
    assert refreshed(offer).status == NetworkOfferStatus.ACCEPTED


def test_the_rest_of_each_line_goes_on_by_itself(twin_a, twin_b, deliver):
    offer = publish(make_network_line(grams=10_000), make_network_line(grams=20_000, label="Poires"))
    local = local_offer(twin_a, offer)
    with in_tenant(twin_a, Purpose.TEST):
        offer_accept(MANAGER, offer=local, accepted={local.lines.all()[0].pk: 10_000})
    deliver()
    rest = local_offer(twin_b, offer).lines.all()
    assert [(line.label, line.offered_grams) for line in rest] == [("Poires", 20_000)]


def test_an_offer_that_nobody_takes_expires(twin_a, twin_b, deliver):
    offer = publish()
    decline(twin_a, offer)
    deliver()
    decline(twin_b, offer)
    deliver()
    assert refreshed(offer).status == NetworkOfferStatus.EXPIRED


def test_an_offer_taken_in_part_and_then_refused_says_so(twin_a, twin_b, deliver):
    offer = publish()
    accept(twin_a, offer, 1_000)
    deliver()
    decline(twin_b, offer)
    deliver()
    assert refreshed(offer).status == NetworkOfferStatus.PARTLY_ACCEPTED


def test_silence_passes_the_question_on_at_the_deadline(twin_a):
    offer = publish(make_network_line(days_left=2))
    assert advance(hours=3.9) == 0
    assert advance(hours=4.1) == 1
    assert [row[:2] for row in asked(offer)] == [
        ("twin-a", StepState.TIMED_OUT),
        ("twin-b", StepState.ASKED),
    ]
    assert local_offer(twin_a, offer).status == OfferStatus.EXPIRED


def test_an_answer_on_its_way_is_not_overtaken_by_the_clock(twin_a, deliver):
    offer = publish()
    accept(twin_a, offer)
    assert advance(hours=49) == 0
    deliver()
    assert refreshed(offer).status == NetworkOfferStatus.ACCEPTED


def test_nobody_is_asked_once_the_window_is_closed(db, deliver):
    now = clock.now()
    offer = publish(pickup_from=now, pickup_until=now + dt.timedelta(hours=1))
    assert advance(hours=1) == 1
    assert [row[0] for row in asked(offer)] == ["twin-a"]
    assert refreshed(offer).status == NetworkOfferStatus.EXPIRED


def test_a_bank_suspended_meanwhile_is_passed_over(twin_a):
    offer = publish()
    turn(twin_a, BankStatus.SUSPENDED)
    assert advance(hours=49) == 1
    assert [row[0] for row in asked(offer)] == ["twin-a", "twin-b"]
    turn(twin_a, BankStatus.ACTIVE)
    assert local_offer(twin_a, offer).status == OfferStatus.EXPIRED


def test_what_a_bank_took_before_it_was_suspended_is_asked_of_nobody_else(twin_a, deliver):
    offer = publish()
    accept(twin_a, offer)
    turn(twin_a, BankStatus.SUSPENDED)
    assert advance(hours=49) == 0
    with pytest.raises(Conflict):
        offer_withdraw(donor_actor(account_of(offer)), offer=offer)
    assert [row[0] for row in asked(offer)] == ["twin-a"]
    turn(twin_a, BankStatus.ACTIVE)
    deliver()
    assert asked(offer) == [("twin-a", StepState.ACCEPTED, 100_000, 100_000)]


def test_what_a_bank_declined_before_it_was_suspended_is_passed_on(twin_a, deliver):
    offer = publish()
    decline(twin_a, offer)
    turn(twin_a, BankStatus.SUSPENDED)
    assert advance(hours=49) == 1
    assert [row[0] for row in asked(offer)] == ["twin-a", "twin-b"]


def test_what_the_donor_takes_back_is_closed_in_a_suspended_bank(twin_a):
    offer = publish()
    turn(twin_a, BankStatus.SUSPENDED)
    offer_withdraw(donor_actor(account_of(offer)), offer=offer)
    turn(twin_a, BankStatus.ACTIVE)
    with pytest.raises(Conflict):
        accept(twin_a, offer)


def test_an_acceptance_that_comes_after_the_question_was_passed_on_is_told(twin_a, caplog):
    offer = publish()
    assert advance(hours=49) == 1
    with in_platform(Purpose.TEST):
        late = offer.steps.get(bank=twin_a)
    step_answer(CLOCKWORK, step_id=late.pk, accepted={0: 100_000})
    assert "was passed on before its bank accepted it" in caplog.text
    assert refreshed(offer).accepted_grams == 0


def test_a_bank_whose_catalogue_lacks_the_family_is_passed_over(twin_b):
    make_pantry(twin_b, code="OEUFS")
    offer = publish(make_network_line(family_code="OEUFS"))
    assert [row[:2] for row in asked(offer)] == [
        ("twin-a", StepState.CANCELLED),
        ("twin-b", StepState.ASKED),
    ]


def test_hearing_the_same_answer_twice_changes_nothing(twin_a, deliver):
    offer = publish()
    accept(twin_a, offer, 60_000)
    with in_platform(Purpose.TEST), tampering() as cursor:
        cursor.execute(
            "INSERT INTO public.outbox_outboxmessage (bank_id, fact, handler, payload)"
            " SELECT bank_id, fact, handler, payload FROM public.outbox_outboxmessage WHERE handler = %s",
            [f"{on_offer_accepted.__module__}.on_offer_accepted"],
        )
    assert deliver() == 2
    assert refreshed(offer).accepted_grams == 60_000
    assert len(asked(offer)) == 2


def test_only_the_software_answers_for_a_bank(db):
    offer = publish()
    with in_platform(Purpose.TEST):
        step = offer.steps.get()
    with pytest.raises(Forbidden):
        step_answer(MANAGER, step_id=step.pk, accepted={0: 1})


def test_a_donor_takes_an_unanswered_offer_back(twin_a):
    offer = publish()
    offer_withdraw(donor_actor(account_of(offer)), offer=offer)
    assert asked(offer) == [("twin-a", StepState.CANCELLED, 100_000, 0)]
    assert refreshed(offer).status == NetworkOfferStatus.WITHDRAWN
    assert local_offer(twin_a, offer).status == OfferStatus.WITHDRAWN


def test_an_offer_that_a_bank_has_just_accepted_is_not_withdrawn(twin_a, deliver):
    offer = publish()
    accept(twin_a, offer)
    with pytest.raises(Conflict):
        offer_withdraw(donor_actor(account_of(offer)), offer=offer)
    deliver()
    assert refreshed(offer).status == NetworkOfferStatus.ACCEPTED


def test_nobody_withdraws_the_offer_of_somebody_else(db):
    offer = publish()
    with pytest.raises(Forbidden):
        offer_withdraw(donor_actor(make_account()), offer=offer)
    assert refreshed(offer).status == NetworkOfferStatus.ROUTED


def test_an_offer_whose_window_is_over_is_refused(db):
    past = clock.now() - dt.timedelta(hours=1)
    with pytest.raises(DomainError) as refusal:
        publish(pickup_from=past, pickup_until=past)
    assert refusal.value.code == "window_closed"


def test_an_offer_without_weight_is_refused(db):
    with pytest.raises(DomainError) as refusal:
        publish(make_network_line(grams=0))
    assert refusal.value.code == "no_goods"


def test_the_same_donor_has_one_account(db):
    first = make_account(email="Quai@Example.org", name="Quai  Nord")
    again = make_account(email="quai@example.org", name="Quai Nord", city="Ailleurs")
    assert (again.pk, again.city) == (first.pk, "Dijon")


def account_of(offer: NetworkOffer) -> DonorAccount:
    with in_platform(Purpose.TEST):
        return DonorAccount.objects.get(pk=offer.donor_account_id)


def test_a_question_that_fails_does_not_hold_up_the_others(twin_a, monkeypatch):
    broken, fine = publish(), publish()
    step = next(iter(steps_of(broken)))
    expired = local.offer_expired
    monkeypatch.setattr(local, "offer_expired", lambda each: 1 / 0 if each.pk == step.pk else expired(each))
    assert advance(hours=24) == 1
    assert [row[:2] for row in asked(broken)] == [("twin-a", StepState.ASKED)]
    assert asked(fine)[0][:2] == ("twin-a", StepState.TIMED_OUT)


def steps_of(offer: NetworkOffer) -> list[RoutingStep]:
    with in_platform(Purpose.TEST):
        return list(offer.steps.all())
