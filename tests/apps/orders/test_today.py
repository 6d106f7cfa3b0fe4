"""What waits for the desk and for a charity."""

import datetime as dt

import pytest

from apps.delivery import today as delivery_today
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.orders.today import queues
from tests.making.delivery import make_picked
from tests.making.orders import make_order
from tests.making.partners import make_partner
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_the_desk_sees_the_orders_whose_day_has_passed():
    make_order(wanted_on=clock.today())
    desk = actor_as(Role.ORDERS)
    assert queues(desk) == []
    with clock.time_set_to(clock.now() + dt.timedelta(days=2)):
        [late] = queues(desk)
    assert (late.count, late.tone) == (1, "danger")


def test_a_charity_sees_its_own_orders_only():
    partner = make_partner()
    make_picked(partner=partner)
    make_order(partner=partner)
    make_picked()
    found = {queue.label: queue.count for queue in queues(actor_as(Role.PARTNER, partner_id=partner.pk))}
    assert found["order ready to collect"] == 1
    assert found["order being prepared"] == 1


def test_others_have_nothing_to_do_with_orders():
    make_order()
    assert queues(actor_as(Role.DRIVER)) == queues(actor_as(Role.STOCK)) == []


def test_volunteers_pick_and_keepers_hand_over():
    make_order(wanted_on=clock.today())
    make_picked()
    assert len(delivery_today.queues(actor_as(Role.VOLUNTEER))) == 1
    assert len(delivery_today.queues(actor_as(Role.STOCK))) == 2
    assert delivery_today.queues(actor_as(Role.PARTNER, partner_id=make_partner().pk)) == []


def test_a_list_that_should_have_been_picked_is_late():
    make_order(wanted_on=clock.today())
    with clock.time_set_to(clock.now() + dt.timedelta(days=1)):
        [late] = delivery_today.queues(actor_as(Role.VOLUNTEER))
    assert late.tone == "danger"
