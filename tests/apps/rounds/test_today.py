"""What the first page says about rounds."""

import pytest

from apps.kernel.abilities import Actor, Role
from apps.rounds.today import queues
from tests.making.rounds import make_round, make_stop
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def counts(actor: Actor) -> dict[str, int]:
    return {str(queue.label): queue.count for queue in queues(actor)}


def test_nothing_to_do_is_no_queue(manager: Actor):
    assert queues(manager) == []


def test_planners_see_stops_to_plan_and_rounds_without_a_driver(manager: Actor):
    make_stop()
    make_round(make_stop(), driver_label="")
    assert counts(manager) == {"stop to plan": 1, "round without a driver": 1}


def test_drivers_see_the_stops_left_on_their_rounds():
    driver = actor_as(Role.DRIVER)
    make_round(make_stop(), make_stop(), driver_id=driver.id, started=True)
    make_round(make_stop(), started=True)
    assert counts(driver) == {"stops left on your round": 2}


def test_those_who_neither_plan_nor_drive_have_no_queue():
    make_stop()
    assert queues(actor_as(Role.STOCK)) == []
