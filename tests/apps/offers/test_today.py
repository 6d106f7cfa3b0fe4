"""What the first page says about offers."""

import datetime as dt

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.offers.today import queues
from tests.making.offers import make_offer
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_nothing_to_answer_is_no_queue(manager: Actor):
    assert queues(manager) == []


def test_offers_to_answer_are_counted(manager: Actor):
    make_offer(answer_by=None)
    make_offer(answer_by=clock.now() + dt.timedelta(days=1))
    (queue,) = queues(manager)
    assert (queue.count, queue.label, queue.tone) == (2, "offers to answer", "warn")


def test_an_answer_due_within_two_hours_is_urgent(manager: Actor):
    make_offer(answer_by=clock.now() + dt.timedelta(minutes=90))
    (queue,) = queues(manager)
    assert (queue.tone, queue.hint) == ("danger", "1 within two hours")


def test_those_who_do_not_answer_have_no_queue():
    make_offer()
    assert queues(actor_as(Role.VOLUNTEER)) == []
