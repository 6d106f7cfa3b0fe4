"""Planning a round: opening it, giving it stops, their order."""

import datetime as dt
from uuid import uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.history import history_of
from apps.rounds.models import Round, Stop
from apps.rounds.selectors import load_of, rounds_of, stops_to_plan
from apps.rounds.services import (
    RoundPlan,
    round_close,
    round_create,
    round_replan,
    stop_move,
    stop_unassign,
    stops_assign,
)
from tests.making.offers import make_offer_line
from tests.making.rounds import make_round, make_stop, make_stop_on_the_road
from tests.making.sites import make_site, make_vehicle
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def order_of(planned: Round) -> list[Stop]:
    return list(planned.stops.order_by("sequence"))


def test_a_round_is_numbered(manager: Actor):
    made = round_create(manager, day=clock.today(), site=make_site(), vehicle=None)
    assert made.number == f"TO-{clock.today().year}-00001"


def test_the_same_key_opens_one_round(manager: Actor):
    key, site = uuid4(), make_site()
    first, again = (
        round_create(manager, day=clock.today(), site=site, vehicle=None, op_key=key) for _ in range(2)
    )
    assert first == again == Round.objects.get()


def test_a_day_that_is_over_is_not_planned(manager: Actor):
    with pytest.raises(DomainError) as refused:
        round_create(manager, day=clock.today() - dt.timedelta(days=1), site=make_site(), vehicle=None)
    assert refused.value.field == "day"


def test_a_vehicle_put_away_does_not_drive(manager: Actor):
    vehicle = make_vehicle(archived_at=clock.now())
    with pytest.raises(DomainError) as refused:
        round_create(manager, day=clock.today(), site=vehicle.site, vehicle=vehicle)
    assert refused.value.field == "vehicle"


def test_stops_join_a_round_in_the_order_given(manager: Actor):
    first, second, third = make_stop(), make_stop(), make_stop()
    planned = make_round(first)

    stops_assign(manager, round=planned, stops=[third, second])

    assert order_of(planned) == [first, third, second]
    assert not stops_to_plan().exists()


def test_a_stop_moves_from_one_planned_round_to_another(manager: Actor):
    stop = make_stop()
    make_round(stop)
    other = make_round()
    stops_assign(manager, round=other, stops=[stop])
    assert order_of(other) == [stop]


def test_a_stop_already_on_the_road_is_not_taken_away(manager: Actor):
    stop, free = make_stop_on_the_road(), make_stop()
    other = make_round()

    with pytest.raises(Conflict, match=str(stop)):
        stops_assign(manager, round=other, stops=[free, stop])
    assert order_of(other) == []


def test_a_closed_round_takes_no_stop(manager: Actor):
    closed = round_close(manager, round=make_round(make_stop()))
    with pytest.raises(Conflict, match="Closed"):
        stops_assign(manager, round=closed, stops=[make_stop()])


def test_a_stop_taken_out_waits_again(manager: Actor):
    stop = make_stop()
    planned = make_round(stop)
    stop.refresh_from_db()

    stop_unassign(manager, stop=stop)

    assert list(stops_to_plan()) == [stop]
    [told] = history_of(planned)[0].changes["stops"].values()
    gone = [{"id": str(planned.pk), "label": planned.number}, None]
    assert told == {"label": str(stop), "changes": {"round": gone, "sequence": [1, 0]}}


def test_stops_change_places(manager: Actor):
    first, second, third = make_stop(), make_stop(), make_stop()
    planned = make_round(first, second, third)

    stop_move(manager, stop=Stop.objects.get(pk=third.pk), up=True)
    assert order_of(planned) == [first, third, second]
    stop_move(manager, stop=Stop.objects.get(pk=first.pk), up=False)
    assert order_of(planned) == [third, first, second]
    stop_move(manager, stop=Stop.objects.get(pk=third.pk), up=True)
    assert order_of(planned) == [third, first, second]


def test_the_load_stands_against_the_payload(manager: Actor):
    stops = [make_stop(make_offer_line(grams=400_000)), make_stop(make_offer_line(grams=500_000))]
    make_round(*stops, vehicle=make_vehicle(capacity_grams=600_000))

    planned = rounds_of(clock.today()).get()
    load = load_of(planned.stops.all(), planned.vehicle.capacity_grams if planned.vehicle else None)

    assert (load.planned_grams, load.share, load.is_too_heavy) == (900_000, 1.5, True)


def test_a_round_changes_driver_and_vehicle(manager: Actor):
    planned, vehicle = make_round(make_stop()), make_vehicle()
    plan = RoundPlan(day=planned.day, site=planned.site, vehicle=vehicle, driver_label="Alex")

    round_replan(manager, round=planned, plan=plan)

    planned.refresh_from_db()
    assert (planned.vehicle, planned.driver_label) == (vehicle, "Alex")


def test_a_round_of_yesterday_may_still_change_driver(manager: Actor):
    planned = make_round(make_stop())
    Round.objects.filter(pk=planned.pk).update(day=clock.today() - dt.timedelta(days=1))
    planned.refresh_from_db()
    plan = RoundPlan(day=planned.day, site=planned.site, vehicle=planned.vehicle, driver_label="Alex")
    assert round_replan(manager, round=planned, plan=plan).driver_label == "Alex"


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.DRIVER, Role.STOCK])
def test_only_planners_plan(role: Role):
    with pytest.raises(Forbidden):
        round_create(actor_as(role), day=clock.today(), site=make_site(), vehicle=None)
    with pytest.raises(Forbidden):
        stops_assign(actor_as(role), round=make_round(), stops=[make_stop()])
