"""Several banks are asked at once, each for its own grams; standing rules answer; the desk steps in."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.display import NOTHING
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.history import history_of
from apps.offers.services import offer_accept, offer_decline
from apps.offers.states import DeclineReason, OfferKind, OfferStatus
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.abilities import donor_actor
from tenants.network.models import (
    BankRouting,
    NetworkOffer,
    RoutingAct,
    RoutingGrounds,
    RoutingPolicy,
    RoutingStep,
)
from tenants.network.poverty import POOR_THOUSANDS, weekly_need
from tenants.network.services import (
    bank_rules_set,
    need_set,
    offer_end,
    offer_place,
    offer_withdraw,
    policy_set,
)
from tenants.network.sharing import shares
from tenants.network.standing import candidates
from tenants.network.states import NetworkOfferStatus, StepState
from tenants.network.words import reason_in_words
from tenants.registry.models import FoodBank
from tenants.registry.territory import departments
from tests.making.figures import count
from tests.making.network import (
    asked,
    local_offer,
    make_near,
    make_network_line,
    make_pantry,
    publish,
    refreshed,
)
from tests.people import actor_as

MANAGER, DISPATCHER = actor_as(Role.MANAGER), actor_as(Role.FEDERATION)
TONNE = 1_000_000
NO_RULES: dict[str, Any] = {
    "takes_automatically": False,
    **{
        f"{zone}_{what}_grams": None
        for zone in ("ambient", "chilled", "frozen")
        for what in ("auto", "most", "free")
    },
    "closed_weekdays": [],
    "closed_days": [],
}


@pytest.fixture(autouse=True)
def banks(twin_a: FoodBank, twin_b: FoodBank, bank_c: FoodBank) -> None:
    """Twin A serves the offer's department, B and C neighbouring ones; all three know carrots."""
    make_pantry(twin_a, twin_b, bank_c)
    make_near(bank_c)


def keep_rules(bank: FoodBank, **settings: object) -> BankRouting:
    with in_tenant(bank, Purpose.TEST):
        return bank_rules_set(MANAGER, **{**NO_RULES, **settings})


def carrots(*, tonnes: int = 12, **overrides: Any) -> NetworkOffer:
    return publish(make_network_line(grams=tonnes * TONNE, label="Carottes"), **overrides)


def accept(bank: FoodBank, offer: NetworkOffer, grams: int | None = None) -> None:
    here = local_offer(bank, offer)
    with in_tenant(bank, Purpose.TEST):
        accepted = None if grams is None else {here.lines.all()[0].pk: grams}
        offer_accept(MANAGER, offer=here, accepted=accepted)


def decline(bank: FoodBank, offer: NetworkOffer) -> None:
    here = local_offer(bank, offer)
    with in_tenant(bank, Purpose.TEST):
        offer_decline(MANAGER, offer=here, reason=DeclineReason.NO_ROOM)


def in_question(offer: NetworkOffer) -> int:
    with in_platform(Purpose.TEST):
        return sum(offer.steps.filter(state=StepState.ASKED).values_list("proposed_grams", flat=True))


@pytest.fixture
def round_of_two(twin_a: FoodBank, deliver) -> NetworkOffer:
    """Twelve tonnes that the home bank refused: B and C are asked together."""
    offer = carrots()
    decline(twin_a, offer)
    deliver()
    return offer


def test_the_refusal_of_the_home_bank_asks_several_at_once(round_of_two):
    steps = asked(round_of_two)
    assert {row[0] for row in steps if row[1] == StepState.ASKED} == {"twin-b", "other-c"}
    assert in_question(round_of_two) == 12 * TONNE
    assert len({row[2] for row in steps}) > 1


def test_each_bank_reads_its_own_grams(round_of_two, twin_b, bank_c):
    weights = [local_offer(bank, round_of_two).lines.all()[0].offered_grams for bank in (twin_b, bank_c)]
    assert sum(weights) == 12 * TONNE
    assert 0 < min(weights) < 12 * TONNE


