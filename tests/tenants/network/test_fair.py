"""A lot is shared fairly: the best set of banks, whole pallets, never beyond room or reach."""

from dataclasses import replace
from itertools import combinations
from math import ceil
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.network.rules import Ask, Candidate, OfferToRoute, RoutingPolicy, Tier, route
from tenants.network.rules.fair import DETOUR, fair_field, open_banks, reach_km
from tenants.network.rules.levels import Field, best_set, values, widened
from tenants.registry.territory import distance_km

PALLET = 500_000
SHARED = RoutingPolicy(home_first=False)
NOBODY: frozenset[UUID] = frozenset()


def offer(**overrides) -> OfferToRoute:
    values: dict[str, Any] = {
        "department": "45",
        "latitude": 47.9,
        "longitude": 1.9,
        "grams": 20 * PALLET,
        "temperature_class": "AMBIENT",
        "days_left": 10,
        "neighbours": frozenset({"41"}),
        "region": frozenset({"41", "37"}),
    }
    return OfferToRoute(**values | overrides)


def bank(number: int, **overrides) -> Candidate:
    values: dict[str, Any] = {
        "bank_id": UUID(int=number),
        "kind": "bank",
        "parent_id": None,
        "departments": frozenset({str(number)}),
        "latitude": 47.5,
        "longitude": 2.0,
        "need_grams": 100_000_000,
        "received_grams": 50_000_000,
    }
    return Candidate(**values | overrides)


def asked(questions: list[Ask]) -> dict[int, int]:
    return {ask.bank_id.int: ask.grams for ask in questions}


def numbered(rows: list[dict[str, Any]]) -> list[Candidate]:
    return [bank(number, **row) for number, row in enumerate(rows, start=1)]


drawn_offers = st.builds(
    offer,
    grams=st.integers(1, 60 * PALLET) | st.integers(1, 60).map(lambda pallets: pallets * PALLET),
    days_left=st.none() | st.integers(0, 30),
    latitude=st.none() | st.floats(43, 50),
    value=st.sampled_from([0.5, 1.0, 2.0]),
    pallet_grams=st.none() | st.integers(50_000, 900_000),
)
drawn_banks = st.lists(
    st.builds(
        dict[str, Any],
        latitude=st.none() | st.floats(42, 51),
        longitude=st.floats(-4, 7),
        is_active=st.booleans(),
        departments=st.sampled_from(["45", "41", "37", "75"]).map(lambda code: frozenset({code})),
        need_grams=st.integers(0, 400_000_000),
        received_grams=st.floats(0, 300_000_000),
        room_grams=st.none() | st.integers(0, 20 * PALLET),
        capacity=st.none() | st.builds(dict[str, Any], AMBIENT=st.integers(0, 20 * PALLET)),
    ),
    max_size=9,
).map(numbered)
policies = st.builds(
    RoutingPolicy,
    theta=st.sampled_from([0.0, 3.0, 10.0, 30.0]),
    alpha=st.sampled_from([0.0, 1.0, 2.0, 4.0]),
    guard=st.sampled_from([0.0, 0.7]),
    most_banks=st.integers(1, 4),
    home_first=st.booleans(),
)


@settings(deadline=None)
@given(drawn_offers, drawn_banks, policies)
def test_what_is_asked_fits_the_offer_the_rooms_and_the_pallets(found, banks, policy):
    questions = route(found, banks, NOBODY, policy)
    assert sum(ask.grams for ask in questions) <= found.grams
    by_id = {candidate.bank_id: candidate for candidate in banks}
    pallet = found.pallet_grams or PALLET
    begun = [ask for ask in questions if ask.grams % pallet]
    assert len(begun) <= 1 or found.grams < pallet
    assert all(ask.grams % pallet <= found.grams % pallet for ask in begun)
    for ask in questions:
        candidate = by_id[ask.bank_id]
        assert candidate.is_active
        assert ask.grams > 0
        assert candidate.room_grams is None or ask.grams <= candidate.room_grams
        assert candidate.capacity is None or ask.grams <= candidate.capacity["AMBIENT"]


