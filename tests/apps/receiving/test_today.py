"""What the first page says about receiving."""

import datetime as dt

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.receiving.today import queues
from tests.making.receiving import make_receipt
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_nothing_at_the_dock_is_no_queue(volunteer: Actor):
    assert queues(volunteer) == []


def test_goods_at_the_dock_are_counted(volunteer: Actor):
    make_receipt()
    (queue,) = queues(volunteer)
    assert (queue.count, queue.label, queue.tone) == (1, "receipt to check", "warn")


def test_goods_left_at_the_dock_are_urgent(volunteer: Actor):
    make_receipt()
    with clock.time_set_to(clock.now() + dt.timedelta(hours=3)):
        (queue,) = queues(volunteer)
    assert (queue.tone, queue.hint) == ("danger", "1 for more than two hours")


def test_those_who_do_not_receive_have_no_queue():
    make_receipt()
    assert queues(actor_as(Role.ORDERS)) == []
