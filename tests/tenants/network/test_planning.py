"""The plan of a week and the plan of hindsight: fair, within rooms and lots, and as good as it gets."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.network.rules import RoutingPolicy
from tenants.network.rules.planning import Lots, Needs, expected_kilos, fair_plan, worst_raised

FREE = RoutingPolicy(theta=0.0)


def lots(kilos: list[float], *, banks: int = 2, room: float = 1e6) -> Lots:
    return Lots(
        kilos=np.array(kilos),
        km=np.full((len(kilos), banks), 10.0),
        group=np.zeros(len(kilos), dtype=np.int64),
        room=np.full((1, banks), room),
    )


EVEN = Needs(need=np.array([1000.0, 3000.0]), received=np.array([100.0, 300.0]))


def test_the_fair_plan_brings_equals_to_one_level():
    plan = fair_plan(lots([400.0, 400.0]), EVEN, mean_fill=0.3, policy=FREE, segments=400)
    assert plan.sum(axis=0) == pytest.approx([200, 600], rel=0.03)


def test_the_worst_fill_is_raised_as_high_as_it_can_be():
    needs = Needs(need=np.array([1000.0, 1000.0]), received=np.array([500.0, 100.0]))
    plan = worst_raised(lots([600.0]), needs)
    assert ((plan.sum(axis=0) + needs.received) / needs.need).min() == pytest.approx(0.6)


def test_a_bank_outside_reach_gets_nothing():
    far = replace(lots([400.0]), km=np.array([[10.0, np.inf]]))
    assert fair_plan(far, EVEN, mean_fill=0.3, policy=FREE)[0] == pytest.approx([400, 0])


def test_the_road_keeps_a_small_lot_with_the_nearer_of_two_equals():
    away = replace(lots([100.0]), km=np.array([[200.0, 5.0]]))
    assert fair_plan(away, EVEN, mean_fill=0.3)[0] == pytest.approx([0, 100])


def test_what_is_expected_grows_with_the_weeks_left():
    past = lots([400.0, 400.0])
    four, eight = (
        expected_kilos(past, EVEN, weeks=4, weeks_left=left, mean_fill=0.3, policy=FREE) for left in (4, 8)
    )
    assert (four.sum(), eight.sum()) == (pytest.approx(800), pytest.approx(1600))


@pytest.mark.parametrize(("weeks_left", "kilos"), [(0, [400.0]), (4, [])])
def test_nothing_is_expected_of_no_week_and_of_no_lot(weeks_left, kilos):
    past = lots(kilos)
    found = expected_kilos(past, EVEN, weeks=4, weeks_left=weeks_left, mean_fill=0.3)
    assert found.tolist() == [0, 0]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(1, 5000), min_size=1, max_size=6),
    st.floats(0, 3000),
    st.lists(st.tuples(st.floats(10, 5000), st.floats(0, 5000)), min_size=1, max_size=5),
)
def test_plans_stay_within_lots_and_rooms(kilos, room, banks):
    offered = lots(kilos, banks=len(banks), room=room)
    needs = Needs(need=np.array([row[0] for row in banks]), received=np.array([row[1] for row in banks]))
    for plan in (fair_plan(offered, needs, mean_fill=0.5), worst_raised(offered, needs)):
        assert (plan >= -1e-6).all()
        assert (plan.sum(axis=1) <= offered.kilos + 1e-4).all()
        assert (plan.sum(axis=0) <= room + 1e-4).all()
