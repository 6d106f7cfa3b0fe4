"""A round leaves, and comes back."""

import pytest

from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.rounds.models import Stop
from apps.rounds.selectors import stops_to_plan
from apps.rounds.services import round_close, round_start, stop_collect
from apps.rounds.states import RoundStatus, StopStatus
from tests.making.rounds import make_round, make_stop, weights_as_planned
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_a_round_starts(manager: Actor):
    assert round_start(manager, round=make_round(make_stop())).status == RoundStatus.ON_THE_ROAD


def test_an_empty_round_goes_nowhere(manager: Actor):
    with pytest.raises(DomainError) as refused:
        round_start(manager, round=make_round())
    assert refused.value.code == "round_empty"


def test_a_round_starts_once(manager: Actor):
    planned = make_round(make_stop())
    round_start(manager, round=planned)
    with pytest.raises(Conflict, match="On the road"):
        round_start(manager, round=planned)


def test_stops_left_at_closing_are_planned_again(manager: Actor):
    done, left = make_stop(), make_stop()
    on_road = make_round(done, left, started=True)
    stop_collect(manager, stop=done, weights=weights_as_planned(done))

    closed = round_close(manager, round=on_road)

    assert closed.status == RoundStatus.CLOSED
    assert list(closed.stops.all()) == [done]
    assert list(stops_to_plan()) == [left]
    assert Stop.objects.get(pk=done.pk).status == StopStatus.COLLECTED


def test_a_round_closes_once(manager: Actor):
    closed = round_close(manager, round=make_round(make_stop()))
    with pytest.raises(Conflict):
        round_close(manager, round=closed)


def test_a_driver_starts_and_closes_their_own_round_only():
    driver = actor_as(Role.DRIVER)
    own = make_round(make_stop(), driver_id=driver.id)
    other = make_round(make_stop(), driver_id=actor_as(Role.DRIVER).id)

    assert round_start(driver, round=own).status == RoundStatus.ON_THE_ROAD
    assert round_close(driver, round=own).status == RoundStatus.CLOSED
    with pytest.raises(Forbidden):
        round_start(driver, round=other)


def test_any_volunteer_may_take_the_wheel(volunteer: Actor):
    assert round_start(volunteer, round=make_round(make_stop())).status == RoundStatus.ON_THE_ROAD