@settings(deadline=None)
@given(drawn_offers.filter(lambda found: found.days_left is not None), drawn_banks, policies)
def test_food_with_a_date_never_leaves_its_reach(found, banks, policy):
    places = {candidate.bank_id: candidate for candidate in banks}
    for ask in route(found, banks, NOBODY, policy):
        there = places[ask.bank_id]
        if found.latitude is None or there.latitude is None or ask.why.tier == Tier.HOME:
            continue
        away = distance_km(found.latitude, found.longitude, there.latitude, there.longitude)
        assert DETOUR * away <= reach_km(found.days_left) + 0.1


@settings(deadline=None)
@given(drawn_offers, drawn_banks, policies)
def test_nobody_is_asked_twice_and_asking_ends(found, banks, policy):
    before: set[UUID] = set()
    while questions := route(found, banks, frozenset(before), policy):
        new = [ask.bank_id for ask in questions]
        assert before.isdisjoint(new)
        assert len(set(new)) == len(new)
        assert [ask.rank for ask in questions] == [len(before) + 1 + place for place in range(len(new))]
        before.update(new)


@settings(deadline=None)
@given(drawn_offers, drawn_banks, policies, st.randoms())
def test_the_same_rows_in_any_order_give_the_same_questions(found, banks, policy, random):
    shuffled = random.sample(banks, len(banks))
    assert route(found, shuffled, NOBODY, policy) == route(found, banks, NOBODY, policy)


def level_of(lot: float, need: list[float], received: list[float], room: list[float]) -> list[float]:
    """Fill banks to one level by bisection, the slow way: the independent check."""
    low, high = 0.0, max((h + c) / n for n, h, c in zip(need, received, room, strict=True))

    def held(level: float) -> list[float]:
        return [min(max(level * n - h, 0), c) for n, h, c in zip(need, received, room, strict=True)]

    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if sum(held(middle)) > lot else (middle, high)
    return held(low) if sum(held(high)) > lot else held(high)


def value_of(field: Field, members: tuple[int, ...], policy: RoutingPolicy) -> float:
    """Value one set as the formula reads, the slow way."""
    need, received, room, km = (
        [float(numbers[member]) for member in members]
        for numbers in (field.need, field.received, field.room, field.km)
    )
    kilos = level_of(field.lot, need, received, room)
    total = -1000 * max(field.lot - sum(kilos), 0)
    for x, n, h, away in zip(kilos, need, received, km, strict=True):
        if policy.alpha == 1:
            total += field.mean_fill * n * np.log((h + x) / h)
        else:
            power = 1 - policy.alpha
            total += (field.mean_fill * n) ** policy.alpha * ((h + x) ** power - h**power) / power
        trucks = max(1, ceil(x * 1000 / policy.truck_grams - 1e-9))
        total -= policy.theta * (away + policy.trip_km) * trucks
    return total


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(10, 500), st.floats(0.05, 1.5), st.integers(1, 30), st.floats(0, 700)),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 47),
    st.sampled_from([1.0, 2.0]),
)
def test_the_set_found_is_the_best_of_all_sets_of_three(rows, pallets, alpha):
    need = np.array([row[0] for row in rows]) * 1000
    field = Field(
        need=need,
        received=need * [row[1] for row in rows],
        room=np.array([row[2] for row in rows]) * 500.0,
        km=np.array([row[3] for row in rows]),
        mean_fill=0.6,
        lot=pallets * 500.0,
    )
    policy = replace(SHARED, alpha=alpha)
    numbers = range(len(rows))
    enumerated = max(
        value_of(field, members, policy)
        for size in range(1, min(3, len(rows)) + 1)
        for members in combinations(numbers, size)
    )
    assert best_set(field, policy).value == pytest.approx(enumerated, rel=1e-9, abs=1e-5)


def test_the_emptier_of_two_banks_as_near_gets_the_lot():
    full, empty = bank(1, received_grams=80_000_000), bank(2, received_grams=20_000_000)
    assert asked(route(offer(grams=4 * PALLET), [full, empty], NOBODY, SHARED)) == {2: 4 * PALLET}


def test_the_questions_of_a_round_leave_both_banks_at_one_level():
    small = bank(1, need_grams=50_000_000, received_grams=10_000_000)
    large = bank(2, need_grams=100_000_000, received_grams=20_000_000)
    far_more_needed = replace(SHARED, theta=0.1)
    shares = asked(route(offer(grams=30 * PALLET), [small, large], NOBODY, far_more_needed))
    assert shares == {1: 10 * PALLET, 2: 20 * PALLET}


