"""Which bank is asked, in what order, and how long it has."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.network.rules import RULE_VERSION, Candidate, OfferToRoute, Tier, answer_deadline, route

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
DIJON = (47.32, 5.04)
DEPARTMENTS = ["21", "71", "39", "70", "75", "2A"]


def offer(**overrides) -> OfferToRoute:
    values: dict[str, Any] = {
        "department": "21",
        "latitude": DIJON[0],
        "longitude": DIJON[1],
        "grams": 100_000,
        "temperature_class": "AMBIENT",
        "days_left": 10,
        "neighbours": frozenset({"39", "70", "71"}),
        "region": frozenset({"39", "58", "70", "71", "89"}),
    }
    return OfferToRoute(**values | overrides)


def bank(*departments: str, latitude: float | None = 47.0, **overrides) -> Candidate:
    values: dict[str, Any] = {
        "bank_id": uuid4(),
        "kind": "bank",
        "parent_id": None,
        "departments": frozenset(departments),
        "latitude": latitude,
        "longitude": None if latitude is None else 5.0,
    }
    return Candidate(**values | overrides)


def order(found: OfferToRoute, *candidates: Candidate) -> list[UUID]:
    """Ask until nobody is left, every bank saying no."""
    asked: list[UUID] = []
    while questions := route(found, candidates, frozenset(asked)):
        asked += [ask.bank_id for ask in questions]
    return asked


def test_home_antenna_then_its_parent_then_neighbours_then_region_then_nation():
    parent = bank("71")
    antenna = bank("21", kind="antenna", parent_id=parent.bank_id)
    neighbour, region, nation = bank("39"), bank("89"), bank("75")
    ids = [c.bank_id for c in (antenna, parent, neighbour, region, nation)]
    assert order(offer(), nation, region, neighbour, parent, antenna) == ids


def test_within_a_tier_the_nearest_is_asked_first_and_a_bank_of_unknown_place_last():
    near, far, unknown = bank("39", latitude=47.1), bank("70", latitude=44.0), bank("71", latitude=None)
    assert order(offer(), unknown, far, near) == [near.bank_id, far.bank_id, unknown.bank_id]


def test_a_bank_that_is_not_at_work_is_not_asked():
    assert route(offer(), [bank("21", is_active=False)], frozenset()) == []


def test_a_bank_without_room_for_the_temperature_class_is_not_asked():
    full = bank("21", capacity={"AMBIENT": 0, "FROZEN_M18": 50_000})
    assert route(offer(), [full], frozenset()) == []
    assert route(offer(temperature_class="FROZEN_M18"), [full], frozenset())


def test_the_question_says_why():
    home = bank("21")
    (ask,) = route(offer(), [home], frozenset())
    assert (ask.rank, ask.grams, ask.why.tier, ask.why.rule_version) == (1, 100_000, Tier.HOME, RULE_VERSION)
    assert ask.why.km == pytest.approx(35.7, abs=0.5)


def test_the_same_question_gets_the_same_answer_whatever_the_order_of_the_rows():
    twins = [bank("39"), bank("39"), bank("39")]
    assert order(offer(), *twins) == order(offer(), *reversed(twins))


candidates = st.builds(
    bank,
    st.sampled_from(DEPARTMENTS),
    latitude=st.none() | st.floats(41, 51),
    is_active=st.booleans(),
    kind=st.sampled_from(["bank", "antenna"]),
    capacity=st.none() | st.dictionaries(st.just("AMBIENT"), st.integers(0, 1_000_000)),
)


@given(st.lists(candidates, max_size=12), st.integers(1, 10**9))
def test_asking_always_ends_and_asks_nobody_twice(banks, grams):
    asked = order(offer(grams=grams), *banks)
    assert len(asked) == len(set(asked)) <= len(banks)


@given(st.lists(candidates, max_size=12), st.integers(0, 10**9))
def test_a_bank_that_declares_no_limit_is_asked_for_all_that_remains(banks, grams):
    unlimited = [replace(found, capacity=None) for found in banks]
    questions = route(offer(grams=grams), unlimited, frozenset())
    assert not questions or sum(ask.grams for ask in questions) == grams


@given(st.lists(candidates, max_size=12), st.data())
def test_nobody_is_asked_again(banks, data):
    before = (
        frozenset(data.draw(st.sets(st.sampled_from([b.bank_id for b in banks])))) if banks else frozenset()
    )
    assert before.isdisjoint(ask.bank_id for ask in route(offer(), banks, before))


@pytest.mark.parametrize(
    ("days_left", "hours"), [(-1, 2), (0, 2), (1, 2), (3, 4), (7, 12), (30, 24), (31, 48), (None, 48)]
)
def test_the_shorter_the_life_the_sooner_the_next_bank_is_asked(days_left, hours):
    until = NOON + dt.timedelta(days=30)
    assert answer_deadline(NOON, days_left=days_left, pickup_until=until) == NOON + dt.timedelta(hours=hours)


def test_an_answer_is_never_awaited_after_the_pick_up_window():
    until = NOON + dt.timedelta(hours=1)
    assert answer_deadline(NOON, days_left=None, pickup_until=until) == until
