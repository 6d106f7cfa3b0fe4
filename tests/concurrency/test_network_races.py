"""Two workers meet on the same question, two people on the same transfer."""

from collections.abc import Callable, Iterator
from functools import partial
from threading import Event
from time import sleep
from uuid import uuid4

import pytest
from django.db import connection, transaction

from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.errors import Conflict
from apps.offers.models import Offer
from apps.offers.services import offer_accept
from apps.offers.states import OfferStatus
from apps.sites.models import Location
from apps.stock.selectors import available_by_lot
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.abilities import donor_actor
from tenants.network.models import DonorAccount, NetworkOffer, RoutingStep, Transfer, TransferLine
from tenants.network.services import (
    bank_rules_set,
    offer_withdraw,
    step_answer,
    steps_advance_due,
    transfer_accept,
    transfer_cancel,
    transfer_propose,
    transfer_receive,
    transfer_ship,
)
from tenants.network.states import NetworkOfferStatus, StepState, TransferState
from tenants.network.surplus.resources import resources_set, resources_told
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.network import asked, make_near, make_network_line, make_pantry, publish, refreshed
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.making.threads import each_at_home, together
from tests.people import actor_as
from tests.spaces import tampering

KEEPER = actor_as(Role.STOCK)

WAITERS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
WIPE = """
SET LOCAL session_replication_role = replica;
DELETE FROM network_transitleg; DELETE FROM network_transferline; DELETE FROM network_transfer;
DELETE FROM network_routingact;
DELETE FROM network_routingstep; DELETE FROM network_networkofferline; DELETE FROM network_networkoffer;
DELETE FROM network_donoraccount; DELETE FROM network_routingpolicy;
DELETE FROM network_bankrouting; DELETE FROM network_sharedresource;
"""


@pytest.fixture
def open_bank(fresh_bank: Callable[..., FoodBank]) -> Iterator[Callable[..., FoodBank]]:
    """Open banks that commit; the shared rows about them go before they do."""
    yield fresh_bank
    with in_platform(Purpose.TEST), tampering() as cursor:
        cursor.execute(WIPE)


def transfer_between(sender: FoodBank, receiver: FoodBank, **of_family: str) -> Transfer:
    with in_tenant(sender, Purpose.TEST):
        shelf = make_location()
        lot = make_lot(10_000, family=make_family(**of_family), location=shelf)
        transfer = transfer_propose(
            KEEPER,
            op_key=uuid4(),
            from_bank=sender,
            to_bank=receiver,
            lot=lot,
            location=Location.objects.get(pk=shelf.pk),
            grams=8_000,
        )
    with in_tenant(receiver, Purpose.TEST):
        return transfer_accept(KEEPER, transfer=transfer)


def state(transfer: Transfer) -> str:
    with in_platform(Purpose.TEST):
        return Transfer.objects.get(pk=transfer.pk).state


def test_of_many_workers_one_passes_a_silent_question_on(open_bank):
    home = open_bank(departments=["974"])
    make_pantry(home)
    offer = publish(department="974")
    with in_platform(Purpose.TEST):
        deadline = NetworkOffer.objects.get(pk=offer.pk).steps.get().deadline

    def advance() -> int:
        with clock.time_set_to(deadline):
            return steps_advance_due(software("network"), now=deadline)

    assert sorted(together(home, [advance] * 4)) == [0, 0, 0, 1]
    first, *others = asked(offer)
    assert first[:2] == (home.slug, StepState.TIMED_OUT)
    assert len({row[0] for row in others}) == len(others)
    assert refreshed(offer).status == NetworkOfferStatus.EXPIRED


def test_an_offer_passed_on_while_its_donor_takes_it_back_stays_with_the_next_bank(open_bank):
    home, following = open_bank(departments=["974"]), open_bank(departments=["974"])
    make_pantry(home, following)
    offer = publish(department="974")
    held = Event()

    def pass_on() -> None:
        with in_platform(Purpose.TEST), transaction.atomic():
            step = RoutingStep.objects.select_for_update(of=("self",)).get(offer=offer)
            held.set()
            wait_for_a_waiter()
            step_answer(software("network"), step_id=step.pk, accepted={}, decline_reason="no_room")

    def take_back() -> None:
        held.wait(5)
        offer_withdraw(donor_actor(offer.donor_account), offer=offer)

    _passed, refusal = together(home, [pass_on, take_back])
    assert isinstance(refusal, Conflict)
    assert [row[1] for row in asked(offer)] == [StepState.DECLINED, StepState.ASKED]
    assert refreshed(offer).status == NetworkOfferStatus.ROUTED


def lone_offer(home: FoodBank) -> tuple[NetworkOffer, RoutingStep]:
    """Publish food that one bank is asked for; returns it with the question."""
    make_pantry(home)
    offer = publish(department="974")
    with in_platform(Purpose.TEST):
        return offer, RoutingStep.objects.get(offer=offer)


def take_all(step: RoutingStep) -> None:
    offer_accept(KEEPER, offer=Offer.objects.get(network_step_id=step.pk))


def outcome(home: FoodBank, offer: NetworkOffer) -> tuple[str, str]:
    """Return what became of the question, in the bank and on the network."""
    with in_tenant(home, Purpose.TEST):
        here = Offer.objects.get().status
    return here, asked(offer)[0][1]


