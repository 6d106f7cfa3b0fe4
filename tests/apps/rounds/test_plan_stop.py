"""An accepted offer becomes a stop."""

import pytest

from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.offers.services import offer_accept
from apps.rounds.models import Stop
from apps.rounds.services import stop_plan_for
from apps.rounds.states import StopStatus
from tests.making.offers import TESTER, make_offer, make_offer_line
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_accepting_an_offer_makes_its_stop(manager: Actor):
    offer = make_offer(make_offer_line(grams=80_000), make_offer_line(grams=20_000))

    offer_accept(manager, offer=offer)

    stop = Stop.objects.get(offer=offer)
    assert (stop.status, stop.round) == (StopStatus.WAITING, None)
    assert [line.planned_grams for line in stop.lines.all()] == [80_000, 20_000]
    assert history_of(stop).get().actor_label == "rounds"


def test_a_line_that_was_not_accepted_is_not_fetched(manager: Actor):
    offer = make_offer(make_offer_line(grams=80_000), make_offer_line(grams=20_000))
    first = offer.lines.all()[0]

    offer_accept(manager, offer=offer, accepted={first.pk: 30_000})

    line = Stop.objects.get().lines.get()
    assert (line.offer_line, line.planned_grams) == (first, 30_000)


def test_planning_the_same_offer_twice_makes_one_stop(manager: Actor):
    offer = make_offer()
    offer_accept(manager, offer=offer)
    assert stop_plan_for(TESTER, offer=offer) == Stop.objects.get()
    assert Stop.objects.get().lines.count() == 1


def test_a_driver_does_not_plan():
    with pytest.raises(Forbidden):
        stop_plan_for(actor_as(Role.DRIVER), offer=make_offer())