def test_what_is_in_question_is_not_put_to_another(round_of_two, twin_b, deliver):
    accept(twin_b, round_of_two, TONNE)
    deliver()
    assert in_question(round_of_two) + refreshed(round_of_two).accepted_grams <= 12 * TONNE
    assert refreshed(round_of_two).status == NetworkOfferStatus.ROUTED


def test_an_offer_closes_when_nothing_is_asked_and_nothing_is_left_to_ask(
    round_of_two, twin_b, bank_c, deliver
):
    accept(twin_b, round_of_two)
    deliver()
    assert refreshed(round_of_two).status == NetworkOfferStatus.ROUTED
    accept(bank_c, round_of_two)
    deliver()
    assert refreshed(round_of_two).status == NetworkOfferStatus.ACCEPTED


def test_the_donor_takes_back_every_open_question(round_of_two, twin_b, bank_c):
    with in_platform(Purpose.TEST):
        account = round_of_two.donor_account
    offer_withdraw(donor_actor(account), offer=round_of_two)
    assert refreshed(round_of_two).status == NetworkOfferStatus.WITHDRAWN
    assert in_question(round_of_two) == 0
    assert {local_offer(bank, round_of_two).status for bank in (twin_b, bank_c)} == {OfferStatus.WITHDRAWN}


def test_an_offer_is_taken_back_whole_or_not_at_all(round_of_two, twin_b, bank_c):
    accept(twin_b, round_of_two)
    with in_platform(Purpose.TEST):
        account = round_of_two.donor_account
    with pytest.raises(Conflict):
        offer_withdraw(donor_actor(account), offer=round_of_two)
    assert local_offer(bank_c, round_of_two).status == OfferStatus.PROPOSED


def test_a_mixed_offer_is_split_line_by_line(twin_a, twin_b, bank_c, deliver):
    offer = publish(make_network_line(grams=8 * TONNE), make_network_line(grams=4 * TONNE, label="Poires"))
    decline(twin_a, offer)
    deliver()
    for bank in (twin_b, bank_c):
        apples, pears = local_offer(bank, offer).lines.all()
        assert abs(apples.offered_grams - 2 * pears.offered_grams) <= 2


@pytest.mark.parametrize("grams", [0, 1, 5, 6, 100])
def test_shares_add_up_and_no_line_gives_more_than_it_has(grams):
    free = {UUID(int=1): 3, UUID(int=2): 2, UUID(int=3): 0, UUID(int=4): 1}
    part = shares(grams, free)
    assert sum(part.values()) == min(grams, 6)
    assert all(0 < given <= free[line] for line, given in part.items())


def test_the_home_bank_is_asked_for_what_it_has_room_for_and_others_for_the_rest(twin_a):
    keep_rules(twin_a, ambient_free_grams=4 * TONNE)
    offer = carrots()
    assert asked(offer)[0] == ("twin-a", StepState.ASKED, 4 * TONNE, 0)
    assert in_question(offer) == 12 * TONNE


def test_what_was_taken_today_is_no_longer_room(twin_a, deliver):
    keep_rules(twin_a, ambient_most_grams=10 * TONNE)
    accept(twin_a, carrots(tonnes=6))
    deliver()
    assert asked(carrots(tonnes=6))[0][0:3] == ("twin-a", StepState.ASKED, 4 * TONNE)


def test_a_bank_closed_on_every_day_of_the_pickup_is_not_asked(twin_a):
    keep_rules(
        twin_a, closed_days=[(clock.today() + dt.timedelta(days=each)).isoformat() for each in range(4)]
    )
    assert "twin-a" not in {row[0] for row in asked(carrots())}


def test_a_bank_that_opens_within_the_window_is_asked(twin_a):
    keep_rules(twin_a, closed_days=[clock.today().isoformat()])
    assert asked(carrots())[0][0] == "twin-a"


