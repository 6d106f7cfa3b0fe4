"""Cancelling an order gives its goods back."""

from uuid import uuid4

import pytest

from apps.delivery.states import PickingStatus
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.orders.errors import OrderClosed, ReasonMissing
from apps.orders.facts import OrderCancelled, OrderConfirmed
from apps.orders.models import Order, Reservation
from apps.orders.services import order_cancel
from apps.orders.states import OrderStatus
from tests.making.delivery import make_note, make_picked, make_picking
from tests.making.facts import facts_told
from tests.making.orders import DESK, kg, make_order
from tests.making.stock import held
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def free_and_reserved(order: Order) -> tuple[int, int]:
    """Return the grams of the order's only lot: free, reserved."""
    reservation = Reservation.objects.select_related("lot", "location").get(line__order=order)
    return held(reservation.lot, reservation.location)


def test_what_was_reserved_is_free_again():
    order = order_cancel(DESK, order=make_order(10, in_stock=30), reason="Van broken")
    assert order.status == OrderStatus.CANCELLED
    assert free_and_reserved(order) == (kg(30), 0)


def test_the_history_says_why():
    order = order_cancel(DESK, order=make_order(), reason="Van broken")
    assert history_of(order).get(action="cancelled").reason == "Van broken"


def test_its_picking_list_is_closed():
    order = order_cancel(DESK, order=make_order(), reason="Van broken")
    assert make_picking(order).status == PickingStatus.CANCELLED


def test_cancelled_twice_it_is_released_once():
    order = make_order(10, in_stock=30)
    for _n in range(2):
        order_cancel(DESK, order=order, reason="Van broken")
    assert free_and_reserved(order) == (kg(30), 0)


def test_a_reason_is_required():
    order = make_order()
    with pytest.raises(ReasonMissing):
        order_cancel(DESK, order=order, reason="  ")
    assert Order.objects.get(pk=order.pk).status == OrderStatus.CONFIRMED


def test_it_says_so():
    with facts_told(OrderConfirmed, OrderCancelled) as told:
        order = order_cancel(DESK, order=make_order(10), reason="Van broken")
    assert told[-1] == OrderCancelled(order_id=order.pk, released_grams=kg(10))


def test_the_bank_still_cancels_an_order_that_is_ready():
    picking = make_picked()
    assert order_cancel(DESK, order=picking.order, reason="Nobody came").status == OrderStatus.CANCELLED


def test_a_charity_calls_the_bank_once_its_order_is_ready():
    order = make_picked().order
    with pytest.raises(OrderClosed, match="already prepared"):
        order_cancel(actor_as(Role.PARTNER, partner_id=order.partner_id), order=order, reason="Changed")


def test_what_was_handed_over_is_not_cancelled():
    order = make_note().picking_list.order
    with pytest.raises(OrderClosed, match="handed over"):
        order_cancel(DESK, order=order, reason="Too late")


def test_another_charity_does_not_cancel_it():
    with pytest.raises(Forbidden):
        order_cancel(actor_as(Role.PARTNER, partner_id=uuid4()), order=make_order(), reason="Mine")