def test_an_answer_at_the_deadline_counts_or_the_silence_does_never_both(open_bank):
    home = open_bank(departments=["974"])
    offer, step = lone_offer(home)

    def advance() -> int:
        with clock.time_set_to(step.deadline):
            return steps_advance_due(software("network"), now=step.deadline)

    taken, advanced = together(home, [partial(take_all, step), advance])
    if isinstance(taken, Conflict):
        assert (advanced, outcome(home, offer)) == (1, (OfferStatus.EXPIRED, StepState.TIMED_OUT))
    else:
        assert (advanced, outcome(home, offer)) == (0, (OfferStatus.ACCEPTED, StepState.ACCEPTED))


def test_an_offer_is_accepted_or_taken_back_never_both(open_bank):
    home = open_bank(departments=["974"])
    offer, step = lone_offer(home)
    with in_platform(Purpose.TEST):
        donor = donor_actor(DonorAccount.objects.get(pk=offer.donor_account_id))
    withdraw = partial(offer_withdraw, donor, offer=offer)
    taken, back = together(home, [partial(take_all, step), withdraw])
    assert isinstance(taken, Conflict) is not isinstance(back, Conflict)
    ends = {
        True: (OfferStatus.WITHDRAWN, StepState.CANCELLED),
        False: (OfferStatus.ACCEPTED, StepState.ACCEPTED),
    }
    assert outcome(home, offer) == ends[isinstance(taken, Conflict)]


def test_two_answers_to_one_round_at_once_are_both_counted(open_bank):
    banks = [open_bank(departments=["974"]) for _each in range(3)]
    make_pantry(*banks)
    make_near(banks[-1])
    offer = publish(make_network_line(grams=12_000_000), department="974")
    answer = partial(step_answer, software("network"), decline_reason="no_room", accepted={})
    with in_platform(Purpose.TEST):
        home = offer.steps.get()
    answer(step_id=home.pk)
    with in_platform(Purpose.TEST):
        round_of_two = list(offer.steps.filter(state=StepState.ASKED))
    assert len(round_of_two) == 2
    acts = [
        partial(step_answer, software("network"), step_id=step.pk, accepted={0: 1_000_000})
        for step in round_of_two
    ]
    together(banks[0], acts)
    assert refreshed(offer).accepted_grams == 2_000_000
    assert refreshed(offer).status == NetworkOfferStatus.PARTLY_ACCEPTED


def wait_for_a_waiter() -> None:
    """Return once another transaction waits for a row that this one holds."""
    for _try in range(100):
        with connection.cursor() as cursor:
            cursor.execute(WAITERS)
            if cursor.fetchone()[0]:
                return
        sleep(0.01)


def test_goods_shipped_by_two_people_at_once_leave_once(open_bank):
    sender, receiver = open_bank(), open_bank()
    transfer = transfer_between(sender, receiver)
    results = together(sender, [partial(transfer_ship, KEEPER, transfer=transfer)] * 4)
    assert sum(isinstance(done, Conflict) for done in results) == 3
    with in_tenant(sender, Purpose.TEST):
        assert sum(held.grams for held in available_by_lot()) == 2_000


def take_in(transfer: Transfer) -> Transfer:
    lines = TransferLine.objects.filter(transfer=transfer.pk)
    weighed = {line.pk: line.shipped_grams for line in lines}
    return transfer_receive(
        KEEPER, transfer=transfer, received=weighed, location=Location.objects.earliest("created_at")
    )


@pytest.mark.pitfall(24)
def test_goods_that_cross_on_the_road_do_not_block_each_other(open_bank):
    north, south = open_bank(), open_bank()
    there = transfer_between(north, south, code="VEG")
    back = transfer_between(south, north, code="VEG")
    shipped = each_at_home(
        [
            (north, partial(transfer_ship, KEEPER, transfer=there)),
            (south, partial(transfer_ship, KEEPER, transfer=back)),
        ]
    )
    assert [transfer.state for transfer in shipped] == [TransferState.SHIPPED] * 2
    received = each_at_home([(south, partial(take_in, there)), (north, partial(take_in, back))])
    assert [transfer.state for transfer in received] == [TransferState.RECEIVED] * 2


@pytest.mark.pitfall(24)
def test_a_transfer_is_shipped_or_cancelled_never_both(open_bank):
    sender, receiver = open_bank(), open_bank()
    transfer = transfer_between(sender, receiver)
    acts = [
        partial(transfer_ship, KEEPER, transfer=transfer),
        partial(transfer_cancel, KEEPER, transfer=transfer),
    ]
    results = together(sender, acts)
    assert sum(isinstance(done, Conflict) for done in results) == 1
    with in_tenant(sender, Purpose.TEST):
        left = sum(held.grams for held in available_by_lot())
    assert (state(transfer), left) in [(TransferState.SHIPPED, 2_000), (TransferState.CANCELLED, 10_000)]


def test_what_a_bank_tells_and_sets_of_itself_twice_at_once_is_there_once(open_bank):
    home = open_bank()
    room = partial(resources_set, KEEPER, free={"FROZEN_M18": 5_000}, tells_arrivals=False)
    assert together(home, [room] * 4) == [None] * 4
    rules = {"takes_automatically": False, "closed_weekdays": [6]}
    rows = together(home, [partial(bank_rules_set, actor_as(Role.MANAGER), **rules)] * 4)
    assert {row.pk for row in rows} == {rows[0].pk}
    with in_tenant(home, Purpose.TEST):
        assert [told.free_grams for told in resources_told()] == [5_000]