def test_standing_rules_take_what_fits_at_once_and_say_so(twin_a, deliver, client):
    keep_rules(twin_a, takes_automatically=True, ambient_auto_grams=5 * TONNE)
    offer = carrots(tonnes=4)
    here = local_offer(twin_a, offer)
    assert (here.status, here.answered_by) == (OfferStatus.ACCEPTED, "standing rules")
    page = client.get(f"/offers/{offer.public_token}/", headers={"host": "localhost"}).content.decode()
    assert "by its standing rules" in page
    with in_tenant(twin_a, Purpose.TEST):
        assert history_of(here)[0].actor_label == "standing rules"
    deliver()
    assert refreshed(offer).status == NetworkOfferStatus.ACCEPTED
    assert local_offer(twin_a, carrots(tonnes=2)).status == OfferStatus.PROPOSED


def test_standing_rules_take_nothing_of_a_class_they_do_not_name(twin_a):
    keep_rules(twin_a, takes_automatically=True, frozen_auto_grams=5 * TONNE)
    assert local_offer(twin_a, carrots(tonnes=1)).status == OfferStatus.PROPOSED


def test_standing_rules_take_nothing_that_asks_an_amount(twin_a):
    keep_rules(twin_a, takes_automatically=True, ambient_auto_grams=5 * TONNE)
    line = make_network_line(grams=TONNE, cents_per_kg=45)
    sale = publish(line, kind=OfferKind.SALE)
    assert local_offer(twin_a, sale).status == OfferStatus.PROPOSED


def test_automatic_without_a_weight_is_refused_at_its_field(twin_a):
    with pytest.raises(DomainError) as refusal:
        keep_rules(twin_a, takes_automatically=True)
    assert refusal.value.field == "takes_automatically"


def test_only_managers_keep_the_rules_and_only_of_their_own_bank(twin_a, twin_b):
    keep_rules(twin_a, ambient_free_grams=1)
    with in_tenant(twin_b, Purpose.TEST):
        assert not BankRouting.objects.exists()
        with pytest.raises(Forbidden):
            bank_rules_set(actor_as(Role.STOCK), **NO_RULES)


def test_the_need_is_reckoned_from_the_poor_until_it_is_set(twin_a, twin_b):
    def needs() -> dict[str, int]:
        with in_platform(Purpose.TEST):
            return {str(each.bank_id): each.need_grams for each in candidates()}

    before = needs()
    need_set(DISPATCHER, bank=twin_a.pk, weekly_need_grams=2 * TONNE, reason="Survey")
    after = needs()
    assert before[str(twin_a.pk)] > before[str(twin_b.pk)] == after[str(twin_b.pk)]
    assert after[str(twin_a.pk)] < before[str(twin_a.pk)]
    with in_tenant(twin_a, Purpose.TEST):
        (entry,) = history_of(BankRouting.objects.get())
    assert (entry.changes, entry.reason) == ({"weekly_need_grams": [None, 2 * TONNE]}, "Survey")


def test_every_department_has_its_poor_and_banks_share_them():
    assert {each.code for each in departments()} == set(POOR_THOUSANDS)
    assert weekly_need(["21"], {"21": 2}) * 2 == weekly_need(["21"], {"21": 1}) == 64_000 * 250


def test_what_came_in_counts_half_after_eight_weeks(twin_a, twin_b):
    today = clock.today()
    count(twin_a, "in", 1_000, day=today - dt.timedelta(days=56))
    count(twin_b, "arrived", 1_000, day=today)
    count(twin_b, "shipped", 400, day=today)
    with in_platform(Purpose.TEST):
        got = {each.bank_id: each.received_grams for each in candidates()}
    assert [got[twin_a.pk], got[twin_b.pk]] == pytest.approx([500, 600])


def test_the_settings_of_the_federation_hold_and_keep_their_history(twin_a):
    policy_set(DISPATCHER, reason="Trial", home_first=False)
    policy_set(DISPATCHER, reason="Hurry", home_first=False, hours_week=3)
    offer = carrots()
    with in_platform(Purpose.TEST):
        step = offer.steps.get(rank=1)
        assert [row.reason for row in RoutingPolicy.objects.all()[:2]] == ["Hurry", "Trial"]
    assert step.deadline - step.asked_at <= dt.timedelta(hours=3, seconds=1)
    assert not step.reason.get("is_home_first")
    with pytest.raises(Forbidden):
        policy_set(MANAGER, reason="Mine")