def test_a_kilometre_must_earn_its_kilos():
    near = bank(1, received_grams=50_000_000)
    far = bank(2, latitude=44.0, received_grams=40_000_000)
    assert asked(route(offer(grams=2 * PALLET), [near, far], NOBODY, SHARED)) == {1: 2 * PALLET}
    free = replace(SHARED, theta=0.0)
    assert asked(route(offer(grams=2 * PALLET), [near, far], NOBODY, free)) == {2: 2 * PALLET}


def test_the_home_bank_has_the_first_refusal_for_what_it_has_room():
    home = bank(45, departments=frozenset({"45"}), room_grams=7 * PALLET + 1, received_grams=90_000_000)
    other = bank(2, received_grams=1_000_000)
    (ask,) = route(offer(), [home, other], NOBODY)
    assert (ask.bank_id, ask.grams, ask.why.is_home_first) == (home.bank_id, 7 * PALLET, True)
    assert asked(route(offer(grams=13 * PALLET), [home, other], frozenset({home.bank_id}))) == {
        2: 13 * PALLET
    }


def test_food_of_two_days_is_not_held_for_the_home_bank():
    home = bank(45, departments=frozenset({"45"}), received_grams=90_000_000)
    questions = route(offer(days_left=2), [home, bank(2, received_grams=1_000_000)], NOBODY)
    assert 2 in asked(questions)


def test_a_lot_too_large_for_three_banks_goes_to_more():
    banks = [bank(number, room_grams=5 * PALLET) for number in range(1, 7)]
    questions = route(offer(grams=20 * PALLET), banks, NOBODY, SHARED)
    assert sum(asked(questions).values()) == 20 * PALLET
    assert len(questions) == 4


def test_the_guard_puts_the_emptiest_bank_into_the_set():
    near = [bank(number, received_grams=60_000_000) for number in (1, 2)]
    empty = bank(3, latitude=45.5, received_grams=28_000_000)
    small = offer(grams=2 * PALLET)
    assert 3 not in asked(route(small, [*near, empty], NOBODY, replace(SHARED, theta=100.0)))
    assert 3 in asked(route(small, [*near, empty], NOBODY, replace(SHARED, theta=100.0, guard=0.7)))


def test_food_with_a_date_waits_for_nobody_beyond_its_reach_and_food_without_goes_further():
    far = bank(1, latitude=43.0, longitude=-8.0)
    assert route(offer(days_left=3), [far], NOBODY, SHARED) == []
    assert asked(route(offer(days_left=None), [far], NOBODY, SHARED)) == {1: 20 * PALLET}


def test_the_question_tells_the_numbers_it_came_from():
    half = bank(1, received_grams=20_000_000, room_grams=30 * PALLET)
    full = bank(2, received_grams=60_000_000)
    (ask,) = route(offer(grams=PALLET), [half, full], NOBODY, SHARED)
    assert (ask.why.fill, ask.why.mean_fill, ask.why.marginal) == (0.2, 0.4, 4.0)
    assert (ask.why.room_grams, ask.why.rule_version) == (30 * PALLET, "fair-2")


def test_a_bank_of_unknown_need_counts_as_the_mean_bank():
    unknown = bank(1, need_grams=0, received_grams=0)
    field = fair_field(offer(), [unknown, bank(2)], open_banks(offer(), [unknown], NOBODY, SHARED))
    assert field.received / field.need == pytest.approx([field.mean_fill])
    (ask,) = route(
        offer(grams=PALLET), [unknown, bank(2, is_active=False), bank(3, room_grams=0)], NOBODY, SHARED
    )
    assert (ask.bank_id, ask.why.fill, ask.why.marginal) == (unknown.bank_id, None, None)


def test_a_further_bank_is_only_added_for_what_does_not_fit_or_adds_value():
    field = Field(
        need=np.full(6, 1e5),
        received=np.full(6, 5e4),
        room=np.full(6, 1500.0),
        km=np.arange(0.0, 60.0, 10.0),
        mean_fill=0.5,
        lot=6500.0,
    )
    found = widened(field, best_set(field, SHARED), SHARED)
    assert len(found.members) == 5
    assert found.kilos.sum() == pytest.approx(6500)
    assert found.value == pytest.approx(
        values(field, found.members[None, :], found.kilos[None, :], SHARED)[0]
    )