def test_the_numbers_are_put_into_words():
    reason = {"tier": "neighbour", "km": 31.2}
    said = reason_in_words(reason, RoutingGrounds(fill=0.62, mean_fill=0.8, room_grams=4 * TONNE))
    assert "31 km away" in said
    assert "4,000\xa0kg of room free, 62 % of its need met lately, against 80 % on average." in said
    assert "met" not in reason_in_words(reason)
    assert reason_in_words({}) == NOTHING


def offer_with_something_free(twin_b: FoodBank, bank_c: FoodBank) -> NetworkOffer:
    """Twelve tonnes in the hands of a home bank with room for four; nobody else has room."""
    keep_rules(twin_b, ambient_free_grams=0)
    keep_rules(bank_c, ambient_free_grams=0)
    return carrots()


def test_the_desk_places_by_hand_and_everybody_reads_why(twin_a, twin_b, bank_c, sign_in):
    keep_rules(twin_a, ambient_free_grams=4 * TONNE)
    offer = offer_with_something_free(twin_b, bank_c)
    offer_place(DISPATCHER, offer=offer, bank=bank_c.pk, grams=3 * TONNE, reason="They called us")
    assert asked(offer)[-1] == ("other-c", StepState.ASKED, 3 * TONNE, 0)
    with in_platform(Purpose.TEST):
        step = RoutingStep.objects.get(offer=offer, bank=twin_a)
        act = RoutingAct.objects.select_related("actor").get()
    assert (act.action, act.grams, act.actor.actor_id) == ("placed", 3 * TONNE, DISPATCHER.id)
    page = sign_in(twin_a, Role.MANAGER).get(f"/network/offers/{step.pk}/").content.decode()
    assert "They called us" in page
    assert "Asked by the federation." in page


def test_what_the_desk_places_waits_for_the_people_of_the_bank(twin_a, twin_b, bank_c):
    keep_rules(twin_a, ambient_free_grams=4 * TONNE)
    offer = offer_with_something_free(twin_b, bank_c)
    keep_rules(bank_c, takes_automatically=True, ambient_auto_grams=5 * TONNE)
    offer_place(DISPATCHER, offer=offer, bank=bank_c.pk, grams=TONNE, reason="They called us")
    assert local_offer(bank_c, offer).status == OfferStatus.PROPOSED


def test_the_desk_does_not_place_what_is_not_free_nor_ask_twice(twin_a, twin_b, bank_c):
    keep_rules(twin_a, ambient_free_grams=4 * TONNE)
    offer = offer_with_something_free(twin_b, bank_c)
    for bank, grams, field in ((bank_c, 9 * TONNE, "grams"), (twin_a, TONNE, "bank")):
        with pytest.raises(DomainError) as refusal:
            offer_place(DISPATCHER, offer=offer, bank=bank.pk, grams=grams, reason="x")
        assert refusal.value.field == field
    with pytest.raises(DomainError):
        offer_place(DISPATCHER, offer=offer, bank=uuid4(), grams=TONNE, reason="x")
    with pytest.raises(Forbidden):
        offer_place(MANAGER, offer=offer, bank=bank_c.pk, grams=TONNE, reason="x")


def test_the_desk_closes_an_offer_once(round_of_two, twin_b):
    offer_end(DISPATCHER, offer=round_of_two, reason="Spoiled")
    assert refreshed(round_of_two).status == NetworkOfferStatus.EXPIRED
    assert local_offer(twin_b, round_of_two).status == OfferStatus.WITHDRAWN
    with pytest.raises(Conflict):
        offer_end(DISPATCHER, offer=round_of_two, reason="Again")
    with pytest.raises(Conflict):
        offer_place(DISPATCHER, offer=round_of_two, bank=twin_b.pk, grams=1, reason="Late")
